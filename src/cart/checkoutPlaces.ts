import { CodedError } from '../errors.js';
import type { CommandReader } from '../redis/commandRunner.js';
import type { Deadline } from '../redis/deadline.js';
import { keys } from '../redis/keyspace.js';
import { cartKeyIn, cartKeyOf, pointedCartKey, type CartOwner } from './cartIds.js';
import type { CartScripts, CartState, Unreadable } from './cartScripts.js';
import { digestOf } from './operationMemory.js';

/** Under which key a cart that is checked out stands, and how it does. */
export interface CheckoutPlace {
  readonly cartKey: string;
  readonly state: CartState | Unreadable;
}

/**
 * Finds the cart of a checkout. A user's cart may stand under another session than the checkout knows of (R2: after a
 * login on a second device it does), and its pointer, which leads there, is gone once it is converted.
 */
export class CheckoutPlaces {
  constructor(
    private readonly scripts: CartScripts,
    private readonly reader: CommandReader,
    private readonly guestSegment: string,
  ) {}

  /**
   * Where the cart of this id is or was converted: under the session given, the one its id names, the one that the
   * user's pointer names, or the one noted at its conversion. The session given where it is nowhere.
   * @param operationId of the checkout: who remembers it had the cart.
   */
  async find(cartId: string, operationId: string, owner: CartOwner, deadline: Deadline): Promise<CheckoutPlace> {
    const ownKey = cartKeyOf(owner, this.guestSegment);
    const own = { cartKey: ownKey, state: await this.scripts.read(ownKey, operationId, deadline) };
    const { userId } = owner;
    if (userId === null || hadCart(own, cartId)) return own;

    const [pointer, noted] = await this.#texts([keys.activeCart(userId), noteKey(userId, cartId)], deadline);
    const elsewhere = [cartKeyIn(cartId, userId), pointedCartKey(pointer!, userId), pointedCartKey(noted!, userId)];
    for (const cartKey of new Set(elsewhere)) {
      if (cartKey === undefined || cartKey === ownKey) continue;
      const place = { cartKey, state: await this.scripts.read(cartKey, operationId, deadline) };
      if (hadCart(place, cartId)) return place;
    }
    return own;
  }

  /** To be called before a cart is converted that only the pointer leads to, so that a repeat finds it again. */
  async note(cartId: string, cartKey: string, owner: CartOwner, deadline: Deadline): Promise<void> {
    const { userId } = owner;
    if (userId === null || cartKey === cartKeyOf(owner, this.guestSegment) || cartKey === cartKeyIn(cartId, userId))
      return;
    await this.scripts.note(noteKey(userId, cartId), cartKey, deadline);
  }

  async #texts(ofKeys: readonly string[], deadline: Deadline): Promise<string[]> {
    const replies = await this.reader.read(
      ofKeys.map((key) => ['get', key]),
      deadline,
    );
    return replies.map((reply) => {
      if (reply instanceof CodedError) throw reply;
      return typeof reply === 'string' ? reply : '';
    });
  }
}

/** A cart id is anybody's text, so only its digest goes into a key (R12). */
const noteKey = (userId: string, cartId: string): string => keys.checkedOutCart(userId, digestOf('checkout', cartId));

const hadCart = ({ state }: CheckoutPlace, cartId: string): boolean =>
  typeof state !== 'string' && (state.memory !== undefined || state.hash.id === cartId);
