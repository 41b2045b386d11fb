import type { EdgePosition, FallbackMode, FeedName } from './feed.js';
import type { Audience } from './feedRules.js';

/** One page that somebody asks for. */
export interface FeedRequest {
  readonly feed: FeedName;
  /** What the feed is about: a product's or category's id, else empty. */
  readonly subject: string;
  readonly audience: Audience;
  readonly first: number;
  readonly after: EdgePosition | undefined;
  readonly availableOnly: boolean;
  readonly excluded: ReadonlySet<string>;
  readonly excludeInCart: boolean;
  readonly fallback: FallbackMode;
  /** Whether somebody wants to know if the page is the last: that costs a look at one product more. */
  readonly wantsNextPage: boolean;
  /** Products that earlier feeds of the same answer have taken (`distinct`). */
  readonly taken: ReadonlySet<string>;
}
