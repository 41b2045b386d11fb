import { CartLedger, type CartChange } from './cartLedger.js';
import type { StoredCart } from './storedCart.js';
import { judge } from './verdict.js';

const add = (quantity: number): CartChange => ({ kind: 'ADD', lines: { apple: quantity } });
const line = (quantity: number, price = '0.10') => `{"item_id":"apple","quantity":${quantity},"price":${price}}`;

function cart(quantity: number, version: number, fields: Record<string, string> = {}, key = 'cart:u:s'): StoredCart {
  const totals = { total_items: String(quantity), total_amount: (quantity / 10).toFixed(2) };
  const hash = { cart_id: `{${key}}:1`, status: 'active', version: String(version), ...totals, ...fields };
  return { key, fields: hash, elements: [line(quantity)], ttls: [1_000, 1_000] };
}

const kinds = (ledger: CartLedger, ...stored: StoredCart[]) => judge(ledger, stored).map(({ kind }) => kind);

describe('the verdict on a cart', () => {
  let ledger: CartLedger;
  beforeEach(() => {
    ledger = new CartLedger();
    const done = add(3);
    ledger.sent(done);
    ledger.acknowledged(done);
  });

  it('is good where it holds what was acknowledged', () => {
    expect(kinds(ledger, cart(3, 1))).toEqual([]);
  });

  it('is good with and without what is unknown, and not beyond', () => {
    ledger.sent(add(2));
    expect(kinds(ledger, cart(3, 1))).toEqual([]);
    expect(kinds(ledger, cart(5, 2))).toEqual([]);
    expect(kinds(ledger, cart(7, 3))).toEqual(['APPLIED_TWICE', 'APPLIED_TWICE']);
    expect(kinds(ledger, cart(2, 0))).toEqual(['LOST', 'LOST']);
  });

  it('allows the old or the new quantity of a line that is being set, and nothing between', () => {
    ledger.sent({ kind: 'SET', productId: 'apple', quantity: 9 });
    expect(kinds(ledger, cart(3, 1))).toEqual([]);
    expect(kinds(ledger, cart(9, 2))).toEqual([]);
    expect(kinds(ledger, cart(6, 2))).toEqual(['INVARIANT']);
  });

  it('allows all or nothing of a cart that is being emptied', () => {
    ledger.sent({ kind: 'EMPTY' });
    expect(kinds(ledger, cart(3, 1))).toEqual([]);
    expect(kinds(ledger, { ...cart(3, 2), fields: { ...cart(3, 2).fields, status: 'converted' } })).toEqual([]);
    expect(kinds(ledger, cart(1, 2))).toEqual(['INVARIANT']);
  });

  it('counts a change that was not made again, although the lines are right', () => {
    expect(kinds(ledger, cart(3, 2))).toEqual(['APPLIED_TWICE']);
    expect(kinds(ledger, cart(3, 0))).toEqual(['LOST']);
  });

  it.each([
    ['total_items', { total_items: '4' }],
    ['total_amount', { total_amount: '0.31' }],
    ['no number', { total_amount: 'abc' }],
    ['a total of more digits than a double has', { total_amount: '0.300000000000000004' }],
  ])('finds a wrong total: %s', (_name, fields) => {
    expect(kinds(ledger, cart(3, 1, fields))).toEqual(['INVARIANT']);
  });

  it('finds two living carts of one customer, and a cart that never expires', () => {
    expect(kinds(ledger, cart(3, 1), cart(0, 0, {}, 'cart:u:t'))).toEqual(['INVARIANT']);
    expect(kinds(ledger, { ...cart(3, 1), ttls: [-1, 1_000] })).toEqual(['INVARIANT']);
  });
});
