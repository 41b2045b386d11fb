import { CodedError } from '../errors.js';
import type { CommandReader } from '../redis/commandRunner.js';
import type { ReadScope } from '../redis/readScope.js';
import type { ScriptRunner } from '../redis/scriptRunner.js';
import type { Cart, CartChange, CartRules, ChangeOptions } from './cart.js';
import { CartChanges, type FreshProducts } from './cartChanges.js';
import { CartConverter } from './cartConverter.js';
import type { CartIdGuesses, CartOwner } from './cartIds.js';
import type { LineRef } from './cartLines.js';
import { CartMerger, type MergeReport } from './cartMerger.js';
import { CartPlaces } from './cartPlaces.js';
import type { LineToAdd, QuantityToSet } from './cartPlans.js';
import { CartScripts } from './cartScripts.js';
import type { CartStore } from './cartStore.js';
import { CheckoutPlaces } from './checkoutPlaces.js';

export interface CartWriterOptions {
  readonly runner: ScriptRunner;
  readonly reader: CommandReader;
  readonly store: CartStore;
  /** Shared with the store. */
  readonly guesses: CartIdGuesses;
  readonly freshProducts: FreshProducts;
  readonly rules: CartRules;
  readonly isCluster: boolean;
}

/**
 * All that changes carts, for the whole process. Every method throws UPSTREAM_UNAVAILABLE where it is not known
 * whether the change was made; with an idempotency key it may be repeated then.
 */
export class CartWriter {
  readonly #changes: CartChanges;
  readonly #converter: CartConverter;
  readonly #merger: CartMerger;
  readonly #store: CartStore;

  constructor({ runner, reader, store, guesses, freshProducts, rules, isCluster }: CartWriterOptions) {
    const scripts = new CartScripts(runner, reader, guesses, isCluster);
    const places = new CartPlaces(scripts, reader, rules.guestSegment);
    this.#changes = new CartChanges(scripts, places, freshProducts, rules);
    this.#converter = new CartConverter(scripts, new CheckoutPlaces(scripts, reader, rules.guestSegment), rules);
    this.#merger = new CartMerger(scripts, places, rules);
    this.#store = store;
  }

  /** Adds products, which adds up with lines of the same product and variation. */
  addLines(lines: readonly LineToAdd[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    return this.#changes.addLines(lines, options, scope);
  }

  /** Sets the quantities of lines. */
  updateLines(changes: readonly QuantityToSet[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    return this.#changes.updateLines(changes, options, scope);
  }

  removeLines(refs: readonly LineRef[], options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    return this.#changes.removeLines(refs, options, scope);
  }

  /** Removes all lines. */
  clear(options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    return this.#changes.clear(options, scope);
  }

  /** Ends the cart of this id at checkout; a repeat succeeds and never converts the next one. */
  convert(cartId: string, options: ChangeOptions, scope: ReadScope): Promise<CartChange> {
    return this.#converter.convert(cartId, options, scope);
  }

  /**
   * Merges the cart that the session had as a guest's into the user's (R16). To be called at login once the session
   * is bound; repeats and fifty callers at once give the same.
   */
  async mergeGuestCart(
    login: { userId: string; sessionId: string },
    scope: ReadScope,
  ): Promise<{ cart: Cart | null; merge: MergeReport }> {
    const merge = await this.#merger.merge(login, scope);
    const { cart } = await this.#store.find(login, { withLines: false }, scope);
    return { cart: cart ?? null, merge };
  }

  /** Goes on with a merge that was broken off, for a read that met it. A Redis that takes no writes spoils no read. */
  async resumeMerge({ userId, sessionId }: CartOwner, scope: ReadScope): Promise<void> {
    if (userId === null) return;
    try {
      await this.#merger.merge({ userId, sessionId }, scope);
    } catch (error) {
      if (!(error instanceof CodedError && error.code === 'UPSTREAM_UNAVAILABLE')) throw error;
    }
  }
}
