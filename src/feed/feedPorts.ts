import type { FeedProduct, FeedSlice } from './feed.js';
import type { CategoryFrom, FeedRule, Place } from './feedRules.js';

/** What the rules need to know of the world; `resolveFeed` knows neither Redis nor GraphQL. */
export interface FeedPorts<P extends FeedProduct> {
  /**
   * A stretch of a place. Null where there is no such key for this caller: a guest has no personalized feed, a
   * category without a slug none by slug. Never rejects: a failed read is a slice that says so.
   */
  read(place: Place, category: string | null, start: number, count: number): Promise<FeedSlice | null>;
  /** Where products stand in a place, null for those that do not. */
  ranks(place: Place, category: string | null, ids: readonly string[]): Promise<(number | null)[]>;
  /** Null for an unknown product, an error for a failed look-up. */
  products(ids: readonly string[]): (P | null)[] | Promise<(P | null | Error)[]>;
  isNewUser(): Promise<boolean>;
  category(from: CategoryFrom): Promise<string | null>;
  /** The products in the caller's cart. */
  inCart(): Promise<ReadonlySet<string>>;
}

/** The category of a rule that needs one: the first that is known. */
export async function categoryOf(
  rule: FeedRule,
  ports: Pick<FeedPorts<FeedProduct>, 'category'>,
): Promise<string | null> {
  for (const from of rule.category ?? []) {
    const category = await ports.category(from);
    if (category !== null) return category;
  }
  return null;
}
