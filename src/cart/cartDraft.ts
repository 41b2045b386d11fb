import Big from 'big.js';
import { withMinorDigits } from '../redis/decode.js';
import type { CartContent, CartRules } from './cart.js';
import { cartFields, cartOf, decodeCartHash, isLiveCart } from './cartHash.js';
import { nextCartId, serialOf, sessionOf, type CartOwner } from './cartIds.js';
import {
  decodeLines,
  encodeLine,
  kindOf,
  lineIdOf,
  toCartLine,
  totalsOf,
  type LineData,
  type LineRef,
} from './cartLines.js';
import type { CartState, ListEdit } from './cartScripts.js';

/** Sums beyond this many of the finest price's units are refused (api.md, AMOUNT_TOO_LARGE). */
const MOST_UNITS = new Big(10).pow(13);

/** A line of the cart that is being worked on. `index` is its place in the list; null for one that is new. */
export interface DraftLine {
  readonly index: number | null;
  readonly occurrence: number;
  line: LineData;
  fate: 'KEPT' | 'CHANGED' | 'REMOVED';
}

/**
 * A cart as one change would leave it: the change is worked out here, on the state that Redis told, and carried out
 * by `cartChange.lua` if that is still the state. Elements that it does not touch keep their bytes, broken ones too.
 */
export class CartDraft {
  /** The cart's id after the change: a new one where there is no cart yet, or where a Cluster needs one of ours (R13). */
  readonly cartId: string;
  readonly isLive: boolean;
  #state: CartState;
  #rules: CartRules;
  #owner: CartOwner;
  #lines: DraftLine[];

  constructor(state: CartState, owner: CartOwner, rules: CartRules, adoptsForeignIds: boolean) {
    const { cartKey, hash } = state;
    this.#state = state;
    this.#rules = rules;
    this.#owner = owner;
    this.isLive = isLiveCart(hash, owner.userId, rules.guestSegment);
    const isAdopted = this.isLive && adoptsForeignIds && serialOf(cartKey, hash.id!) === undefined;
    this.cartId = this.isLive && !isAdopted ? hash.id! : nextCartId(cartKey, hash.id);
    this.#lines = decodeLines(this.#elements, () => undefined).map((found) => ({ ...found, fate: 'KEPT' }));
  }

  get version(): number {
    return this.#state.hash.version + 1;
  }

  get lines(): readonly DraftLine[] {
    return this.#lines.filter(({ fate }) => fate !== 'REMOVED');
  }

  /** How long the list would be, broken elements included. */
  get length(): number {
    return this.#elements.length + this.#lines.reduce((sum, { index, fate }) => sum + growth(index, fate), 0);
  }

  /** The oldest line of this product and variation. */
  find(of: Pick<LineData, 'productId' | 'variationId'>): DraftLine | undefined {
    const kind = kindOf(of);
    return this.lines.find(({ line }) => kindOf(line) === kind);
  }

  byRef(ref: LineRef): DraftLine | undefined {
    if (!this.isLive || ref.cartId !== this.#state.hash.id) return undefined;
    const kind = kindOf(ref);
    return this.lines.find(({ line, occurrence }) => occurrence === ref.occurrence && kindOf(line) === kind);
  }

  idOf({ line, occurrence }: DraftLine): string {
    return lineIdOf(this.cartId, line, occurrence);
  }

  add(line: LineData): DraftLine {
    const added: DraftLine = { index: null, occurrence: 0, line, fate: 'CHANGED' };
    this.#lines.push(added);
    return added;
  }

  change(draftLine: DraftLine, to: Partial<LineData>): void {
    draftLine.line = { ...draftLine.line, ...to };
    draftLine.fate = 'CHANGED';
  }

  remove(draftLine: DraftLine): void {
    draftLine.fate = 'REMOVED';
  }

  /** Whether every price and the total can be reckoned exactly everywhere, in units of the finest price. */
  get amountsFit(): boolean {
    const prices = this.lines.map(({ line }) => line.price);
    const digits = Math.max(this.#rules.minorDigits, ...prices.map((price) => price.split('.')[1]?.length ?? 0));
    const unit = new Big(10).pow(-digits);
    const most = MOST_UNITS.times(unit);
    return [...prices, totalsOf(this.lines.map(({ line }) => line)).amount].every((amount) => most.gte(amount));
  }

  /** What turns the list that the state was read from into the new one. */
  edits({ clears = false } = {}): ListEdit[] {
    const { elements, listId } = this.#state;
    const removeAll = elements.map((_, index): ListEdit => ['remove', index, '']);
    const pushes = (texts: readonly string[]) => texts.map((text): ListEdit => ['push', 0, text]);
    if (this.cartId !== listId) return pushes(this.#result(clears));
    if (clears) return removeAll;
    // What lies under the id of a cart that does not exist is nobody's.
    if (!this.isLive) return [...removeAll, ...pushes(this.#result(false))];
    return this.#lines.flatMap(({ index, line, fate }): ListEdit[] => {
      if (index === null) return fate === 'REMOVED' ? [] : [['push', 0, encodeLine(line)]];
      if (fate === 'REMOVED') return [['remove', index, '']];
      return fate === 'CHANGED' ? [['set', index, encodeLine(line)]] : [];
    });
  }

  /** The hash's fields after the change, and the cart as the API shows it then. */
  outcome({ clears = false, status = 'active', ttlMs }: { clears?: boolean; status?: string; ttlMs: number }) {
    const result = decodeLines(this.#result(clears), () => undefined);
    const totals = totalsOf(result.map(({ line }) => line));
    const fields: Record<string, string> = {
      cart_id: this.cartId,
      user_id: this.#owner.userId ?? '',
      session_id: sessionOf(this.#state.cartKey),
      status,
      total_items: String(totals.items),
      total_amount: withMinorDigits(totals.amount, this.#rules.minorDigits),
      updated_at: new Date().toISOString(),
      version: String(this.version),
    };
    const hash = decodeCartHash(cartFields.map((name) => fields[name] ?? null));
    const lines = result.map((line) => toCartLine(this.cartId, line, this.#rules));
    const content: CartContent = { cart: cartOf(hash, ttlMs, lines, this.#rules), lines };
    return { fields, content };
  }

  get #elements(): readonly string[] {
    return this.isLive ? this.#state.elements : [];
  }

  #result(clears: boolean): string[] {
    if (clears) return [];
    const texts: (string | undefined)[] = [...this.#elements];
    for (const { index, line, fate } of this.#lines) {
      if (index === null) texts.push(fate === 'REMOVED' ? undefined : encodeLine(line));
      else if (fate !== 'KEPT') texts[index] = fate === 'REMOVED' ? undefined : encodeLine(line);
    }
    return texts.filter((text) => text !== undefined);
  }
}

function growth(index: number | null, fate: DraftLine['fate']): number {
  if (index === null) return fate === 'REMOVED' ? 0 : 1;
  return fate === 'REMOVED' ? -1 : 0;
}

/** The owner's cart as the state tells it; undefined where that is none. */
export function contentOf(state: CartState, owner: CartOwner, rules: CartRules): CartContent | undefined {
  if (!isLiveCart(state.hash, owner.userId, rules.guestSegment)) return undefined;
  const lines = decodeLines(state.elements, () => undefined).map((line) => toCartLine(state.hash.id!, line, rules));
  return { cart: cartOf(state.hash, state.ttlMs, lines, rules), lines };
}
