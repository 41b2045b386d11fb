import {
  amount,
  boolean,
  finiteNumber,
  httpUrl,
  integer,
  presentText,
  shiftPoint,
  withMinorDigits,
  type DataFault,
} from '../redis/decode.js';
import { isCategoryId } from '../redis/ids.js';

/** An exact amount in the shop's currency. */
export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

/** A product as the two caches know it (R4). What was not asked for is null, like what is not known. */
export interface Product {
  readonly id: string;
  readonly name: string | null;
  readonly price: Money | null;
  readonly image: string | null;
  readonly rating: number | null;
  readonly stock: number | null;
  readonly isAvailable: boolean | null;
  readonly categoryId: string | null;
}

/** A set of product fields as a bit mask: sets are joined and compared for every product of every request. */
export type ProductFields = number;

export const productField = {
  name: 1,
  price: 2,
  image: 4,
  rating: 8,
  stock: 16,
  isAvailable: 32,
  category: 64,
} as const satisfies Record<string, ProductFields>;

/** Whether `has` holds everything in `wants`. */
export const covers = (has: ProductFields, wants: ProductFields): boolean => (wants & ~has) === 0;

/** Text of the hashes' fields, null where a field or the whole hash is absent. */
export type HashText<Field extends string> = Partial<Record<Field, string | null>>;
export type CatalogueText = HashText<'name' | 'price' | 'image' | 'categoryId' | 'rating' | 'stock'>;
export type HotText = HashText<'name' | 'price' | 'stock' | 'image' | 'isAvailable'>;

/** A broken value, and which fields it costs. */
export interface ProductFault {
  readonly kind: DataFault;
  /** `wholeProduct` where it is a hash's and no field's. */
  readonly fields: ProductFields;
}

export const wholeProduct: ProductFields = -1;

/** Whether somebody who asked for these fields met the fault. */
export const concerns = (fault: ProductFault, fields: ProductFields): boolean =>
  fault.fields === wholeProduct || (fault.fields & fields) !== 0;

export interface PriceRules {
  currency: string;
  minorDigits: number;
  productPriceUnit: 'major' | 'minor';
}

/**
 * Joins what the two hashes say of a product: `hot_product` is the fresher one and wins, `product` fills what it lacks
 * or says in a broken way, and alone has rating and category (R4, R5).
 */
export function decodeProduct(
  id: string,
  hot: HotText,
  catalogue: CatalogueText,
  shop: PriceRules,
  fault: (kind: DataFault, fields: ProductFields) => void,
): Product {
  const pick = <T>(
    kind: DataFault,
    fields: ProductFields,
    ...candidates: [string | null | undefined, (text: string) => T | undefined][]
  ) => {
    for (const [text, decode] of candidates) {
      const present = presentText(text);
      if (present === undefined) continue;
      const value = decode(present);
      if (value !== undefined) return value;
      fault(kind, fields);
    }
    return null;
  };
  const money = (divisorDigits: number) => (text: string) => {
    const value = amount(text);
    if (value === undefined) return undefined;
    return { amount: withMinorDigits(shiftPoint(value, divisorDigits), shop.minorDigits), currencyCode: shop.currency };
  };
  const asIs = (text: string) => text;
  const stock = pick(
    'INVALID_INTEGER',
    productField.stock | productField.isAvailable,
    [hot.stock, stockCount],
    [catalogue.stock, stockCount],
  );
  return {
    id,
    name: pick('MISSING_FIELD', productField.name, [hot.name, asIs], [catalogue.name, asIs]),
    price: pick(
      'INVALID_DECIMAL',
      productField.price,
      [hot.price, money(0)],
      [catalogue.price, money(shop.productPriceUnit === 'minor' ? shop.minorDigits : 0)],
    ),
    image: pick('INVALID_URL', productField.image, [hot.image, httpUrl], [catalogue.image, httpUrl]),
    rating: pick('INVALID_NUMBER', productField.rating, [catalogue.rating, finiteNumber]),
    stock,
    isAvailable:
      pick('INVALID_BOOLEAN', productField.isAvailable, [hot.isAvailable, boolean]) ??
      (stock === null ? null : stock > 0),
    categoryId: pick('INVALID_ID', productField.category, [
      catalogue.categoryId,
      (text) => (isCategoryId(text) ? text : undefined),
    ]),
  };
}

/** A negative stock is a writer's mistake: it says nothing. */
function stockCount(text: string): number | undefined {
  const count = integer(text);
  return count === undefined || count < 0 ? undefined : count;
}
