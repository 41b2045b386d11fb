import { CodedError } from '../errors.js';
import type { CommandReader } from '../redis/commandRunner.js';
import type { Deadline } from '../redis/deadline.js';
import { keys, ttlSeconds } from '../redis/keyspace.js';
import { defineScript, type ScriptRunner } from '../redis/scriptRunner.js';
import { decodeCartHash, type CartHash, type CartValues } from './cartHash.js';
import { ownCartId, serialOf, type CartIdGuesses } from './cartIds.js';
import { LONGEST_LIST } from './cartLines.js';

const cartChange = defineScript('cartChange', { keys: 4 });
/** Reads, removals and ends also work where Redis has no memory left. */
const cartChangeAtAnyCost = defineScript('cartChange', { keys: 4, flags: 'allow-oom' });
const cartPointerClaim = defineScript('cartPointerClaim', { keys: 1 });
const cartPointerRenew = defineScript('cartPointerClaim', { keys: 1, flags: 'allow-oom' });
const cartPointerRelease = defineScript('cartPointerRelease', { keys: 1 });
const cartFreeze = defineScript('cartFreeze', { keys: 3 });
const cartMergeFinish = defineScript('cartMergeFinish', { keys: 3 });

/** A cart and its lines at one moment. */
export interface CartState {
  readonly cartKey: string;
  readonly hash: CartHash;
  readonly ttlMs: number;
  /** The list that `elements` and `token` are of. */
  readonly listId: string;
  readonly elements: readonly string[];
  /** Fits as long as neither hash nor list has changed. */
  readonly token: string;
  /** What is remembered of the operation, where it was carried out before. */
  readonly memory: string | undefined;
}

/** The cart's key, or only those of its lines and operations, hold something that is no cart's. */
export type Unreadable = 'NO_HASH' | 'UNREADABLE';

export type ListEdit = readonly [kind: 'set' | 'remove' | 'push', index: number, element: string];

export interface ChangeOfCart {
  readonly cartId: string;
  readonly operationId: string;
  readonly memory: string;
  readonly version: number;
  readonly edits: readonly ListEdit[];
  readonly fields: Readonly<Record<string, string>>;
  /** Operations of another cart, with their memory, that this one is to know too. */
  readonly carried: readonly (readonly [operationId: string, memory: string])[];
  /** Whether it only takes away. */
  readonly frees: boolean;
}

export interface FrozenCart {
  readonly target: string;
  /** Undefined where there was no cart. */
  readonly cartId: string | undefined;
  readonly awaitsMerge: boolean;
  readonly elements: readonly string[];
  readonly operations: readonly (readonly [operationId: string, memory: string])[];
}

/** The cart scripts, each harmless to repeat. All throw UPSTREAM_UNAVAILABLE where it is not known whether they ran. */
export class CartScripts {
  constructor(
    private readonly runner: ScriptRunner,
    private readonly reader: CommandReader,
    private readonly guesses: CartIdGuesses,
    /** On a Cluster, lines under a foreign id lie in another slot than their cart (R13). */
    readonly adoptsForeignIds: boolean,
  ) {}

