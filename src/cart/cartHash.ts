import { amount, integer, presentText, timestamp, type DataFault } from '../redis/decode.js';
import type { Cart, CartLine, CartRules, CartStatus } from './cart.js';
import { moneyOf, totalsOf } from './cartLines.js';

/** Fields of the cart's hash (A), and the two that we add (R14), in the order in which they are asked for. */
export const cartFields = [
  'cart_id',
  'user_id',
  'status',
  'total_items',
  'total_amount',
  'updated_at',
  'version',
  'merge_to',
] as const;

export type CartValues = readonly (string | null)[];

/** A cart's hash as it is read; what is absent or broken is undefined. */
export interface CartHash {
  readonly id: string | undefined;
  readonly userId: string | undefined;
  /** Undefined where the status is unknown: no cart then (R14). */
  readonly status: CartStatus | undefined;
  readonly totalItems: number | undefined;
  readonly totalAmount: string | undefined;
  readonly updatedAt: Date | undefined;
  readonly version: number;
  /** Key of the cart that a guest's cart was frozen for (R16). */
  readonly mergeTo: string | undefined;
  /** Whether it was frozen and not yet merged: what was merged has no total any more. */
  readonly awaitsMerge: boolean;
  readonly faults: readonly DataFault[];
}

const STATUSES: Readonly<Record<string, CartStatus>> = {
  active: 'ACTIVE',
  abandoned: 'ABANDONED',
  converted: 'CONVERTED',
};

/** Total. Faults are those of a cart that is there; an absent hash has none. */
export function decodeCartHash(values: CartValues): CartHash {
  const [id, userId, statusText, totalItems, totalAmount, updatedAt, version, mergeTo] = values.map(presentText);
  const faults: DataFault[] = [];
  const read = <T>(text: string | undefined, decode: (text: string) => T | undefined, fault: DataFault) => {
    const value = text === undefined ? undefined : decode(text);
    if (value === undefined) faults.push(text === undefined ? 'MISSING_FIELD' : fault);
    return value;
  };
  const isThere = id !== undefined;
  if (!isThere && mergeTo === undefined && values.some((value) => value !== null)) faults.push('MISSING_FIELD');
  const status = statusText === undefined ? 'ACTIVE' : STATUSES[statusText];
  if (isThere && status === undefined) faults.push('INVALID_STATUS');
  const isFrozen = mergeTo !== undefined;
  const hash = {
    id,
    userId,
    status,
    totalItems: isThere && !isFrozen ? read(totalItems, count, 'INVALID_INTEGER') : undefined,
    totalAmount: isThere && !isFrozen ? read(totalAmount, amount, 'INVALID_DECIMAL') : undefined,
    updatedAt: isThere && updatedAt !== undefined ? read(updatedAt, timestamp, 'INVALID_TIMESTAMP') : undefined,
    version: (version === undefined ? undefined : count(version)) ?? 0,
    mergeTo,
    awaitsMerge: isFrozen && totalItems !== undefined,
  };
  return { ...hash, faults };
}

/**
 * Whether this is the owner's cart: active or abandoned, not frozen, and naming nobody else.
 * @param userId null for a guest.
 */
export function isLiveCart(hash: CartHash, userId: string | null, guestSegment: string): boolean {
  const isUsable = hash.id !== undefined && hash.mergeTo === undefined;
  return isUsable && (hash.status === 'ACTIVE' || hash.status === 'ABANDONED') && isOwnedBy(hash, userId, guestSegment);
}

export function isOwnedBy({ userId }: CartHash, owner: string | null, guestSegment: string): boolean {
  if (owner === null) return userId === undefined || userId === guestSegment;
  return userId === undefined || userId === owner;
}

/** The API's cart of a hash that is one; broken totals are those of the lines (R14). */
export function cartOf(hash: CartHash, ttlMs: number, lines: readonly CartLine[], rules: CartRules): Cart {
  const sums = totalsOf(
    hash.totalItems === undefined || hash.totalAmount === undefined
      ? lines.map(({ quantity, unitPrice }) => ({ quantity, price: unitPrice.amount }))
      : [],
  );
  return {
    id: hash.id!,
    status: hash.status ?? 'ACTIVE',
    totalItems: hash.totalItems ?? sums.items,
    totalAmount: moneyOf(hash.totalAmount ?? sums.amount, rules),
    updatedAt: hash.updatedAt ?? null,
    expiresAt: ttlMs < 0 ? null : new Date(Date.now() + ttlMs),
    version: hash.version,
  };
}

function count(text: string): number | undefined {
  const value = integer(text);
  return value === undefined || value < 0 ? undefined : value;
}
