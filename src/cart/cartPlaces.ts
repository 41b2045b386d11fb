import { CodedError } from '../errors.js';
import type { CommandReader } from '../redis/commandRunner.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { isLiveCart } from './cartHash.js';
import { cartKeyOf, pointedCartKey, type CartOwner } from './cartIds.js';
import type { CartScripts, CartState, Unreadable } from './cartScripts.js';

/** Where a change belongs. */
export interface CartPlace {
  readonly cartKey: string;
  readonly state: CartState | Unreadable;
  /** The pointer as it was read, where it named this cart; null where there is none to go by. */
  readonly livePointer: string | null;
  /** A pointer that names no cart of the user's, to be replaced; empty where there is none. */
  readonly deadPointer: string;
}

/** Finds the cart that a change belongs to, and makes sure of it before the change is made (R2). */
export class CartPlaces {
  constructor(
    private readonly scripts: CartScripts,
    private readonly reader: CommandReader,
    private readonly guestSegment: string,
  ) {}

  /** The cart that the pointer names, else the one of the session at hand. @throws UPSTREAM_UNAVAILABLE */
  async find(owner: CartOwner, operationId: string, scope: ReadScope): Promise<CartPlace> {
    const ownKey = cartKeyOf(owner, this.guestSegment);
    const { userId } = owner;
    const [pointer, own] = await Promise.all([
      userId === null ? null : this.#pointer(userId, scope),
      this.scripts.read(ownKey, operationId, scope.deadline),
    ]);
    const atOwn = { cartKey: ownKey, state: own, livePointer: null, deadPointer: '' };
    if (pointer === null || userId === null) return atOwn;
    const pointedKey = pointedCartKey(pointer, userId);
    if (pointedKey === undefined) return { ...atOwn, deadPointer: pointer };
    if (pointedKey === ownKey) return { ...atOwn, livePointer: pointer };

    const pointed = await this.scripts.read(pointedKey, operationId, scope.deadline);
    if (!this.#leadsTo(pointed, own, userId)) return { ...atOwn, deadPointer: pointer };
    return { cartKey: pointedKey, state: pointed, livePointer: pointer, deadPointer: '' };
  }

  /**
   * Claims the pointer for the place and then writes, in one round trip where the pointer was there already. Undefined
   * where the user's cart is another one by now.
   */
  async claimed<T>(
    { cartKey, state, livePointer, deadPointer }: CartPlace,
    { userId }: CartOwner,
    write: (state: CartState) => Promise<T>,
    { deadline }: ReadScope,
  ): Promise<T | Unreadable | undefined> {
    if (typeof state === 'string') return state;
    if (userId === null) return write(state);
    const isRenewed = livePointer !== null;
    const claim = this.scripts.claim(userId, cartKey, { deadPointer, isRenewed }, deadline);
    if (isRenewed) {
      // It was there a moment ago; claiming it again renews its TTL beside the cart's.
      const [written] = await Promise.all([write(state), claim]);
      return written;
    }
    const holds = pointedCartKey(await claim, userId) === cartKey;
    return holds ? write(state) : undefined;
  }

  /**
   * A claimed cart is not written yet for a moment, so a pointer to nothing stands, unless the session at hand has a
   * cart that others wrote without a pointer.
   */
  #leadsTo(pointed: CartState | Unreadable, own: CartState | Unreadable, userId: string): boolean {
    if (typeof pointed === 'string') return pointed === 'UNREADABLE';
    const { hash } = pointed;
    if (hash.userId !== undefined && hash.userId !== userId) return false;
    const isLive = (state: CartState) => isLiveCart(state.hash, userId, this.guestSegment);
    return isLive(pointed) || typeof own === 'string' || !isLive(own);
  }

  async #pointer(userId: string, scope: ReadScope): Promise<string | null> {
    const [reply] = await this.reader.read([['get', keys.activeCart(userId)]], scope.deadline);
    if (reply instanceof CodedError) throw reply;
    if (reply instanceof Error) scope.addFault('WRONG_TYPE');
    return typeof reply === 'string' && reply !== '' ? reply : null;
  }
}
