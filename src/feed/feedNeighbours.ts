import type { FeedName, FeedProduct } from './feed.js';

/** Who a feed is for: the caller's session, or a user that a service names. */
export interface FeedViewer {
  readonly userId: string | null;
  readonly sessionId: string | null;
}

/** What feeds need of the other features, for one request. */
export interface FeedNeighbours<P extends FeedProduct> {
  products(ids: readonly string[], fields: number): (P | null)[] | Promise<(P | null | Error)[]>;
  /** The category of a product, null where unknown. */
  categoryOfProduct(productId: string): Promise<string | null>;
  /** The slug of a category, null where it has none. */
  slugOfCategory(categoryId: string): Promise<string | null>;
  /** The caller's session. @throws UPSTREAM_UNAVAILABLE */
  viewer(): Promise<FeedViewer>;
  /** The products in the caller's cart, newest line first. @throws UPSTREAM_UNAVAILABLE */
  cartProductIds(): Promise<readonly string[]>;
  setPrivate(): void;
  /** The answer holds data that run out then, on the monotonic clock in milliseconds. */
  noteExpiry(atMs: number): void;
  /** The answer is to be asked for again so soon. */
  limitMaxAge(seconds: number): void;
  /** When the first of the answer's data so far run out, on the same clock. */
  expiresAtMs(): number;
  /** For the metrics: which rule answered a feed. */
  onAnswer?(feed: FeedName, source: string, isFallback: boolean): void;
}
