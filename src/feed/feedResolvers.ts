import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import type { GatewayContext } from '../graphql/context.js';
import { feedQueryOf } from '../graphql/feedSelection.js';
import type { Resolvers } from '../graphql/generated/resolvers.js';
import { requireUserId } from '../redis/ids.js';
import { encodeCursor } from './cursor.js';
import type { FeedName, FeedPage, FeedsOf } from './feed.js';
import type { FeedArguments } from './feedQuery.js';

interface About {
  readonly categoryId?: string | null | undefined;
  readonly productId?: string | undefined;
}

/** A field of `Recommendations`. */
const feedOf =
  (feed: FeedName) =>
  (feeds: FeedsOf, args: FeedArguments & About, context: GatewayContext, info: GraphQLResolveInfo): Promise<FeedPage> =>
    context.feeds.page(feedQueryOf(feed, args.productId ?? args.categoryId, args, info, feeds));

/** A feed that hangs on the thing it is about. */
const feedAbout =
  (feed: FeedName) =>
  ({ id }: { id: string }, args: FeedArguments, context: GatewayContext, info: GraphQLResolveInfo): Promise<FeedPage> =>
    context.feeds.page(feedQueryOf(feed, id, args, info));

const trending = feedOf('trending');
const categoryTrending = feedOf('categoryTrending');

export const feedResolvers = {
  Query: {
    recommendations(_parent, { userId, distinct }, context, info) {
      if (userId == null) return feedsOf('me', undefined, distinct, info);
      context.cachePolicy.setPrivate();
      context.asker.requireScope('feeds');
      requireUserId(userId, 'userId', context.shop.guestSegment);
      return feedsOf(`user:${userId}`, userId, distinct, info);
    },

    recommendationHealth(_parent, _args, context) {
      context.cachePolicy.limitTo(HEALTH_MAX_AGE_SECONDS);
      return context.feeds.health();
    },
  },

  Session: {
    recommendations: ({ isCurrent }, { distinct }, _context, info) =>
      isCurrent ? feedsOf('me', undefined, distinct, info) : null,
  },

  Recommendations: {
    personalized: feedOf('personalized'),
    sessionBased: feedOf('sessionBased'),
    trending: (feeds, args, context, info) =>
      (args.categoryId == null ? trending : categoryTrending)(feeds, args, context, info),
    popular: feedOf('popular'),
    newArrivals: feedOf('newArrivals'),
    recentlyViewed: feedOf('recentlyViewed'),
    similar: feedOf('similar'),
    frequentlyBoughtTogether: feedOf('frequentlyBoughtTogether'),
  },

  Product: {
    similar: feedAbout('similar'),
    frequentlyBoughtTogether: feedAbout('frequentlyBoughtTogether'),
  },

  Category: { trending: feedAbout('categoryTrending') },

  Cart: {
    recommendations: (_cart, args, context, info) => context.feeds.page(feedQueryOf('cart', undefined, args, info)),
  },

  RecommendationConnection: {
    pageInfo: ({ edges, hasNextPage, hasPreviousPage, endPosition }) => ({
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0] === undefined ? null : encodeCursor(edges[0].position),
      endCursor: endPosition === null ? null : encodeCursor(endPosition),
    }),
  },

  RecommendationEdge: { cursor: ({ position }) => encodeCursor(position) },
} satisfies Resolvers;

const HEALTH_MAX_AGE_SECONDS = 10;

/**
 * With `distinct` a feed holds other products than without it, or than in another such field of the answer: an id of
 * its own keeps a client's cache from taking the one for the other.
 */
function feedsOf(
  id: string,
  userId: string | undefined,
  distinct: boolean | null | undefined,
  { path }: Pick<GraphQLResolveInfo, 'path'>,
): FeedsOf {
  if (distinct !== true) return { id, userId, distinct: undefined };
  const place = responsePathAsArray(path).join('.');
  return { id: `${id}:distinct:${place}`, userId, distinct: { taken: new Set(), last: Promise.resolve() } };
}
