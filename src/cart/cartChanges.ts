import { setTimeout as sleep } from 'node:timers/promises';
import { unauthenticated, upstreamUnavailable } from '../errors.js';
import type { ReadScope } from '../redis/readScope.js';
import { ttlSeconds } from '../redis/keyspace.js';
import type { CartChange, CartProduct, CartRules, CartUserError, ChangeOptions } from './cart.js';
import { CartDraft, contentOf } from './cartDraft.js';
import { conflict, keyReused, refused, tooManyLines, unreadable, userError } from './cartErrors.js';
import type { CartOwner } from './cartIds.js';
import type { LineRef } from './cartLines.js';
import type { CartPlace, CartPlaces } from './cartPlaces.js';
import { CartTurns } from './cartTurns.js';
import {
  planAdd,
  planClear,
  planRemove,
  planUpdate,
  type LineToAdd,
  type Plan,
  type Planned,
  type ProductsById,
  type QuantityToSet,
} from './cartPlans.js';
import type { CartScripts, CartState } from './cartScripts.js';
import {
  decodeMemory,
  decodeWarnings,
  encodeMemory,
  encodeWarnings,
  operationOf,
  type Operation,
} from './operationMemory.js';

/** Products as they are now, past any cache; null where unknown, an error where Redis could not be asked. */
export type FreshProducts = (
  productIds: readonly string[],
  scope: ReadScope,
) => Promise<readonly (CartProduct | null | Error)[]>;

/**
 * The changes of a cart, each of them once and whole (R2, R13 to R15).
 *
 * A change is worked out here on the state that Redis told and carried out by one script if that is still the state;
 * if not, it is worked out again. Somebody gets through each time, so changes that meet all get through.
 */
export class CartChanges {
  readonly #scripts: CartScripts;
  readonly #places: CartPlaces;
  readonly #products: FreshProducts;
  readonly #rules: CartRules;
  readonly #turns = new CartTurns();

  constructor(scripts: CartScripts, places: CartPlaces, products: FreshProducts, rules: CartRules) {
    this.#scripts = scripts;
    this.#places = places;
    this.#products = products;
    this.#rules = rules;
  }