  /** How a cart stands, and whether it knows the operation. */
  async read(cartKey: string, operationId: string, deadline: Deadline): Promise<CartState | Unreadable> {
    let listId = this.#guess(cartKey);
    for (;;) {
      const args = ['', operationId];
      const reply = await this.runner.run(cartChangeAtAnyCost, keysOf(cartKey, listId, listId), args, deadline);
      const state = stateOf(cartKey, listId, reply as ChangeReply);
      if (typeof state === 'string') return state;
      const { id } = state.hash;
      if (id === undefined || id === listId) return state;
      this.guesses.learn(cartKey, id);
      if (listId === ownCartId(cartKey, NO_LIST)) return { ...state, elements: await this.#elements(id, deadline) };
      const isForeign = this.adoptsForeignIds && serialOf(cartKey, id) === undefined;
      listId = isForeign ? ownCartId(cartKey, NO_LIST) : id;
    }
  }

  /** Carries a change out: `DONE`, or why not: the state is another one by now, or remembers the operation. */
  async change(state: CartState, change: ChangeOfCart, deadline: Deadline): Promise<'DONE' | CartState | Unreadable> {
    const { cartKey, listId, token } = state;
    const args = [token, change.operationId, change.memory, ttlSeconds.cart, change.version];
    args.push(change.edits.length, ...change.edits.flat());
    const fields = Object.entries(change.fields);
    args.push(fields.length, ...fields.flat(), change.carried.length, ...change.carried.flat());
    const script = change.frees ? cartChangeAtAnyCost : cartChange;
    const reply = await this.runner.run(script, keysOf(cartKey, listId, change.cartId), args, deadline);
    const [outcome] = reply as ChangeReply;
    if (outcome === 'DONE') this.guesses.learn(cartKey, change.cartId);
    if (outcome === 'DONE') return 'DONE';
    const now = stateOf(cartKey, listId, reply as ChangeReply);
    // The cart goes on under another id, so these are not its lines.
    const isElsewhere = typeof now !== 'string' && now.hash.id !== undefined && now.hash.id !== listId;
    return isElsewhere ? this.read(cartKey, change.operationId, deadline) : now;
  }

  /**
   * Answers the user's pointer, which is `cartKey` from now on where there was none but `deadPointer` (R2).
   * @param isRenewed whether it was seen to be there, so that its TTL is all that changes.
   */
  async claim(
    userId: string,
    cartKey: string,
    { deadPointer = '', isRenewed = false },
    deadline: Deadline,
  ): Promise<string> {
    const args = [cartKey, deadPointer, ttlSeconds.activeCart];
    return String(
      await this.runner.run(isRenewed ? cartPointerRenew : cartPointerClaim, [keys.activeCart(userId)], args, deadline),
    );
  }

  async release(userId: string, cartKey: string, sessionId: string, deadline: Deadline): Promise<void> {
    await this.runner.run(cartPointerRelease, [keys.activeCart(userId)], [cartKey, sessionId], deadline);
  }

  /** Keeps a cart's key under a key of ours for as long as the cart lives. */
  async note(noteKey: string, cartKey: string, deadline: Deadline): Promise<void> {
    await this.runner.run(cartPointerRenew, [noteKey], [cartKey, '', ttlSeconds.cart], deadline);
  }

  /** Freezes a guest's cart for `target`, or tells for which one it was frozen; undefined where it is unreadable. */
  async freeze(guestKey: string, target: string, deadline: Deadline): Promise<FrozenCart | undefined> {
    let listId = this.#guess(guestKey);
    for (;;) {
      const args = [target, ttlSeconds.mergedCartTombstone];
      const reply = (await this.runner.run(cartFreeze, freezeKeys(guestKey, listId), args, deadline)) as
        FreezeReply | [];
      if (reply.length === 0) return undefined;
      const [frozenFor, id, awaitsMerge, elements, memories] = reply;
      const frozen = {
        target: frozenFor,
        cartId: id === '' ? undefined : id,
        awaitsMerge: awaitsMerge === 1,
        elements,
        operations: pairsOf(memories),
      };
      if (id === '' || id === listId) return frozen;
      this.guesses.learn(guestKey, id);
      if (this.adoptsForeignIds && serialOf(guestKey, id) === undefined)
        return { ...frozen, elements: await this.#elements(id, deadline) };
      listId = id;
    }
  }

  /** Ends a merge: the guest's lines go, the tombstone stays an hour (R16). */
  async finishMerge(guestKey: string, cartId: string, target: string, deadline: Deadline): Promise<void> {
    const isForeign = this.adoptsForeignIds && serialOf(guestKey, cartId) === undefined;
    // A foreign list in another slot keeps its own TTL: nothing reads it any more.
    const listId = isForeign ? this.#guess(guestKey) : cartId;
    await this.runner.run(
      cartMergeFinish,
      freezeKeys(guestKey, listId),
      [target, ttlSeconds.mergedCartTombstone],
      deadline,
    );
  }

  /** Which list to ask for first; a foreign one in another slot cannot stand beside the cart in a script. */
  #guess(cartKey: string): string {
    const guess = this.guesses.of(cartKey);
    return this.adoptsForeignIds && serialOf(cartKey, guess) === undefined ? ownCartId(cartKey, NO_LIST) : guess;
  }

  async #elements(cartId: string, deadline: Deadline): Promise<readonly string[]> {
    const [reply] = await this.reader.read([['lrange', keys.cartItems(cartId), 0, LONGEST_LIST - 1]], deadline);
    if (reply instanceof CodedError) throw reply;
    return Array.isArray(reply) ? (reply as string[]) : [];
  }
}

/** N of a list that never is: stands in a script for lines that lie in another slot. */
const NO_LIST = 0;

type ChangeReply = readonly [
  outcome: string,
  memory: string,
  token: string,
  ttlMs: number,
  values: CartValues,
  elements: string[],
];
type FreezeReply = [target: string, cartId: string, awaitsMerge: number, elements: string[], memories: string[]];

function stateOf(cartKey: string, listId: string, reply: ChangeReply): CartState | Unreadable {
  const [outcome, memory, token, ttlMs, values, elements] = reply;
  if (outcome === 'NO_HASH' || outcome === 'UNREADABLE') return outcome;
  const isKnown = outcome === 'REPLAY';
  return {
    cartKey,
    hash: decodeCartHash(values),
    ttlMs,
    listId,
    elements,
    token,
    memory: isKnown ? memory : undefined,
  };
}

const keysOf = (cartKey: string, fromId: string, toId: string): string[] => [
  cartKey,
  keys.cartItems(fromId),
  keys.cartItems(toId),
  keys.cartOperations(cartKey),
];

const freezeKeys = (cartKey: string, listId: string): string[] => [
  cartKey,
  keys.cartItems(listId),
  keys.cartOperations(cartKey),
];

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []));
}
