import type { Money } from '../money.js';
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

/** The product with these fields of another look at it. */
export function withFieldsOf(product: Product, look: Product, fields: ProductFields): Product {
  const from = (field: ProductFields): Product => ((fields & field) === 0 ? product : look);
  return {
    id: product.id,
    name: from(productField.name).name,
    price: from(productField.price).price,
    image: from(productField.image).image,
    rating: from(productField.rating).rating,
    stock: from(productField.stock).stock,
    isAvailable: from(productField.isAvailable).isAvailable,
    categoryId: from(productField.category).categoryId,
  };
}

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
  const stock = first(hot.stock, catalogue.stock, stockCount, () =>
    fault('INVALID_INTEGER', productField.stock | productField.isAvailable),
  );
  const isAvailable = first(hot.isAvailable, null, boolean, () => fault('INVALID_BOOLEAN', productField.isAvailable));
  return {
    id,
    name: presentText(hot.name) ?? presentText(catalogue.name) ?? null,
    price: price(hot, catalogue, shop, fault),
    image: first(hot.image, catalogue.image, httpUrl, () => fault('INVALID_URL', productField.image)),
    rating: first(catalogue.rating, null, finiteNumber, () => fault('INVALID_NUMBER', productField.rating)),
    stock,
    isAvailable: isAvailable ?? (stock === null ? null : stock > 0),
    categoryId: first(catalogue.categoryId, null, categoryIdIn, () => fault('INVALID_ID', productField.category)),
  };
}

/** The first text that can be decoded; each that cannot is a fault. */
function first<T>(
  text: string | null | undefined,
  otherwise: string | null | undefined,
  decode: (text: string) => T | undefined,
  fault: () => void,
): T | null {
  const present = presentText(text);
  if (present !== undefined) {
    const value = decode(present);
    if (value !== undefined) return value;
    fault();
  }
  return otherwise === null || otherwise === undefined ? null : first(otherwise, null, decode, fault);
}

/** `hot_product` is always in major units; the setting says what `product` is in (R5). */
function price(
  hot: HotText,
  catalogue: CatalogueText,
  { minorDigits, currency, productPriceUnit }: PriceRules,
  fault: (kind: DataFault, fields: ProductFields) => void,
): Money | null {
  const onFault = () => fault('INVALID_DECIMAL', productField.price);
  const hotAmount = first(hot.price, null, amount, onFault);
  const catalogueAmount = hotAmount === null ? first(catalogue.price, null, amount, onFault) : null;
  const major =
    hotAmount ?? (catalogueAmount && shiftPoint(catalogueAmount, productPriceUnit === 'minor' ? minorDigits : 0));
  return major === null ? null : { amount: withMinorDigits(major, minorDigits), currencyCode: currency };
}

const categoryIdIn = (text: string): string | undefined => (isCategoryId(text) ? text : undefined);

/** A negative stock is a writer's mistake: it says nothing. */
function stockCount(text: string): number | undefined {
  const count = integer(text);
  return count === undefined || count < 0 ? undefined : count;
}
