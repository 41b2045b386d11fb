import type { DistinctFeeds, FallbackMode, FeedName } from './feed.js';

/** The arguments that every feed takes (api.md, Types). */
export interface FeedArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly availableOnly?: boolean | null | undefined;
  readonly exclude?: readonly string[] | null | undefined;
  readonly excludeInCart?: boolean | null | undefined;
  readonly fallback?: FallbackMode | null | undefined;
}

/** A feed as a resolver asks for it: what the client said, and what it selected. */
export interface FeedQuery extends FeedArguments {
  readonly feed: FeedName;
  /** The product or category that the feed is about. */
  readonly about: string | null | undefined;
  /** Product data that the query selects, as a bit mask. */
  readonly fields: number;
  readonly wantsNextPage: boolean;
  /** A service names the user; else it is the caller. */
  readonly userId?: string | undefined;
  readonly distinct?: DistinctFeeds | undefined;
}
