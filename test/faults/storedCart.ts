import type { Cluster, Redis } from 'ioredis';
import { keys } from '../../src/redis/keyspace.js';

/** A cart as Redis has it, read past the gateway, hash and lines at one moment. */
export interface StoredCart {
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
  /** As they stand in the list. */
  readonly elements: readonly string[];
  /** Milliseconds, of hash and list. */
  readonly ttls: readonly number[];
}

// Both keys are declared: in a slot that moves, Redis then refuses where only one of them has arrived.
const READ = `
  local id = redis.call('HGET', KEYS[1], 'cart_id') or ''
  if id ~= ARGV[1] then return false end
  return {
    redis.call('HGETALL', KEYS[1]),
    KEYS[2] and redis.call('LRANGE', KEYS[2], 0, -1) or {},
    { redis.call('PTTL', KEYS[1]), KEYS[2] and redis.call('PTTL', KEYS[2]) or -2 },
  }`;

export async function readCart(redis: Redis | Cluster, key: string): Promise<StoredCart> {
  for (;;) {
    const id = (await redis.hget(key, 'cart_id')) ?? '';
    const declared = id === '' ? [key] : [key, keys.cartItems(id)];
    const reply = (await redis.eval(READ, declared.length, ...declared, id)) as [string[], string[], number[]] | null;
    // The cart under this key has become another one.
    if (reply === null) continue;
    const [flat, elements, ttls] = reply;
    const fields: Record<string, string> = {};
    for (let i = 0; i < flat.length; i += 2) fields[flat[i]!] = flat[i + 1]!;
    return { key, fields, elements, ttls };
  }
}

/** The carts that a user has under these sessions, converted ones and all. */
export function readCarts(redis: Redis | Cluster, user: string, sessionIds: Iterable<string>): Promise<StoredCart[]> {
  return Promise.all(Array.from(sessionIds, (sessionId) => readCart(redis, keys.cart(user, sessionId))));
}

/** Whether it is one that its customer sees. */
export const isLive = ({ fields }: StoredCart): boolean =>
  fields['cart_id'] !== undefined && fields['merge_to'] === undefined && fields['status'] === 'active';

export const versionOf = ({ fields }: StoredCart): number => Number(fields['version'] ?? 0);

/** Quantities by product; lines of one product add up. */
export function quantitiesOf({ elements }: StoredCart): Map<string, number> {
  const quantities = new Map<string, number>();
  for (const element of elements) {
    const { item_id, quantity } = JSON.parse(element) as { item_id: string; quantity: number };
    quantities.set(item_id, (quantities.get(item_id) ?? 0) + quantity);
  }
  return quantities;
}

/** The sum of the lines, in whole units of 10^-6. Prices are read from the text: a double would round them. */
export function amountOf({ elements }: StoredCart): bigint {
  return elements.reduce((sum, element) => {
    const [, price = ''] = /"price":([0-9.]+)/.exec(element) ?? [];
    const { quantity } = JSON.parse(element) as { quantity: number };
    return sum + millionths(price) * BigInt(quantity);
  }, 0n);
}

/** Of a plain decimal number; anything else is no amount that lines could sum up to. */
export function millionths(decimal: string): bigint {
  if (!/^\d+(\.\d{1,6})?$/.test(decimal)) return -1n;
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
