/** What a change does to a cart, as the checker knows it. */
export type CartChange =
  /** Adds up with whatever else is added at the same time; a merge adds several at once. */
  | { readonly kind: 'ADD'; readonly lines: Readonly<Record<string, number>> }
  /** Of a line that nobody else changes at that time; 0 removes it. */
  | { readonly kind: 'SET'; readonly productId: string; readonly quantity: number }
  /** Empties the cart (cleared or converted); nobody else changes it at that time. */
  | { readonly kind: 'EMPTY' };

/**
 * The checker's own log of one cart: what was sent, and what of it was acknowledged. It never asks the gateway, so
 * what it allows the stored cart to be is independent of what is stored.
 */
export class CartLedger {
  #acknowledged = new Map<string, number>();
  #pending = new Set<CartChange>();
  #versions = { least: 0, most: 0 };

  /** To be called before the change is sent for the first time. */
  sent(change: CartChange): void {
    this.#pending.add(change);
  }

  /** @param versions how many versions it took: 0 where it came in with another change, undefined where 0 or 1. */
  acknowledged(change: CartChange, versions: 0 | 1 | undefined = 1): void {
    this.#pending.delete(change);
    this.#versions.least += versions ?? 0;
    this.#versions.most += versions ?? 1;
    if (change.kind === 'ADD')
      for (const [productId, quantity] of Object.entries(change.lines)) this.#add(productId, quantity);
    else if (change.kind === 'SET') this.#acknowledged.set(change.productId, change.quantity);
    else this.#acknowledged.clear();
  }

  /** How many changes are sent and not acknowledged. */
  get unknown(): number {
    return this.#pending.size;
  }

  /** What is surely in the cart. */
  get lines(): ReadonlyMap<string, number> {
    return this.#acknowledged;
  }

  /** How many changes may have taken effect. */
  get versions(): { readonly least: number; readonly most: number } {
    return { least: this.#versions.least, most: this.#versions.most + this.unknown };
  }

  get products(): string[] {
    const pending = [...this.#pending].flatMap((change) => {
      if (change.kind === 'EMPTY') return [];
      return change.kind === 'ADD' ? Object.keys(change.lines) : [change.productId];
    });
    return [...new Set([...this.#acknowledged.keys(), ...pending])];
  }

  /** The quantities that a product may have: one where nothing is unknown, else acknowledged to acknowledged + unknown. */
  allowed(productId: string): {
    readonly least: number;
    readonly most: number;
    readonly has: (quantity: number) => boolean;
  } {
    const acknowledged = this.#acknowledged.get(productId) ?? 0;
    let [least, most] = [acknowledged, acknowledged];
    const exactly = new Set([acknowledged]);
    for (const change of this.#pending) {
      if (change.kind === 'ADD') most += change.lines[productId] ?? 0;
      else if (change.kind === 'EMPTY') exactly.add(0);
      else if (change.productId === productId) exactly.add(change.quantity);
    }
    const isAdded = most > acknowledged;
    least = Math.min(least, ...exactly);
    most = Math.max(most, ...exactly);
    // Something set is the old or the new, nothing in between.
    return {
      least,
      most,
      has: (quantity) => (isAdded ? least <= quantity && quantity <= most : exactly.has(quantity)),
    };
  }

  #add(productId: string, quantity: number): void {
    this.#acknowledged.set(productId, (this.#acknowledged.get(productId) ?? 0) + quantity);
  }
}
