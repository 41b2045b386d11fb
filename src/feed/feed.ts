import type { DataFault } from '../redis/decode.js';

/** Names of the feeds (api.md, Types and Fallback rules). */
export type FeedName =
  | 'personalized'
  | 'sessionBased'
  | 'similar'
  | 'frequentlyBoughtTogether'
  | 'trending'
  | 'categoryTrending'
  | 'popular'
  | 'newArrivals'
  | 'recentlyViewed'
  | 'cart';

export type RecommendationSource =
  | 'PERSONALIZED'
  | 'SESSION'
  | 'SIMILAR'
  | 'FREQUENTLY_BOUGHT_TOGETHER'
  | 'TRENDING'
  | 'CATEGORY_TRENDING'
  | 'POPULAR'
  | 'NEW_ARRIVALS'
  | 'RECENTLY_VIEWED';

export type FallbackMode = 'NONE' | 'WHEN_EMPTY' | 'FILL';
export type FallbackReason = 'NO_DATA' | 'NEW_USER' | 'COLD_START' | 'ALL_FILTERED' | 'UNAVAILABLE';
export type AttemptOutcome = 'HIT' | 'EMPTY' | 'FILTERED' | 'ERROR';

/** What a feed needs to know of a product. */
export interface FeedProduct {
  readonly id: string;
  readonly isAvailable: boolean | null;
}

/**
 * One entry of a feed's key: a product and what the writer scored it; null where there is no finite score.
 * A member that cannot be a product's id has the empty id: it still takes its place.
 */
export interface FeedMember {
  readonly id: string;
  readonly score: number | null;
}

/** A stretch of a feed's key, best first. */
export interface FeedSlice {
  readonly members: readonly FeedMember[];
  /** Whether the key goes on behind the stretch. */
  readonly hasMore: boolean;
  /** What is left of the key's life in milliseconds, Infinity without a TTL. */
  readonly ttlMs: number;
  /** It could not be read, or was of the wrong type: it counts as no data. */
  readonly failed?: boolean;
  /** Broken values met while decoding it. */
  readonly faults: readonly DataFault[];
}

export interface FeedEdge<P extends FeedProduct = FeedProduct> {
  readonly node: P;
  readonly score: number | null;
  /** From 1, over all pages. */
  readonly rank: number;
  readonly source: RecommendationSource;
  /** Where this edge stands, for its cursor; encoded only where a cursor is selected. */
  readonly position: EdgePosition;
}

/** All that a next page needs to go on behind an edge (api.md: rule, place, anchor, absolute rank). */
export interface EdgePosition {
  readonly feed: FeedName;
  /** What the feed is about, such as a product's id; empty where it is about nothing. */
  readonly subject: string;
  readonly rule: number;
  /** Which of the rule's alternative keys. */
  readonly alternative: number;
  /** How much of each key of that alternative is used up; more than one where keys are taken in turn. */
  readonly offsets: readonly number[];
  /** Which of those keys the edge comes from. */
  readonly turn: number;
  /** The edge's product. */
  readonly anchor: string;
  readonly rank: number;
  /** The category that the rule found out; a next page stays with it. */
  readonly category: string | null;
  /** With FILL: the earlier rules and alternatives whose members must not come again. */
  readonly usedUp: readonly (readonly [rule: number, alternative: number])[];
  /** Why the first page fell back, if it did. */
  readonly reason: FallbackReason | null;
}

export interface Dropped {
  missing: number;
  unavailable: number;
  inCart: number;
  duplicate: number;
  excluded: number;
}

export interface Attempt {
  readonly source: RecommendationSource;
  readonly outcome: AttemptOutcome;
  /** Edges of the page at hand that it gave. */
  readonly count: number;
}

export interface FeedPage<P extends FeedProduct = FeedProduct> {
  readonly edges: readonly FeedEdge<P>[];
  readonly nodes: readonly P[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where a next page goes on; null where there is none. */
  readonly endPosition: EdgePosition | null;
  readonly source: RecommendationSource | null;
  readonly sources: readonly RecommendationSource[];
  readonly isFallback: boolean;
  readonly fallbackReason: FallbackReason | null;
  readonly expiresAt: Date | null;
  readonly dropped: Dropped;
  readonly attempts: readonly Attempt[];
  /** What is left of the keys' lives, in milliseconds; Infinity without a TTL. */
  readonly ttlMs: number;
}

/** Whose feeds: the caller's, or, for a service, a user's. */
export interface FeedsOf {
  readonly id: string;
  /** Undefined: the caller's. */
  readonly userId: string | undefined;
  readonly distinct: DistinctFeeds | undefined;
}

/** With `distinct`, feeds choose one after the other, in the order they are written in the query. */
export interface DistinctFeeds {
  readonly taken: Set<string>;
  /** Resolves when the feed written before has chosen. */
  last: Promise<unknown>;
}
