import { z } from 'zod';
import { upstreamUnavailable } from '../errors.js';
import { jsonArray } from '../redis/decode.js';
import { keys, ttlSeconds } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { mergeOutcomes, type CartRules, type MergeLine, type MergeOutcome } from './cart.js';
import { CartDraft } from './cartDraft.js';
import { cartKeyOf, pointedCartKey, sessionOf } from './cartIds.js';
import { decodeLine, type LineData } from './cartLines.js';
import type { CartPlaces } from './cartPlaces.js';
import type { CartScripts, FrozenCart } from './cartScripts.js';
import { decodeMemory, digestOf, encodeMemory } from './operationMemory.js';

export interface Login {
  readonly sessionId: string;
  readonly userId: string;
}

/** What became of the guest's lines; null where there was no guest's cart. */
export type MergeReport = { readonly lines: readonly MergeLine[] } | null;

/**
 * Merges a guest's cart into the user's at login, steps 2 to 5 of R16. Each step may be repeated and broken off:
 * the pointer and the target are the first caller's, the lines are in the target once, by the operation
 * `merge:<guest cart id>`, and only then do they leave the guest's cart.
 */
export class CartMerger {
  constructor(
    private readonly scripts: CartScripts,
    private readonly places: CartPlaces,
    private readonly rules: CartRules,
  ) {}

  /** @throws UPSTREAM_UNAVAILABLE: to be called again, by whomever. */
  async merge({ sessionId, userId }: Login, scope: ReadScope): Promise<MergeReport> {
    const guestKey = cartKeyOf({ userId: null, sessionId }, this.rules.guestSegment);
    const claimed = await this.#claim(userId, sessionId, scope);
    const frozen = await this.scripts.freeze(guestKey, claimed, scope.deadline);
    if (frozen === undefined) {
      scope.addFault('WRONG_TYPE');
      return null;
    }
    if (frozen.cartId === undefined) return null;
    const target = targetOf(frozen, userId);
    // Frozen for somebody else's cart: by a foreign hand, as a session has one user only.
    if (target === undefined) return null;
    const report = await this.#apply(frozen, frozen.cartId, target, userId, scope);
    if (frozen.awaitsMerge) await this.scripts.finishMerge(guestKey, frozen.cartId, target, scope.deadline);
    return report;
  }

  /** Step 2: the user's cart, that of this session where there is none. */
  async #claim(userId: string, sessionId: string, scope: ReadScope): Promise<string> {
    const owner = { userId, sessionId };
    while (!scope.deadline.isOver) {
      const place = await this.places.find(owner, '', scope);
      const claimed = await this.places.claimed(place, owner, () => Promise.resolve(place.cartKey), scope);
      if (claimed === 'NO_HASH' || claimed === 'UNREADABLE') return cartKeyOf(owner, this.rules.guestSegment);
      if (claimed !== undefined) return claimed;
    }
    throw upstreamUnavailable();
  }

  /** Step 4: all lines, the operations that the guest's cart remembers, and the report, in one script. */
  async #apply(frozen: FrozenCart, guestCartId: string, target: string, userId: string, scope: ReadScope) {
    const operationId = `merge:${guestCartId}`;
    const owner = { userId, sessionId: sessionOf(target) };
    let state = await this.scripts.read(target, operationId, scope.deadline);
    while (!scope.deadline.isOver) {
      if (typeof state === 'string') throw upstreamUnavailable('the target of a merge is no cart');
      if (state.memory !== undefined) return { lines: decodeReport(decodeMemory(state.memory).extra, scope) };
      // Merged by somebody else, and the target has been given up since: what is gone is not to come back.
      if (!frozen.awaitsMerge) return { lines: [] };
      const draft = new CartDraft(state, owner, this.rules, this.scripts.adoptsForeignIds);
      const lines = mergeInto(draft, frozen.elements, this.rules);
      const { version, cartId } = draft;
      const memory = { version, digest: digestOf('merge', guestCartId), attempt: '', extra: encodeReport(lines) };
      const change = {
        cartId,
        operationId,
        memory: encodeMemory(memory),
        version,
        edits: draft.edits(),
        fields: draft.outcome({ ttlMs: ttlSeconds.cart * 1_000 }).fields,
        // A guest's change that is repeated after login is known here, as if it had been made here just now.
        carried: frozen.operations.map(([id, text]) => [id, encodeMemory({ ...decodeMemory(text), version })] as const),
        frees: false,
      };
      const done = await this.scripts.change(state, change, scope.deadline);
      if (done === 'DONE') return { lines };
      state = done;
    }
    throw upstreamUnavailable();
  }
}

/** The cart that the first caller froze it for; undefined where that is none of this user's. */
function targetOf({ target }: FrozenCart, userId: string): string | undefined {
  return target.startsWith(keys.cart(userId, '')) ? pointedCartKey(target, userId) : undefined;
}

/** Line by line: added to a line of its kind, moved as one of its own, cut to the limit, or left out for want of room. */
function mergeInto(draft: CartDraft, elements: readonly string[], rules: CartRules): MergeLine[] {
  return elements.flatMap((element): MergeLine[] => {
    const line = decodeLine(element);
    // What cannot be read cannot be reported either.
    if (typeof line === 'string') return [];
    const { outcome, quantity } = mergeLine(draft, line, rules);
    return [{ productId: line.productId, variationId: line.variationId, quantity, outcome }];
  });
}

function mergeLine(draft: CartDraft, line: LineData, rules: CartRules): { outcome: MergeOutcome; quantity: number } {
  const present = draft.find(line);
  const before = present?.line.quantity ?? 0;
  const wanted = before + line.quantity;
  const quantity = Math.max(before, Math.min(wanted, rules.cartMaxQuantity));
  if (present) {
    const priceBefore = present.line.price;
    draft.change(present, { quantity });
    if (draft.amountsFit) return { outcome: quantity < wanted ? 'CAPPED' : 'SUMMED', quantity };
    draft.change(present, { quantity: before, price: priceBefore });
    return { outcome: 'DROPPED', quantity: before };
  }
  if (draft.length >= rules.cartMaxLines) return { outcome: 'DROPPED', quantity: 0 };
  const added = draft.add({ ...line, quantity });
  if (draft.amountsFit) return { outcome: quantity < wanted ? 'CAPPED' : 'MOVED', quantity };
  draft.remove(added);
  return { outcome: 'DROPPED', quantity: 0 };
}

const encodeReport = (lines: readonly MergeLine[]): string =>
  JSON.stringify(
    lines.map(({ productId, variationId, quantity, outcome }) => [productId, variationId, quantity, outcome]),
  );

/** Total, like `decodeWarnings`: what cannot be read is an empty report, and counted. */
function decodeReport(extra: string, scope: ReadScope): MergeLine[] {
  const { success, data } = rememberedReport.safeParse(jsonArray(extra));
  if (!success) scope.addFault('INVALID_JSON');
  return (data ?? []).map(([productId, variationId, quantity, outcome]) => ({
    productId,
    variationId,
    quantity,
    outcome,
  }));
}

const rememberedReport = z.array(z.tuple([z.string(), z.string().nullable(), z.int32(), z.enum(mergeOutcomes)]));
