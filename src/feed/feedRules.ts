import type { FallbackReason, FeedName, RecommendationSource } from './feed.js';

/**
 * The fallback rules (document B, Fallback Strategy, made complete by api.md) as data. Rules name keys, never feeds:
 * no rule calls another feed. To add one, see docs/adding-a-feed-rule.md.
 */

/** A key, or a short list made of several keys, that a rule reads its products from. */
export type Place =
  | 'userPersonalized'
  | 'userSession'
  | 'session'
  | 'similar'
  | 'frequentlyBought'
  | 'trending'
  | 'trendingProducts'
  | 'categoryTrendingById'
  | 'categoryTrendingBySlug'
  | 'popular'
  | 'newArrivals'
  | 'recentlyViewed'
  | 'boughtWithCart';

/** Where a category rule takes its category from; the first that is known. */
export type CategoryFrom = 'argument' | 'product' | 'lastViewed';

export interface FeedRule {
  readonly source: RecommendationSource;
  /** The keys of one rule: the first with data answers. A group in an inner list is taken in turn. */
  readonly places: readonly (readonly RulePlace[])[];
  readonly category?: readonly CategoryFrom[];
  /** Applies only to users who are new, or only to those who are not. */
  readonly user?: 'new' | 'notNew';
  /** Answers only where a short page is to be filled. */
  readonly onlyToFill?: boolean;
  /** The feed's own data; an edge of any other rule is a fallback. */
  readonly isOwn?: boolean;
  /** Why one falls back to this rule; `NO_DATA` where it says nothing. */
  readonly reason?: FallbackReason;
}

export interface RulePlace {
  readonly place: Place;
  readonly source: RecommendationSource;
}

const from = (source: RecommendationSource, ...places: Place[]): FeedRule => ({
  source,
  places: places.map((place) => [{ place, source }]),
});

const trending = from('TRENDING', 'trending', 'trendingProducts');
const popular = from('POPULAR', 'popular');
const newArrivals = from('NEW_ARRIVALS', 'newArrivals');
const similar = from('SIMILAR', 'similar');
const frequentlyBought = from('FREQUENTLY_BOUGHT_TOGETHER', 'frequentlyBought');

const categoryTrendingOf = (...category: CategoryFrom[]): FeedRule => ({
  ...from('CATEGORY_TRENDING', 'categoryTrendingById', 'categoryTrendingBySlug'),
  category,
});

const popularAndNewInTurn: FeedRule = {
  source: 'POPULAR',
  places: [
    [
      { place: 'popular', source: 'POPULAR' },
      { place: 'newArrivals', source: 'NEW_ARRIVALS' },
    ],
  ],
};

const own = (rule: FeedRule): FeedRule => ({ ...rule, isOwn: true });
const forNewUsers = (rule: FeedRule): FeedRule => ({ ...rule, user: 'new', reason: 'NEW_USER' });
const forOtherUsers = (rule: FeedRule): FeedRule => ({ ...rule, user: 'notNew' });
const onlyToFill = (rule: FeedRule): FeedRule => ({ ...rule, onlyToFill: true });

const coldStart = [categoryTrendingOf('argument', 'lastViewed'), popularAndNewInTurn].map((rule): FeedRule => ({
  ...rule,
  reason: 'COLD_START',
}));

/** Who the feeds are for. */
export type Audience = 'user' | 'guest' | 'nobody';

const userPersonalized = [
  own(from('PERSONALIZED', 'userPersonalized')),
  forNewUsers(popularAndNewInTurn),
  forOtherUsers(trending),
  forOtherUsers(popular),
];

const personalized: Record<Audience, readonly FeedRule[]> = {
  user: userPersonalized,
  guest: [own(from('SESSION', 'session')), ...coldStart],
  nobody: coldStart,
};

const afterSessionFeed = [categoryTrendingOf('lastViewed'), trending, popular];

const sessionBased: Record<Audience, readonly FeedRule[]> = {
  user: [own(from('SESSION', 'userSession', 'session')), ...afterSessionFeed],
  guest: [own(from('SESSION', 'session')), ...afterSessionFeed],
  nobody: afterSessionFeed,
};

const boughtWithCart = own(from('FREQUENTLY_BOUGHT_TOGETHER', 'boughtWithCart'));

/** The table: which rules answer a feed, in which order. */
export const feedRules: Record<FeedName, Record<Audience, readonly FeedRule[]>> = {
  personalized,
  sessionBased,
  similar: forAll(own(similar), categoryTrendingOf('product'), trending, popular),
  frequentlyBoughtTogether: forAll(
    own(frequentlyBought),
    onlyToFill(similar),
    onlyToFill(categoryTrendingOf('product')),
  ),
  trending: forAll(own(trending), popular),
  categoryTrending: forAll(own(categoryTrendingOf('argument')), trending, popular),
  popular: forAll(own(popular), trending),
  newArrivals: forAll(own(newArrivals), onlyToFill(popular)),
  recentlyViewed: forAll(own(from('RECENTLY_VIEWED', 'recentlyViewed'))),
  cart: {
    user: [boughtWithCart, ...userPersonalized.map(notOwn)],
    guest: [boughtWithCart, ...personalized.guest.map(notOwn)],
    nobody: [boughtWithCart, ...coldStart],
  },
};

function forAll(...rules: FeedRule[]): Record<Audience, readonly FeedRule[]> {
  return { user: rules, guest: rules, nobody: rules };
}

function notOwn({ isOwn: _, ...rule }: FeedRule): FeedRule {
  return rule;
}
