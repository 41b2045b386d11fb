import { LRUCache } from 'lru-cache';
import { isSessionId } from '../redis/ids.js';
import { keys } from '../redis/keyspace.js';

/** Whose cart: a user's, or a guest's where `userId` is null. Both ids have been validated. */
export interface CartOwner {
  readonly userId: string | null;
  readonly sessionId: string;
}

/** Key of the cart of this session (R3). */
export const cartKeyOf = ({ userId, sessionId }: CartOwner, guestSegment: string): string =>
  keys.cart(userId ?? guestSegment, sessionId);

/** The cart id of our own choosing, which puts the lines into the cart's slot (R13). */
export const ownCartId = (cartKey: string, serial: number): string => `{${cartKey}}:${serial}`;

/** The N of an id of our own under this key; undefined for an id that others chose. */
export function serialOf(cartKey: string, cartId: string): number | undefined {
  const prefix = `{${cartKey}}:`;
  if (!cartId.startsWith(prefix) || !/^[1-9]\d{0,8}$/.test(cartId.slice(prefix.length))) return undefined;
  return Number(cartId.slice(prefix.length));
}

/** The id of the cart that follows under the same key. */
export const nextCartId = (cartKey: string, cartId: string | undefined): string =>
  ownCartId(cartKey, ((cartId === undefined ? undefined : serialOf(cartKey, cartId)) ?? 0) + 1);

/** The cart that a pointer names: a whole key or a bare session id; undefined where it is none of this user's (R2). */
export function pointedCartKey(pointer: string, userId: string): string | undefined {
  const prefix = keys.cart(userId, '');
  const sessionId = pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer;
  return isSessionId(sessionId) ? keys.cart(userId, sessionId) : undefined;
}

/** The key under which a cart of an id of our own stands; undefined for other ids and other users' carts. */
export function cartKeyIn(cartId: string, userId: string): string | undefined {
  const cartKey = cartId.slice(1, cartId.lastIndexOf('}'));
  const isKey = cartKey.startsWith(keys.cart(userId, '')) && pointedCartKey(cartKey, userId) === cartKey;
  return isKey && serialOf(cartKey, cartId) !== undefined ? cartKey : undefined;
}

/** The session of a cart key that `pointedCartKey` made. */
export const sessionOf = (cartKey: string): string => cartKey.slice(cartKey.lastIndexOf(':') + 1);

/** Guesses a cart's id, so that its lines can be asked for together with it; a wrong guess costs one more round trip. */
export class CartIdGuesses {
  #known = new LRUCache<string, string>({ max: 20_000 });

  of(cartKey: string): string {
    return this.#known.get(cartKey) ?? ownCartId(cartKey, 1);
  }

  learn(cartKey: string, cartId: string): void {
    if (cartId === ownCartId(cartKey, 1)) this.#known.delete(cartKey);
    else this.#known.set(cartKey, cartId);
  }
}
