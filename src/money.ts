/** An exact amount in the shop's currency, as products and carts tell it. */
export interface Money {
  /** A decimal as text, with at least the currency's digits. It never becomes a binary float (keyspace.md R5). */
  readonly amount: string;
  /** ISO 4217. */
  readonly currencyCode: string;
}
