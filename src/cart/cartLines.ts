import Big from 'big.js';
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { amount, integer, jsonArray, presentText, withMinorDigits, type DataFault } from '../redis/decode.js';
import { isProductId } from '../redis/ids.js';
import type { Money } from '../money.js';
import type { CartLine, CartRules } from './cart.js';

/** What one element of the list says. Other members that its writer put there are kept in `source`. */
export interface LineData {
  readonly productId: string;
  readonly variationId: string | null;
  readonly quantity: number;
  /** Exact, as written. */
  readonly price: string;
  readonly name: string | null;
  readonly source: Readonly<Record<string, unknown>>;
}

/** More than this no cart has: what stands behind it is not read. `cartChange.lua` and `cartFreeze.lua` say the same. */
export const LONGEST_LIST = 2_000;

/** Reads an element (A: `cart_items`); total. The price may be a number or a string and keeps every digit (R5). */
export function decodeLine(element: string): LineData | DataFault {
  const plain = PLAIN_ELEMENT.exec(element);
  if (plain) {
    const [, productId, variationId, quantity, price, name] = plain.map(presentText);
    return lineOf({ productId, variationId, quantity, price, name }, {});
  }
  const source = parseObject(element);
  if (source === undefined) return 'INVALID_JSON';
  const member = (name: string) => textOf(source, name);
  return lineOf(
    {
      productId: member('item_id'),
      variationId: member('variation_id'),
      quantity: member('quantity'),
      price: member('price'),
      name: member('name'),
    },
    source,
  );
}

/**
 * An element as the document shows it, without escapes: read at a tenth of what the lossless parser takes, which
 * reads all others. Whatever this takes is JSON, and says to both the same.
 */
const PLAIN_ELEMENT = new RegExp(
  String.raw`^\{"item_id":"([^"\\\0-\x1f]*)","variation_id":(?:"([^"\\\0-\x1f]*)"|null),` +
    String.raw`"quantity":((?:0|[1-9]\d{0,9})),"price":((?:0|[1-9]\d{0,20})(?:\.\d{1,20})?),` +
    String.raw`"name":(?:"([^"\\\0-\x1f]*)"|null)\}$`,
);

function lineOf(
  text: Record<'productId' | 'variationId' | 'quantity' | 'price' | 'name', string | undefined>,
  source: LineData['source'],
): LineData | DataFault {
  const { productId, variationId = null, name = null } = text;
  if (productId === undefined) return 'MISSING_FIELD';
  if (!isProductId(productId) || (variationId?.length ?? 0) > 512) return 'INVALID_ID';
  const quantity = integer(text.quantity ?? '');
  if (quantity === undefined || quantity < 1) return 'INVALID_INTEGER';
  const price = amount(text.price ?? '');
  if (price === undefined) return 'INVALID_DECIMAL';
  return { productId, variationId, quantity, price, name, source };
}

/** The element's text: price as a number token with its exact digits, what others put there kept. */
export function encodeLine({ productId, variationId, quantity, price, name, source }: LineData): string {
  const element = {
    ...source,
    item_id: productId,
    variation_id: variationId,
    quantity,
    price: new LosslessNumber(price),
    name,
  };
  const text = stringify(element);
  if (text === undefined) throw new Error('A line that is no JSON.');
  return text;
}

/**
 * The lines of a list, oldest first, each with its place in it; what is broken is left out and reported.
 * A line's id holds the cart's id, product and variation, and which of several lines of the same kind it is.
 */
export function decodeLines(elements: readonly string[], report: (fault: DataFault) => void): IndexedLine[] {
  const seen = new Map<string, number>();
  return elements.flatMap((element, index) => {
    const line = decodeLine(element);
    if (typeof line === 'string') {
      report(line);
      return [];
    }
    const kind = kindOf(line);
    const occurrence = seen.get(kind) ?? 0;
    seen.set(kind, occurrence + 1);
    return [{ index, occurrence, line }];
  });
}

export interface IndexedLine {
  readonly index: number;
  readonly occurrence: number;
  readonly line: LineData;
}

/** Lines of one kind add up. */
export const kindOf = ({ productId, variationId }: Pick<LineData, 'productId' | 'variationId'>): string =>
  JSON.stringify([productId, variationId]);

export function toCartLine(cartId: string, { line, occurrence }: IndexedLine, rules: CartRules): CartLine {
  return {
    id: lineIdOf(cartId, line, occurrence),
    productId: line.productId,
    variationId: line.variationId,
    name: line.name,
    quantity: line.quantity,
    unitPrice: moneyOf(line.price, rules),
    amount: moneyOf(times(line.price, line.quantity), rules),
  };
}

/** Exact, with the price's digits behind the point; by integers where they are exact, which is five times faster. */
function times(price: string, quantity: number): string {
  const point = price.indexOf('.');
  const scale = point < 0 ? 0 : price.length - point - 1;
  const units = Number(price.replace('.', '')) * quantity;
  if (!Number.isSafeInteger(units)) return new Big(price).times(quantity).toFixed(scale);
  const digits = String(units).padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export const moneyOf = (amountText: string, { currency, minorDigits }: CartRules): Money => ({
  amount: withMinorDigits(amountText, minorDigits),
  currencyCode: currency,
});

/** The exact totals of the lines. */
export function totalsOf(lines: readonly Pick<LineData, 'quantity' | 'price'>[]): { items: number; amount: string } {
  let items = 0;
  let sum = new Big(0);
  for (const { quantity, price } of lines) {
    items += quantity;
    sum = sum.plus(new Big(price).times(quantity));
  }
  return { items, amount: sum.toFixed() };
}

export function lineIdOf(
  cartId: string,
  { productId, variationId }: Pick<LineData, 'productId' | 'variationId'>,
  occurrence: number,
): string {
  return Buffer.from(JSON.stringify([cartId, productId, variationId, occurrence])).toString('base64url');
}

export interface LineRef {
  readonly cartId: string;
  readonly productId: string;
  readonly variationId: string | null;
  readonly occurrence: number;
}

/** What a line's id says; undefined where it is no id of a line. */
export function decodeLineId(lineId: string): LineRef | undefined {
  if (!/^[A-Za-z0-9_-]{1,2048}$/.test(lineId)) return undefined;
  const parts = jsonArray(Buffer.from(lineId, 'base64url').toString());
  const [cartId, productId, variationId, occurrence] = parts ?? [];
  if (typeof cartId !== 'string' || typeof productId !== 'string' || !isProductId(productId)) return undefined;
  if (variationId !== null && typeof variationId !== 'string') return undefined;
  if (!Number.isInteger(occurrence) || typeof occurrence !== 'number') return undefined;
  return { cartId, productId, variationId, occurrence };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A member that is text or a number, as text. */
function textOf(source: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(source, name) ? source[name] : undefined;
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' ? presentText(value) : undefined;
}
