import type { CartLedger } from './cartLedger.js';
import { amountOf, isLive, millionths, quantitiesOf, versionOf, type StoredCart } from './storedCart.js';

export interface Violation {
  readonly kind: 'LOST' | 'APPLIED_TWICE' | 'INVARIANT';
  /** Changes, or pieces of a line. */
  readonly amount: number;
  readonly detail: string;
}

/**
 * Holds the stored carts of one customer against what the checker sent and got acknowledged:
 * acknowledged ≤ stored ≤ acknowledged + unknown, line by line and in the number of changes; totals are those of the
 * lines; and of all carts of a customer at most one is alive.
 */
export function judge(ledger: CartLedger, stored: readonly StoredCart[]): Violation[] {
  const live = stored.filter(isLive);
  const violations = live.flatMap(inconsistencies);
  const invariant = (detail: string) => violations.push({ kind: 'INVARIANT', amount: 1, detail });
  if (live.length > 1) invariant(`carts ${live.map(({ key }) => key).join(', ')} are alive at the same time`);

  const [cart] = live;
  const name = cart?.key ?? stored[0]?.key ?? 'no cart';
  const lines = cart ? quantitiesOf(cart) : new Map<string, number>();
  for (const productId of new Set([...ledger.products, ...lines.keys()])) {
    const quantity = lines.get(productId) ?? 0;
    const { least, most, has } = ledger.allowed(productId);
    const detail = `${name}: ${quantity} of ${productId}, where ${least} to ${most} were acknowledged or unknown`;
    if (quantity < least) violations.push({ kind: 'LOST', amount: least - quantity, detail });
    else if (quantity > most) violations.push({ kind: 'APPLIED_TWICE', amount: quantity - most, detail });
    else if (!has(quantity)) invariant(detail);
  }

  const version = stored.reduce((sum, each) => sum + versionOf(each), 0);
  const { least, most } = ledger.versions;
  const detail = `${name}: ${version} changes took effect, where ${least} to ${most} were acknowledged or unknown`;
  if (version < least) violations.push({ kind: 'LOST', amount: least - version, detail });
  if (version > most) violations.push({ kind: 'APPLIED_TWICE', amount: version - most, detail });
  return violations;
}

/** What a cart says of itself must be so whatever happened to it. */
function inconsistencies(cart: StoredCart): Violation[] {
  const { key, fields, elements, ttls } = cart;
  const faults: string[] = [];
  const items = [...quantitiesOf(cart).values()].reduce((sum, quantity) => sum + quantity, 0);
  if (fields['total_items'] !== String(items)) faults.push(`total_items is ${fields['total_items']}, not ${items}`);
  const amount = amountOf(cart);
  if (millionths(fields['total_amount'] ?? '') !== amount)
    faults.push(`total_amount is ${fields['total_amount']}, not ${amount} millionths`);
  const [hashTtl = 0, listTtl = 0] = ttls;
  if (hashTtl <= 0 || (elements.length > 0 && listTtl <= 0)) faults.push(`its TTLs are ${ttls.join(' and ')} ms`);
  return faults.map((fault) => ({ kind: 'INVARIANT', amount: 1, detail: `${key}: ${fault}` }));
}
