/**
 * What the fields cost that ask Redis for something; all others are free. One unit is about one key read. Whatever is
 * selected beneath a field counts as often as the field has items.
 */
export interface FieldCost {
  /** Once. */
  readonly base: number;
  /** For each item, besides what is selected of it. */
  readonly perItem?: number;
  /** How many items there are: as many as an argument says, or as its list is long, or a number assumed. */
  readonly items?: { readonly first: number } | { readonly lengthOf: readonly string[] } | number;
}

/** A feed of the default length, where `first` is left out. */
const PAGE = { first: 10 };
/** Any key of the feed's rules may have to be asked; each product on the page is one or two hashes. */
const feed: FieldCost = { base: 5, items: PAGE };

export const costTable: Readonly<Record<string, FieldCost>> = {
  'Query.session': { base: 1 },
  'Query.cart': { base: 3 },
  'Query.product': { base: 1 },
  'Query.products': { base: 0, perItem: 1, items: { lengthOf: ['ids'] } },
  'Query.category': { base: 1 },
  'Query.recommendationHealth': { base: 3 },

  'Session.cart': { base: 3 },
  'Session.otherSessions': { base: 2, perItem: 1, items: 5 },

  // A customer's cart is seldom longer than 20 lines.
  'Cart.lines': { base: 2, items: 20 },
  // What is bought together with each of the ten newest lines.
  'Cart.recommendations': { base: 15, items: PAGE },
  'CartLine.product': { base: 1 },
  'CartLine.currentUnitPrice': { base: 1 },
  'CartLine.priceChanged': { base: 1 },
  'CartLine.isAvailable': { base: 1 },

  'Product.category': { base: 1 },
  'Product.similar': feed,
  'Product.frequentlyBoughtTogether': feed,
  'Category.trending': feed,

  'Recommendations.personalized': feed,
  'Recommendations.sessionBased': feed,
  'Recommendations.trending': feed,
  'Recommendations.popular': feed,
  'Recommendations.newArrivals': feed,
  'Recommendations.recentlyViewed': feed,
  'Recommendations.similar': feed,
  'Recommendations.frequentlyBoughtTogether': feed,
  'RecommendationConnection.nodes': { base: 1 },
  'RecommendationConnection.edges': { base: 1 },

  'Mutation.sessionStart': { base: 10 },
  'Mutation.sessionEnd': { base: 10 },
  'Mutation.sessionEndOthers': { base: 10 },
  'Mutation.sessionIdentify': { base: 30 },
  'Mutation.cartLinesAdd': { base: 10, perItem: 2, items: { lengthOf: ['input', 'lines'] } },
  'Mutation.cartLinesUpdate': { base: 10, perItem: 2, items: { lengthOf: ['input', 'lines'] } },
  'Mutation.cartLinesRemove': { base: 10, perItem: 1, items: { lengthOf: ['input', 'lineIds'] } },
  'Mutation.cartClear': { base: 10 },
  'Mutation.cartConvert': { base: 20 },
  'Mutation.productViewRecord': { base: 10 },

  // Reads no key but takes milliseconds; what is selected beneath is not looked at.
  'Query.__schema': { base: 500 },
  'Query.__type': { base: 30 },
};

/** A request that asks for nothing dear still has to be parsed, answered and counted. */
export const REQUEST_COST = 1;
