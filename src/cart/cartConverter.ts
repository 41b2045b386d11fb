import { upstreamUnavailable } from '../errors.js';
import type { ReadScope } from '../redis/readScope.js';
import { ttlSeconds } from '../redis/keyspace.js';
import type { CartChange, CartRules, ChangeOptions } from './cart.js';
import { CartDraft, contentOf } from './cartDraft.js';
import { conflict, keyReused, refused, unreadable, userError } from './cartErrors.js';
import { cartOf, isLiveCart, isOwnedBy, type CartHash } from './cartHash.js';
import { sessionOf } from './cartIds.js';
import { decodeLines, toCartLine } from './cartLines.js';
import type { CartScripts, CartState } from './cartScripts.js';
import type { CheckoutPlaces } from './checkoutPlaces.js';
import { decodeMemory, encodeMemory, operationOf } from './operationMemory.js';

/** Ends a cart at checkout (api.md, cartConvert; R14). */
export class CartConverter {
  constructor(
    private readonly scripts: CartScripts,
    private readonly places: CheckoutPlaces,
    private readonly rules: CartRules,
  ) {}

  /**
   * Converts the cart of this id, and clears the pointer to it. The cart remembers its checkout under its own id for
   * as long as it lives, so a repeat with whatever key succeeds, and never converts the cart that follows it.
   * @throws UPSTREAM_UNAVAILABLE, BAD_USER_INPUT
   */
  async convert(cartId: string, options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    const { owner, idempotencyKey, expectedVersion } = options;
    const { deadline } = scope;
    const operation = operationOf('convert', [cartId, owner.userId], idempotencyKey);
    const checkoutId = `convert:${cartId}`;
    const place = await this.places.find(cartId, checkoutId, owner, deadline);
    const { cartKey } = place;
    const keyed =
      typeof idempotencyKey === 'string' ? await this.scripts.read(cartKey, operation.id, deadline) : undefined;
    if (keyed !== undefined && typeof keyed !== 'string' && isAnotherCall(keyed, operation.digest))
      return refused(undefined, [keyReused]);

    let { state } = place;
    while (!deadline.isOver) {
      if (typeof state === 'string') return refused(undefined, [unreadable]);
      if (state.memory !== undefined) return this.#repeated(state, cartId, operation.attempt, options, scope);
      const { hash } = state;
      const isIt = hash.id === cartId && isOwnedBy(hash, owner.userId, this.rules.guestSegment);
      // Another checkout, not through this gateway, may have converted it.
      if (isIt && hash.status === 'CONVERTED') return this.#answer(state, hash, true);
      if (!isIt || !isLiveCart(hash, owner.userId, this.rules.guestSegment)) return refused(undefined, [notFound]);
      if (typeof expectedVersion === 'number' && expectedVersion !== hash.version)
        return refused(contentOf(state, owner, this.rules), [conflict]);

      const draft = new CartDraft(state, owner, this.rules, false);
      const { fields } = draft.outcome({ status: 'converted', ttlMs: ttlSeconds.cart * 1_000 });
      await this.places.note(cartId, cartKey, owner, deadline);
      const memory = encodeMemory({ ...operation, version: draft.version, extra: '' });
      const converted: Record<string, string> = {
        status: 'converted',
        version: fields['version']!,
        updated_at: fields['updated_at']!,
      };
      const done = await this.scripts.change(
        state,
        {
          cartId: state.listId,
          operationId: checkoutId,
          memory,
          version: draft.version,
          edits: [],
          fields: converted,
          carried: typeof idempotencyKey === 'string' ? [[operation.id, memory]] : [],
          frees: true,
        },
        deadline,
      );
      if (done !== 'DONE') {
        state = done;
        continue;
      }
      await this.#release(cartKey, options, scope);
      return this.#answer(
        state,
        { ...hash, status: 'CONVERTED', version: draft.version, updatedAt: new Date(fields['updated_at']!) },
        false,
      );
    }
    throw upstreamUnavailable();
  }

  async #repeated(state: CartState, cartId: string, attempt: string, options: ChangeOptions, scope: ReadScope) {
    const isStillThere = state.hash.id === cartId;
    if (isStillThere && state.hash.status === 'CONVERTED') await this.#release(state.cartKey, options, scope);
    const replayed = decodeMemory(state.memory ?? '').attempt !== attempt;
    // The next cart under this key is none of this call's business.
    return isStillThere ? this.#answer(state, state.hash, replayed) : { ...refused(undefined, []), replayed };
  }

  /** The pointer lies in another slot, so a next cart may have begun meanwhile: then it gets its pointer back. */
  async #release(cartKey: string, { owner: { userId } }: ChangeOptions, { deadline }: ReadScope): Promise<void> {
    if (userId === null) return;
    await this.scripts.release(userId, cartKey, sessionOf(cartKey), deadline);
    const now = await this.scripts.read(cartKey, '', deadline);
    const isNext = typeof now !== 'string' && isLiveCart(now.hash, userId, this.rules.guestSegment);
    if (isNext) await this.scripts.claim(userId, cartKey, {}, deadline);
  }

  #answer(state: CartState, hash: CartHash, replayed: boolean): CartChange {
    const lines = decodeLines(state.elements, () => undefined).map((line) => toCartLine(hash.id!, line, this.rules));
    const content = { cart: cartOf(hash, state.ttlMs, lines, this.rules), lines };
    return { content, userErrors: [], warnings: [], replayed };
  }
}

const isAnotherCall = ({ memory }: CartState, digest: string): boolean =>
  memory !== undefined && decodeMemory(memory).digest !== digest;

const notFound = userError('CART_NOT_FOUND', 'There is no such cart, or it is not theirs.', ['cartId']);
