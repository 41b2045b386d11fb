/**
 * Text of Redis -> values. Other teams write that text, so every function here is total: what cannot be read is
 * `undefined`, never a throw, and the caller counts it (keyspace.md, quality.md §4).
 */

/** What was wrong with a value; a label of the metric and a key of `extensions.dataFaults`. */
export type DataFault =
  | 'INVALID_BOOLEAN'
  | 'INVALID_DECIMAL'
  | 'INVALID_ID'
  | 'INVALID_INTEGER'
  | 'INVALID_JSON'
  | 'INVALID_NUMBER'
  | 'INVALID_SCORE'
  | 'INVALID_STATUS'
  | 'INVALID_TIMESTAMP'
  | 'INVALID_URL'
  | 'MISSING_FIELD'
  | 'WRONG_TYPE';

/** The elements of a JSON array; undefined where the text is none. */
export function jsonArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const DECIMAL = /^[+-]?(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Before the point and behind it: `1e400` is no amount of anybody's. */
const MOST_DIGITS = 30;

/**
 * A decimal number as canonical text: sign, no leading zeros, digits behind the point as given (R5). An exponent, as
 * JSON writers put it (`1E+2`), is written out: `100`.
 */
export function decimal(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', exponent] = match;
  const digits = exponent === undefined ? joined(whole, fraction) : movePoint(whole, fraction, Number(exponent));
  if (digits === undefined) return undefined;
  return text.startsWith('-') && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

const joined = (whole: string, fraction: string): string =>
  whole.replace(/^0+(?=\d)/, '') + (fraction === '' ? '' : `.${fraction}`);

/** Moves the point by as many places, to the right where positive; undefined where that takes too many digits. */
function movePoint(whole: string, fraction: string, places: number): string | undefined {
  const point = whole.length + places;
  if (point > MOST_DIGITS || fraction.length - places > MOST_DIGITS) return undefined;
  const digits = '0'.repeat(Math.max(0, 1 - point)) + (whole + fraction).padEnd(point, '0');
  const at = Math.max(1, point);
  return joined(digits.slice(0, at), digits.slice(at));
}

/** A price or total: a decimal that is not negative. */
export function amount(text: string): string | undefined {
  const value = decimal(text);
  return value === undefined || value.startsWith('-') ? undefined : value;
}

/** Pads the digits behind the point to at least the currency's: `5` -> `5.00`; more digits stay (R5). */
export function withMinorDigits(decimalText: string, minorDigits: number): string {
  const point = decimalText.indexOf('.');
  const digits = point < 0 ? 0 : decimalText.length - point - 1;
  if (digits >= minorDigits) return decimalText;
  return (point < 0 ? `${decimalText}.` : decimalText) + '0'.repeat(minorDigits - digits);
}

/** A whole number that GraphQL's Int can carry. */
export function integer(text: string): number | undefined {
  if (!/^[+-]?\d{1,10}(\.0{1,10})?$/.test(text)) return undefined;
  const value = Number(text);
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? value : undefined;
}

/** A finite number; for ratings and the like, never for money. */
export function finiteNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A sorted set's score; null where it is infinite (api.md, RecommendationConnection). */
export function score(text: string): number | null {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : null;
}

/** `true/false/1/0` (R4). */
export function boolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  return undefined;
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
/** Seconds beyond this would be the year 5138; milliseconds below it are 1973. */
export const SECONDS_BELOW = 1e11;
const LATEST_MS = 253_402_300_799_999;

/** ISO 8601, epoch seconds or epoch milliseconds (R6). A time without a zone is UTC. */
export function timestamp(text: string): Date | undefined {
  const ms = /^\d{1,16}(\.\d+)?$/.test(text) ? epochMs(Number(text)) : isoMs(text);
  return ms >= 0 && ms <= LATEST_MS ? new Date(ms) : undefined;
}

const epochMs = (value: number): number => Math.round(value < SECONDS_BELOW ? value * 1_000 : value);

function isoMs(text: string): number {
  const match = ISO_8601.exec(text);
  if (!match) return Number.NaN;
  const iso = text.replace(' ', 'T');
  // `Date.parse` takes 30 February for 1 March.
  const day = iso.slice(0, 10);
  const dayMs = Date.parse(day);
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) return Number.NaN;
  return Date.parse(match[1] && !match[4] ? `${iso}Z` : iso);
}

/** An address that is in its normal form already: nothing in it that a parser would change. */
const PLAIN_URL = /^https?:\/\/(?:[a-z0-9-]+\.)+[a-z]{2,}\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/;

/** An http or https address in its normal form, as `URL` of api.md's Product.image asks. */
export function httpUrl(text: string): string | undefined {
  // A page has eighty of them, and a parser takes longer than all the rest of a product.
  if (PLAIN_URL.test(text) && !text.includes('xn--')) return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).href;
}

/** Text that says something: absent for an empty string or the word `null` (R1). */
export const presentText = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined || text === '' || text === 'null' ? undefined : text;

/** Divides a decimal's text by ten to the `digits`: minor units to major ones, without a float. */
export function shiftPoint(decimalText: string, digits: number): string {
  if (digits === 0) return decimalText;
  const [whole = '', fraction = ''] = decimalText.split('.');
  const padded = whole.padStart(digits + 1, '0');
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}${fraction}`;
}

/**
 * What is left of a key's life in milliseconds, as PTTL says: -1 is no expiry, and -2, no key, is none either, for its
 * creation would be announced. What was there a moment ago and is gone lives no longer, nor does what cannot be told.
 */
export function remainingMs(pttl: unknown, existed: boolean): number {
  if (typeof pttl !== 'number') return 0;
  if (pttl >= 0) return pttl;
  return pttl === -2 && existed ? 0 : Infinity;
}
