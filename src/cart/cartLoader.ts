import type { ReadScope } from '../redis/readScope.js';
import type { Cart, CartContent, CartLine } from './cart.js';
import type { CartOwner } from './cartIds.js';
import type { CartStore, FoundCart } from './cartStore.js';

export interface CartLoaderOptions {
  readonly store: CartStore;
  readonly scope: ReadScope;
  /** Whose request it is; undefined where nobody is known. */
  readonly owner: () => Promise<CartOwner | undefined>;
  /** Goes on with a login's merge that was broken off (R16). */
  readonly resumeMerge: (owner: CartOwner, scope: ReadScope) => Promise<void>;
}

/** The carts of one request: each is looked up once, and lines only where somebody wants them. */
export class CartLoader {
  readonly #options: CartLoaderOptions;
  readonly #byOwner = new Map<string, Promise<Cart | undefined>>();
  readonly #lines = new Map<string, Promise<readonly CartLine[]>>();

  constructor(options: CartLoaderOptions) {
    this.#options = options;
  }

  /**
   * The caller's cart, undefined without one. With `withLines` its lines come along, as a rule in the same round trip.
   * @throws UPSTREAM_UNAVAILABLE
   */
  async current({ withLines = false } = {}): Promise<Cart | undefined> {
    const owner = await this.#options.owner();
    return owner && this.byOwner(owner, { withLines });
  }

  /** The cart of an owner who has been let in already. @throws UPSTREAM_UNAVAILABLE */
  byOwner(owner: CartOwner, { withLines = false } = {}): Promise<Cart | undefined> {
    const name = nameOf(owner);
    let cart = this.#byOwner.get(name);
    if (cart === undefined) {
      cart = this.#find(owner, withLines);
      this.#byOwner.set(name, cart);
    }
    return cart;
  }

  /** The lines of a cart that this loader gave, oldest first. @throws UPSTREAM_UNAVAILABLE */
  lines(cart: Pick<Cart, 'id'>): Promise<readonly CartLine[]> {
    let lines = this.#lines.get(cart.id);
    if (lines === undefined) {
      lines = this.#options.store.lines(cart.id, this.#options.scope);
      this.#lines.set(cart.id, lines);
    }
    return lines;
  }

  /** A change in this request left the owner's cart like this; later reads in it need not ask again. */
  remember(owner: CartOwner, content: CartContent | undefined): void {
    this.#byOwner.set(nameOf(owner), Promise.resolve(content?.cart));
    if (content) this.rememberLines(content);
  }

  /** The lines of a cart that a change answered. */
  rememberLines({ cart, lines }: CartContent): void {
    this.#lines.set(cart.id, Promise.resolve(lines));
  }

  async #find(owner: CartOwner, withLines: boolean): Promise<Cart | undefined> {
    const { store, scope, resumeMerge } = this.#options;
    const want = { withLines };
    let found: FoundCart = await store.find(owner, want, scope);
    if (found.hasUnmergedGuestCart) {
      await resumeMerge(owner, scope);
      found = await store.find(owner, want, scope);
    }
    if (found.cart && found.lines) this.#lines.set(found.cart.id, Promise.resolve(found.lines));
    return found.cart;
  }
}

const nameOf = ({ userId, sessionId }: CartOwner): string => `${userId ?? ''}:${sessionId}`;