  /** Adds products to the owner's cart. @throws UPSTREAM_UNAVAILABLE, UNAUTHENTICATED, BAD_USER_INPUT */
  async addLines(lines: readonly LineToAdd[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    const { cartMaxLines } = this.#rules;
    if (lines.length === 0)
      return this.#refuse(userError('INVALID_INPUT', 'There is nothing to add.', ['lines']), options, scope);
    if (lines.length > cartMaxLines) return this.#refuse(tooManyLines(cartMaxLines), options, scope);
    const plan = async () => planAdd(lines, await this.#productsById(lines, scope), this.#rules);
    return this.#change(operationOf('add', lines, options.idempotencyKey), plan, options, scope);
  }

  /** Sets the quantities of lines. @throws UPSTREAM_UNAVAILABLE, UNAUTHENTICATED, BAD_USER_INPUT */
  async updateLines(changes: readonly QuantityToSet[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    if (changes.length === 0)
      return this.#refuse(userError('INVALID_INPUT', 'There is nothing to set.', ['lines']), options, scope);
    const refs = changes.map(({ ref }) => ref);
    const plan = async () => planUpdate(changes, await this.#productsById(refs, scope), this.#rules);
    return this.#change(operationOf('update', changes, options.idempotencyKey), plan, options, scope);
  }

  /** Removes lines. @throws UPSTREAM_UNAVAILABLE, UNAUTHENTICATED, BAD_USER_INPUT */
  async removeLines(refs: readonly LineRef[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    if (refs.length === 0)
      return this.#refuse(userError('INVALID_INPUT', 'There is nothing to remove.', ['lineIds']), options, scope);
    const plan = () => Promise.resolve(planRemove(refs));
    return this.#change(operationOf('remove', refs, options.idempotencyKey), plan, options, scope, { frees: true });
  }

  /** Removes all lines, broken ones too; without a cart there is nothing to do. @throws as above */
  async clear(options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    const plan = () => Promise.resolve(planClear);
    const kind = { frees: true, clears: true };
    return this.#change(operationOf('clear', null, options.idempotencyKey), plan, options, scope, kind);
  }

  async #change(
    operation: Operation,
    planOf: () => Promise<Plan>,
    options: ChangeOptions,
    scope: ReadScope,
    kind: ChangeKind = {},
  ): Promise<CartChange> {
    const find = () => this.#places.find(options.owner, operation.id, scope);
    const [place, plan] = await Promise.all([find(), planOf()]);
    const attempt = (at: CartPlace) => this.#attempt(at, { ...kind, operation, plan, options }, scope);
    const untilDone = async (): Promise<CartChange> => {
      for (let attempts = 1; !scope.deadline.isOver; attempts++) {
        const change = await attempt(await find());
        if (change) return change;
        // Other gateways are at it too: who comes late in one round must not come late in every round.
        await sleep(Math.random() * Math.min(20, 2 * attempts));
      }
      throw upstreamUnavailable();
    };
    return (await attempt(place)) ?? this.#turns.inTurn(place.cartKey, scope.deadline, untilDone);
  }

  /** Undefined where the cart, or the pointer to it, is another one by now. */
  async #attempt(place: CartPlace, wanted: WantedChange, scope: ReadScope): Promise<CartChange | undefined> {
    const { state } = place;
    const { operation, plan, options, clears = false } = wanted;
    const { owner, expectedVersion } = options;
    if (typeof state === 'string') return refused(undefined, [unreadable]);
    if (owner.userId === null && state.hash.mergeTo !== undefined) throw movedAway();
    if (state.memory !== undefined) return this.#repeated(state, state.memory, operation, owner, scope);

    const draft = new CartDraft(state, owner, this.#rules, this.#scripts.adoptsForeignIds);
    const current = contentOf(state, owner, this.#rules);
    if (isOutdated(expectedVersion, draft, state)) return refused(current, [conflict]);
    const planned = plan(draft);
    if (planned.userErrors.length > 0) return refused(current, planned.userErrors);
    if (clears && !draft.isLive) return refused(undefined, []);
    return this.#carryOut(place, draft, planned, wanted, scope);
  }

  async #carryOut(
    place: CartPlace,
    draft: CartDraft,
    { warnings }: Planned,
    { operation, options, clears = false, frees = false }: WantedChange,
    scope: ReadScope,
  ): Promise<CartChange | undefined> {
    const { cartId, version } = draft;
    const { fields, content } = draft.outcome({ clears, ttlMs: ttlSeconds.cart * 1_000 });
    const change = {
      cartId,
      version,
      fields,
      frees,
      operationId: operation.id,
      memory: encodeMemory({ ...operation, version, extra: encodeWarnings(warnings) }),
      edits: draft.edits({ clears }),
      carried: [],
    };
    const write = (state: CartState) => this.#scripts.change(state, change, scope.deadline);
    const done = await this.#places.claimed(place, options.owner, write, scope);
    if (done === 'DONE') return { content, userErrors: [], warnings, replayed: false };
    if (typeof done !== 'object' || done.memory === undefined) return undefined;
    return this.#repeated(done, done.memory, operation, options.owner, scope);
  }

  /** The operation is in the cart already: by our own repeat after a lost answer, or by the caller's. */
  #repeated(
    state: CartState,
    text: string,
    { digest, attempt }: Operation,
    owner: CartOwner,
    scope: ReadScope,
  ): CartChange {
    const memory = decodeMemory(text);
    const content = contentOf(state, owner, this.#rules);
    if (memory.digest !== digest) return refused(content, [keyReused]);
    const warnings = decodeWarnings(memory.extra, (fault) => scope.addFault(fault));
    return { content, userErrors: [], warnings, replayed: memory.attempt !== attempt };
  }

  async #refuse(userError: CartUserError, { owner }: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    const { state } = await this.#places.find(owner, '', scope);
    return refused(typeof state === 'string' ? undefined : contentOf(state, owner, this.#rules), [userError]);
  }

  async #productsById(of: readonly { productId: string }[], scope: ReadScope): Promise<ProductsById> {
    const ids = [...new Set(of.map(({ productId }) => productId))];
    const products = await this.#products(ids, scope);
    return new Map(
      ids.map((id, index) => {
        const product = products[index] ?? null;
        if (product instanceof Error) throw product;
        return [id, product];
      }),
    );
  }
}

/** What distinguishes changes that take away. */
interface ChangeKind {
  /** Whether it also goes where Redis has no memory left. */
  readonly frees?: boolean;
  readonly clears?: boolean;
}

interface WantedChange extends ChangeKind {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly options: ChangeOptions;
}

/** A version is expected of the cart that the caller sees; where it sees none, 0 is as good as the key's last. */
function isOutdated(expected: number | null | undefined, { isLive }: CartDraft, { hash }: CartState): boolean {
  if (expected === null || expected === undefined || expected === hash.version) return false;
  return isLive || expected !== 0;
}

/** The guest has logged in meanwhile; the cart is the user's now, and so is the new token (R16). */
const movedAway = () => unauthenticated('The session has been identified; please repeat this with its new token.');
