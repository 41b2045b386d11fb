import { CodedError } from '../errors.js';
import type { Command, CommandReader, Reply } from '../redis/commandRunner.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import type { Cart, CartLine, CartRules } from './cart.js';
import { cartFields, cartOf, decodeCartHash, isLiveCart, type CartHash, type CartValues } from './cartHash.js';
import { cartKeyOf, pointedCartKey, type CartIdGuesses, type CartOwner } from './cartIds.js';
import { decodeLines, LONGEST_LIST, toCartLine } from './cartLines.js';

export interface FoundCart {
  /** The cart, undefined where the owner has none. */
  readonly cart: Cart | undefined;
  /** Its lines, where they came along with it. */
  readonly lines: readonly CartLine[] | undefined;
  /** Whether a guest's cart of this session waits to be merged (R16). */
  readonly hasUnmergedGuestCart: boolean;
}

/** Reads of `cart:{user_id}:{session_id}`, `cart_items:{cart_id}` and `active_cart:{user_id}` (document A). */
export class CartStore {
  constructor(
    private readonly reader: CommandReader,
    private readonly rules: CartRules,
    private readonly guesses: CartIdGuesses,
  ) {}

  /**
   * The owner's cart: what the pointer names, else the one of the session at hand (R2). One wave; one more where the
   * pointer names another session's, and one more where lines are wanted whose cart id was not guessed (R13).
   * @throws UPSTREAM_UNAVAILABLE
   */
  async find(owner: CartOwner, { withLines }: { withLines: boolean }, scope: ReadScope): Promise<FoundCart> {
    const ownKey = cartKeyOf(owner, this.rules.guestSegment);
    const { userId, sessionId } = owner;
    const own = this.#commandsFor(ownKey, withLines);
    const commands = [...own];
    if (userId !== null) {
      const guestKey = cartKeyOf({ userId: null, sessionId }, this.rules.guestSegment);
      commands.push(['get', keys.activeCart(userId)], ['hmget', guestKey, ...cartFields]);
    }
    const replies = await this.reader.read(commands, scope.deadline);
    const [pointer, guestReply] = replies.slice(own.length);

    const atHand = this.#take(ownKey, replies, scope);
    const pointedKey = userId === null ? undefined : pointedCartKey(this.#text(pointer, scope) ?? '', userId);
    let found = atHand;
    if (pointedKey !== undefined && pointedKey !== ownKey) {
      const pointed = this.#take(
        pointedKey,
        await this.reader.read(this.#commandsFor(pointedKey, withLines), scope.deadline),
        scope,
      );
      if (isLiveCart(pointed.hash, userId, this.rules.guestSegment)) found = pointed;
    }
    const hasUnmergedGuestCart = userId !== null && isUnmerged(this.#hash(guestReply, scope), this.rules.guestSegment);
    if (!isLiveCart(found.hash, userId, this.rules.guestSegment))
      return { cart: undefined, lines: undefined, hasUnmergedGuestCart };
    return { ...(await this.#toCart(found, withLines, scope)), hasUnmergedGuestCart };
  }

  /** The lines of a cart, oldest first, broken ones left out. @throws UPSTREAM_UNAVAILABLE */
  async lines(cartId: string, scope: ReadScope): Promise<readonly CartLine[]> {
    const [reply] = await this.reader.read([linesCommand(cartId)], scope.deadline);
    return this.#decodeLines(cartId, reply, scope);
  }

  #commandsFor(cartKey: string, withLines: boolean): Command[] {
    const commands: Command[] = [
      ['hmget', cartKey, ...cartFields],
      ['pttl', cartKey],
    ];
    if (withLines) commands.push(linesCommand(this.guesses.of(cartKey)));
    return commands;
  }

  #take(cartKey: string, [values, ttl, list]: readonly Reply[], scope: ReadScope): CartAtKey {
    return { cartKey, hash: this.#hash(values, scope), ttlMs: typeof ttl === 'number' ? ttl : -1, list };
  }

  async #toCart({ cartKey, hash, ttlMs, list }: CartAtKey, withLines: boolean, scope: ReadScope) {
    const id = hash.id!;
    scope.addFaults(hash.faults);
    const wasGuessed = withLines && this.guesses.of(cartKey) === id;
    this.guesses.learn(cartKey, id);
    const isBroken = hash.totalItems === undefined || hash.totalAmount === undefined;
    let lines: readonly CartLine[] | undefined;
    if (wasGuessed) lines = this.#decodeLines(id, list, scope);
    else if (withLines || isBroken) lines = await this.lines(id, scope);
    return { cart: cartOf(hash, ttlMs, lines ?? [], this.rules), lines };
  }

  #decodeLines(cartId: string, reply: Reply, scope: ReadScope): readonly CartLine[] {
    if (reply instanceof CodedError) throw reply;
    if (!Array.isArray(reply)) {
      scope.addFault('WRONG_TYPE');
      return [];
    }
    return decodeLines(reply as string[], (fault) => scope.addFault(fault)).map((line) =>
      toCartLine(cartId, line, this.rules),
    );
  }

  /** A hash of the wrong type is no cart. */
  #hash(reply: Reply, scope: ReadScope): CartHash {
    if (reply instanceof CodedError) throw reply;
    if (!Array.isArray(reply)) scope.addFault('WRONG_TYPE');
    return decodeCartHash(Array.isArray(reply) ? (reply as CartValues) : []);
  }

  #text(reply: Reply, scope: ReadScope): string | undefined {
    if (reply instanceof CodedError) throw reply;
    if (reply instanceof Error) scope.addFault('WRONG_TYPE');
    return typeof reply === 'string' ? reply : undefined;
  }
}

interface CartAtKey {
  readonly cartKey: string;
  readonly hash: CartHash;
  readonly ttlMs: number;
  readonly list: Reply;
}

const linesCommand = (cartId: string): Command => ['lrange', keys.cartItems(cartId), 0, LONGEST_LIST - 1];

/** A guest's cart that the login has not merged yet, or not to its end. */
function isUnmerged(hash: CartHash, guestSegment: string): boolean {
  if (hash.id === undefined) return false;
  return hash.mergeTo === undefined ? isLiveCart(hash, null, guestSegment) : hash.awaitsMerge;
}
