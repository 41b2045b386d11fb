/** The shop's rules as floor and peers need them (keyspace.md, R4 and R5); the bench's data hold no broken values. */

export interface Money {
  amount: string;
  currencyCode: string;
}

export interface ProductView {
  id: string;
  name: string | null;
  price: Money | null;
  image: string | null;
  rating: number | null;
  stock: number | null;
  isAvailable: boolean | null;
}

type HashText = Readonly<Record<string, string | null | undefined>>;

export const HOT_FIELDS = ['product_id', 'name', 'price', 'stock', 'image_url', 'is_available'] as const;
export const CATALOGUE_FIELDS = ['id', 'name', 'price', 'image', 'rating', 'stock'] as const;

/** `hot_product` wins, `product` fills what it lacks and alone has the rating (R4). */
export function mergeProduct(id: string, hot: HashText, catalogue: HashText): ProductView | null {
  if (!hot['product_id'] && !catalogue['id']) return null;
  const price = hot['price'] ?? catalogue['price'];
  const stockText = hot['stock'] ?? catalogue['stock'];
  const stock = stockText ? Number(stockText) : null;
  const available = hot['is_available'];
  return {
    id,
    name: hot['name'] ?? catalogue['name'] ?? null,
    price: price ? { amount: amountText(price), currencyCode: 'EUR' } : null,
    image: hot['image_url'] ?? catalogue['image'] ?? null,
    rating: catalogue['rating'] ? Number(catalogue['rating']) : null,
    stock,
    isAvailable: available ? available === 'true' || available === '1' : stock === null ? null : stock > 0,
  };
}

/** At least two digits behind the point, more where given (R5). */
export function amountText(decimal: string): string {
  const point = decimal.indexOf('.');
  if (point < 0) return `${decimal}.00`;
  return decimal.length - point === 2 ? `${decimal}0` : decimal;
}

/** HMGET's answer as an object. */
export function fieldsOf(names: readonly string[], values: readonly (string | null)[]): HashText {
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}
