import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Product as ProductModel } from '../../product/product.js';
import type { Category as CategoryModel } from '../../product/category.js';
import type { Session as SessionModel } from '../../session/session.js';
import type { Cart as CartModel, CartLine as CartLineModel } from '../../cart/cart.js';
import type { FeedsOf, FeedPage, FeedEdge } from '../../feed/feed.js';
import type { RecommendationHealth as RecommendationHealthModel } from '../../feed/health.js';
import type { GatewayContext } from '../context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An ISO 4217 currency code, such as `EUR`. */
  Currency: { input: string; output: string; }
  /** An instant in ISO 8601, UTC, such as `2026-01-31T12:00:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** An exact decimal number as text, such as `"29.99"`. It is never a binary float, neither here nor in Redis. */
  Decimal: { input: string; output: string; }
  /** An absolute http or https address. */
  URL: { input: string; output: string; }
};

/** What came of trying a key. */
export type AttemptOutcome =
  /** It was absent, or had nothing further. */
  | 'EMPTY'
  /** It could not be read, or was of the wrong type. */
  | 'ERROR'
  /** It had members, but none of them was left after filters. */
  | 'FILTERED'
  /** It gave edges. */
  | 'HIT';

/** A cart, kept for seven days after its last change. */
export type Cart = {
  readonly __typename?: 'Cart';
  /** When the cart expires unless it is changed again. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** The cart's id. */
  readonly id: Scalars['ID']['output'];
  /** The lines, oldest first. Null with an error where they could not be read. */
  readonly lines: Maybe<ReadonlyArray<CartLine>>;
  /** What is bought together with the ten newest lines, without what is in the cart; then the caller's personalized feed. */
  readonly recommendations: Maybe<RecommendationConnection>;
  /** Where the cart stands between first line and checkout. */
  readonly status: CartStatus;
  /** The exact sum of the lines' amounts. */
  readonly totalAmount: Money;
  /** The sum of the lines' quantities. Selecting it alone does not read the lines. */
  readonly totalItems: Scalars['Int']['output'];
  /** When the cart was last changed. */
  readonly updatedAt: Maybe<Scalars['DateTime']['output']>;
  /** How many changes the cart has seen; to be passed as `expectedVersion`. */
  readonly version: Scalars['Int']['output'];
};


/** A cart, kept for seven days after its last change. */
export type CartRecommendationsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** What `cartClear` needs. */
export type CartClearInput = {
  /** Refuses the change unless the cart has this version. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeat of this call harmless: 1 to 128 printable ASCII characters, new for each change. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Answer of `cartClear`. */
export type CartClearPayload = {
  readonly __typename?: 'CartClearPayload';
  /** The cart as it is now; unchanged where there are `userErrors`. */
  readonly cart: Maybe<Cart>;
  /** Whether this call repeats an earlier one with the same idempotency key and changed nothing. */
  readonly replayed: Scalars['Boolean']['output'];
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
  /** What the caller should be told although the change was made. */
  readonly warnings: ReadonlyArray<CartWarning>;
};

/** What `cartConvert` needs. */
export type CartConvertInput = {
  /** The cart that was bought, as `Cart.id` tells it. */
  readonly cartId: Scalars['ID']['input'];
  /** Refuses the change unless the cart has this version. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeat of this call harmless: 1 to 128 printable ASCII characters. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The customer's session, or the one under which the cart was begun. */
  readonly sessionId: Scalars['ID']['input'];
  /** The cart's user; left out for a guest's cart. */
  readonly userId?: InputMaybe<Scalars['ID']['input']>;
};

/** Answer of `cartConvert`. */
export type CartConvertPayload = {
  readonly __typename?: 'CartConvertPayload';
  /** The cart as it is now; unchanged where there are `userErrors`. */
  readonly cart: Maybe<Cart>;
  /** Whether this call repeats an earlier one with the same idempotency key and changed nothing. */
  readonly replayed: Scalars['Boolean']['output'];
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
  /** What the caller should be told although the change was made. */
  readonly warnings: ReadonlyArray<CartWarning>;
};

/** One product (and variation) in a cart. A line whose product is gone is still a line. */
export type CartLine = {
  readonly __typename?: 'CartLine';
  /** `unitPrice` times `quantity`, exact. */
  readonly amount: Money;
  /** The price of one as the catalogue knows it now; null where unknown. */
  readonly currentUnitPrice: Maybe<Money>;
  /** Opaque, unique across carts. */
  readonly id: Scalars['ID']['output'];
  /** Whether the product can be bought now; null where unknown. */
  readonly isAvailable: Maybe<Scalars['Boolean']['output']>;
  /** The product's name when it was added. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** Whether the price has changed since the line was added; null where the current one is unknown. */
  readonly priceChanged: Maybe<Scalars['Boolean']['output']>;
  /** The product as the catalogue knows it now; null where it is gone. */
  readonly product: Maybe<Product>;
  /** The product's id. */
  readonly productId: Scalars['ID']['output'];
  /** How many. */
  readonly quantity: Scalars['Int']['output'];
  /** The price of one when it was added. */
  readonly unitPrice: Money;
  /** The variation, such as a size, where there is one. */
  readonly variationId: Maybe<Scalars['ID']['output']>;
};

/** What to add. */
export type CartLineAddInput = {
  /** The product. */
  readonly productId: Scalars['ID']['input'];
  /** How many, at least 1. */
  readonly quantity?: Scalars['Int']['input'];
  /** The variation, where there is one. */
  readonly variationId?: InputMaybe<Scalars['ID']['input']>;
};

/** A line and its new quantity. */
export type CartLineUpdateInput = {
  /** The line. */
  readonly lineId: Scalars['ID']['input'];
  /** How many, at least 1; to have none, remove the line. */
  readonly quantity: Scalars['Int']['input'];
};

/** What `cartLinesAdd` needs. */
export type CartLinesAddInput = {
  /** Refuses the change unless the cart has this version. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeat of this call harmless: 1 to 128 printable ASCII characters, new for each change. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What to add, at least one. */
  readonly lines: ReadonlyArray<CartLineAddInput>;
};

/** Answer of `cartLinesAdd`. */
export type CartLinesAddPayload = {
  readonly __typename?: 'CartLinesAddPayload';
  /** The cart as it is now; unchanged where there are `userErrors`. */
  readonly cart: Maybe<Cart>;
  /** Whether this call repeats an earlier one with the same idempotency key and changed nothing. */
  readonly replayed: Scalars['Boolean']['output'];
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
  /** What the caller should be told although the change was made. */
  readonly warnings: ReadonlyArray<CartWarning>;
};

/** What `cartLinesRemove` needs. */
export type CartLinesRemoveInput = {
  /** Refuses the change unless the cart has this version. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeat of this call harmless: 1 to 128 printable ASCII characters, new for each change. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The lines to remove, at least one. */
  readonly lineIds: ReadonlyArray<Scalars['ID']['input']>;
};

/** Answer of `cartLinesRemove`. */
export type CartLinesRemovePayload = {
  readonly __typename?: 'CartLinesRemovePayload';
  /** The cart as it is now; unchanged where there are `userErrors`. */
  readonly cart: Maybe<Cart>;
  /** Whether this call repeats an earlier one with the same idempotency key and changed nothing. */
  readonly replayed: Scalars['Boolean']['output'];
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
  /** What the caller should be told although the change was made. */
  readonly warnings: ReadonlyArray<CartWarning>;
};

/** What `cartLinesUpdate` needs. */
export type CartLinesUpdateInput = {
  /** Refuses the change unless the cart has this version. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeat of this call harmless: 1 to 128 printable ASCII characters, new for each change. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The lines to set, at least one. */
  readonly lines: ReadonlyArray<CartLineUpdateInput>;
};

/** Answer of `cartLinesUpdate`. */
export type CartLinesUpdatePayload = {
  readonly __typename?: 'CartLinesUpdatePayload';
  /** The cart as it is now; unchanged where there are `userErrors`. */
  readonly cart: Maybe<Cart>;
  /** Whether this call repeats an earlier one with the same idempotency key and changed nothing. */
  readonly replayed: Scalars['Boolean']['output'];
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
  /** What the caller should be told although the change was made. */
  readonly warnings: ReadonlyArray<CartWarning>;
};

/** What became of a guest cart's lines at login. */
export type CartMerge = {
  readonly __typename?: 'CartMerge';
  /** One entry for each line of the guest cart. */
  readonly lines: ReadonlyArray<CartMergeLine>;
};

/** What became of one line of the guest cart. */
export type CartMergeLine = {
  readonly __typename?: 'CartMergeLine';
  /** How it came to that. */
  readonly outcome: CartMergeOutcome;
  /** The line's product. */
  readonly productId: Scalars['ID']['output'];
  /** The quantity in the user's cart after the merge. */
  readonly quantity: Scalars['Int']['output'];
  /** The line's variation. */
  readonly variationId: Maybe<Scalars['ID']['output']>;
};

/** How a guest's line went into the user's cart. */
export type CartMergeOutcome =
  /** Added, but cut to the limit a line has. */
  | 'CAPPED'
  /** Left out: the cart has no room for another line, or the line was broken. */
  | 'DROPPED'
  /** Moved over as a line of its own. */
  | 'MOVED'
  /** Added to a line of the same product and variation. */
  | 'SUMMED';

/** Where a cart stands. */
export type CartStatus =
  /** Left alone, still the customer's; the next change makes it active again. */
  | 'ABANDONED'
  /** In use. */
  | 'ACTIVE'
  /** Bought. */
  | 'CONVERTED';

/** Something the caller should be told although the change was made. */
export type CartWarning = {
  readonly __typename?: 'CartWarning';
  /** What happened, for a program to act upon. */
  readonly code: CartWarningCode;
  /** The line concerned. */
  readonly lineId: Maybe<Scalars['ID']['output']>;
  /** What happened, for a developer to read. */
  readonly message: Scalars['String']['output'];
};

/** What the caller should be told. */
export type CartWarningCode =
  /** The quantity was cut to what one line may hold. */
  | 'QUANTITY_CUT_TO_LIMIT'
  /** The quantity was cut to what is in stock. */
  | 'QUANTITY_CUT_TO_STOCK';

/** A product category. */
export type Category = {
  readonly __typename?: 'Category';
  /** The category's id, such as `cat_1`. */
  readonly id: Scalars['ID']['output'];
  /** What it is called; null where the category's data have expired. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** Its name in addresses; null where the category's data have expired. */
  readonly slug: Maybe<Scalars['String']['output']>;
  /** What is trending in this category. */
  readonly trending: Maybe<RecommendationConnection>;
};


/** A product category. */
export type CategoryTrendingArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** What happens where a feed has nothing, or too little. */
export type FallbackMode =
  /** A short page is filled up from the next rules, without repeats; each edge says its own source. */
  | 'FILL'
  /** This feed or nothing. */
  | 'NONE'
  /** Another feed only where nothing is left of this one. */
  | 'WHEN_EMPTY';

/** Why another rule had to answer. */
export type FallbackReason =
  /** The feed had data, but nothing was left after filters. */
  | 'ALL_FILTERED'
  /** Nothing is known of the caller. */
  | 'COLD_START'
  /** The user is new: there is no history of views. */
  | 'NEW_USER'
  /** The feed has no data. */
  | 'NO_DATA'
  /** The feed could not be read. */
  | 'UNAVAILABLE';

/** An amount of the shop's currency. */
export type Money = {
  readonly __typename?: 'Money';
  /** The exact amount, with at least the currency's usual digits: `5` is written `5.00`. */
  readonly amount: Scalars['Decimal']['output'];
  /** The shop's one currency. */
  readonly currencyCode: Scalars['Currency']['output'];
};

/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Removes all lines. */
  readonly cartClear: CartClearPayload;
  /** Checkout is done: the cart is converted and no longer the user's current one. Needs a service key with the scope `carts`. A repeat succeeds and never converts the next cart. */
  readonly cartConvert: CartConvertPayload;
  /** Adds products to the caller's cart; the same product and variation adds up. Price and name come from the catalogue. */
  readonly cartLinesAdd: CartLinesAddPayload;
  /** Removes lines. */
  readonly cartLinesRemove: CartLinesRemovePayload;
  /** Sets the quantities of lines. */
  readonly cartLinesUpdate: CartLinesUpdatePayload;
  /** Records that the caller viewed a product: in the session's list and, for a customer, in the history and the last views. */
  readonly productViewRecord: ProductViewRecordPayload;
  /** Ends the caller's session, or another one of the same user. */
  readonly sessionEnd: SessionEndPayload;
  /** Ends all other sessions of the caller's user. */
  readonly sessionEndOthers: SessionEndOthersPayload;
  /** Login: binds a guest's session to a user, rotates its token and merges its cart. Needs a service key with the scope `sessions`. A repeat answers the same. */
  readonly sessionIdentify: SessionIdentifyPayload;
  /** Starts a session for a guest. */
  readonly sessionStart: SessionStartPayload;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationCartClearArgs = {
  input?: InputMaybe<CartClearInput>;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationCartConvertArgs = {
  input: CartConvertInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationCartLinesAddArgs = {
  input: CartLinesAddInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationCartLinesRemoveArgs = {
  input: CartLinesRemoveInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationCartLinesUpdateArgs = {
  input: CartLinesUpdateInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationProductViewRecordArgs = {
  input: ProductViewRecordInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationSessionEndArgs = {
  input?: InputMaybe<SessionEndInput>;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationSessionIdentifyArgs = {
  input: SessionIdentifyInput;
};


/** All changes. Each takes one `input` and answers what it changed, with `userErrors` for what the caller can mend. */
export type MutationSessionStartArgs = {
  input?: InputMaybe<SessionStartInput>;
};

/** Where a page ends and whether another one follows (Relay's connection specification). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Cursor of the last edge, to be passed as `after`; null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether something follows the last edge of this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether this page was reached with a cursor, so that something stands before it. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge, null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** A product as the catalogue's caches know it. A field is null where the caches do not have it. */
export type Product = {
  readonly __typename?: 'Product';
  /** The category it belongs to. Its id is known even where the category itself is not. */
  readonly category: Maybe<Category>;
  /** What is bought together with this one. */
  readonly frequentlyBoughtTogether: Maybe<RecommendationConnection>;
  /** The product's id, such as `prod_1`. */
  readonly id: Scalars['ID']['output'];
  /** Its picture. */
  readonly image: Maybe<Scalars['URL']['output']>;
  /** Whether it can be bought now; null where unknown. */
  readonly isAvailable: Maybe<Scalars['Boolean']['output']>;
  /** What it is called. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** What one costs now. */
  readonly price: Maybe<Money>;
  /** The customers' rating, as the catalogue has it. */
  readonly rating: Maybe<Scalars['Float']['output']>;
  /** Products like this one; else what is trending in its category. */
  readonly similar: Maybe<RecommendationConnection>;
  /** How many are in stock; null where unknown. */
  readonly stock: Maybe<Scalars['Int']['output']>;
};


/** A product as the catalogue's caches know it. A field is null where the caches do not have it. */
export type ProductFrequentlyBoughtTogetherArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A product as the catalogue's caches know it. A field is null where the caches do not have it. */
export type ProductSimilarArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** What `productViewRecord` needs. */
export type ProductViewRecordInput = {
  /** How long it was looked at, in seconds, 0 to 86400. */
  readonly durationSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** The product viewed. */
  readonly productId: Scalars['ID']['input'];
};

/** Answer of `productViewRecord`. */
export type ProductViewRecordPayload = {
  readonly __typename?: 'ProductViewRecordPayload';
  /** The product viewed. */
  readonly product: Maybe<Product>;
  /** The caller's session. */
  readonly session: Maybe<Session>;
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
};

/** All reads. Everything that asks Redis is nullable: one failure never takes the page. */
export type Query = {
  readonly __typename?: 'Query';
  /** The caller's cart, active or abandoned, or null. */
  readonly cart: Maybe<Cart>;
  /** A category by its id. */
  readonly category: Maybe<Category>;
  /** A product by its id, or null where none is known. */
  readonly product: Maybe<Product>;
  /** Products by their ids, in the order asked for; null where none is known. A failed look-up is an error at its own place. */
  readonly products: ReadonlyArray<Maybe<Product>>;
  /** What the recommendation system's monitoring keys say. */
  readonly recommendationHealth: Maybe<RecommendationHealth>;
  /** The feeds for the caller, or, for a service with the scope `feeds`, for a user. Reads nothing itself. */
  readonly recommendations: Recommendations;
  /** The caller's session, or null where nobody is known. */
  readonly session: Maybe<Session>;
};


/** All reads. Everything that asks Redis is nullable: one failure never takes the page. */
export type QueryCategoryArgs = {
  id: Scalars['ID']['input'];
};


/** All reads. Everything that asks Redis is nullable: one failure never takes the page. */
export type QueryProductArgs = {
  id: Scalars['ID']['input'];
};


/** All reads. Everything that asks Redis is nullable: one failure never takes the page. */
export type QueryProductsArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** All reads. Everything that asks Redis is nullable: one failure never takes the page. */
export type QueryRecommendationsArgs = {
  distinct?: InputMaybe<Scalars['Boolean']['input']>;
  userId: InputMaybe<Scalars['ID']['input']>;
};

/** One key that was tried. */
export type RecommendationAttempt = {
  readonly __typename?: 'RecommendationAttempt';
  /** How many edges of this page it gave. */
  readonly count: Scalars['Int']['output'];
  /** What came of it. */
  readonly outcome: AttemptOutcome;
  /** The rule it was tried for. */
  readonly source: RecommendationSource;
};

/** A page of a feed, and where it came from (Relay's connection). */
export type RecommendationConnection = {
  readonly __typename?: 'RecommendationConnection';
  /** Every key that was tried, in order. */
  readonly attempts: ReadonlyArray<RecommendationAttempt>;
  /** What was left out of this page, and why. */
  readonly dropped: RecommendationsDropped;
  /** The products with what the feed says of them. */
  readonly edges: ReadonlyArray<RecommendationEdge>;
  /** When this feed's data run out; null where they do not. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** Why another rule had to answer; null where none had to. */
  readonly fallbackReason: Maybe<FallbackReason>;
  /** Whether an edge comes from a later rule than the feed's own. */
  readonly isFallback: Scalars['Boolean']['output'];
  /** The products alone. */
  readonly nodes: ReadonlyArray<Product>;
  /** Whether and how to go on. */
  readonly pageInfo: PageInfo;
  /** The rule that answered first; null where nothing did. */
  readonly source: Maybe<RecommendationSource>;
  /** Every rule that has an edge on this page, in order. */
  readonly sources: ReadonlyArray<RecommendationSource>;
};

/** One product of a feed. */
export type RecommendationEdge = {
  readonly __typename?: 'RecommendationEdge';
  /** Where this edge stands; pass it as `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The product. */
  readonly node: Product;
  /** Its place in the feed, from 1, counted over all pages. */
  readonly rank: Scalars['Int']['output'];
  /** What the feed's writer scored it, on the scale of its source; null where the source has no scores. */
  readonly score: Maybe<Scalars['Float']['output']>;
  /** The rule it comes from. */
  readonly source: RecommendationSource;
};

/** What the recommendation system's monitoring keys say (document B, Monitoring Keys). */
export type RecommendationHealth = {
  readonly __typename?: 'RecommendationHealth';
  /** Share of users with recommendations, 0 to 1; null where it cannot be reckoned. */
  readonly coverage: Maybe<Scalars['Float']['output']>;
  /** Whether the last update is older than the shop's limit; null where it is unknown. */
  readonly isStale: Maybe<Scalars['Boolean']['output']>;
  /** How long the last run took, in the unit of its writer. */
  readonly lastProcessingTime: Maybe<Scalars['Float']['output']>;
  /** When the feeds were last written. */
  readonly lastUpdate: Maybe<Scalars['DateTime']['output']>;
  /** How many products there are. */
  readonly totalProducts: Maybe<Scalars['Int']['output']>;
  /** How many users there are. */
  readonly totalUsers: Maybe<Scalars['Int']['output']>;
  /** How many users have recommendations. */
  readonly usersWithRecommendations: Maybe<Scalars['Int']['output']>;
};

/** The rules a feed can be answered by. */
export type RecommendationSource =
  /** Trending in a category. */
  | 'CATEGORY_TRENDING'
  /** Bought together with a product. */
  | 'FREQUENTLY_BOUGHT_TOGETHER'
  /** New in the shop. */
  | 'NEW_ARRIVALS'
  /** Chosen for the user. */
  | 'PERSONALIZED'
  /** All-time favourites. */
  | 'POPULAR'
  /** Viewed by the caller. */
  | 'RECENTLY_VIEWED'
  /** Chosen by what happened in the session. */
  | 'SESSION'
  /** Like a product. */
  | 'SIMILAR'
  /** Trending in the shop. */
  | 'TRENDING';

/** The feeds for somebody. */
export type Recommendations = {
  readonly __typename?: 'Recommendations';
  /** What is bought together with the product given. */
  readonly frequentlyBoughtTogether: Maybe<RecommendationConnection>;
  /** Whose feeds these are: `me` or `user:5`. */
  readonly id: Scalars['ID']['output'];
  /** What is new in the shop. */
  readonly newArrivals: Maybe<RecommendationConnection>;
  /** Chosen for the user; else trending or popular products. New users get popular and new ones; where nobody is known a category's trending products. */
  readonly personalized: Maybe<RecommendationConnection>;
  /** The shop's all-time favourites. */
  readonly popular: Maybe<RecommendationConnection>;
  /** What the caller viewed last, newest first. It never falls back: empty is the truth. */
  readonly recentlyViewed: Maybe<RecommendationConnection>;
  /** Chosen by what happened in this session. */
  readonly sessionBased: Maybe<RecommendationConnection>;
  /** Products like the one given; else what is trending in its category. */
  readonly similar: Maybe<RecommendationConnection>;
  /** What is trending in the shop or in a category. */
  readonly trending: Maybe<RecommendationConnection>;
};


/** The feeds for somebody. */
export type RecommendationsFrequentlyBoughtTogetherArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
  productId: Scalars['ID']['input'];
};


/** The feeds for somebody. */
export type RecommendationsNewArrivalsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The feeds for somebody. */
export type RecommendationsPersonalizedArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  categoryId: InputMaybe<Scalars['ID']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The feeds for somebody. */
export type RecommendationsPopularArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The feeds for somebody. */
export type RecommendationsRecentlyViewedArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The feeds for somebody. */
export type RecommendationsSessionBasedArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The feeds for somebody. */
export type RecommendationsSimilarArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
  productId: Scalars['ID']['input'];
};


/** The feeds for somebody. */
export type RecommendationsTrendingArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  availableOnly?: InputMaybe<Scalars['Boolean']['input']>;
  categoryId: InputMaybe<Scalars['ID']['input']>;
  exclude: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  excludeInCart?: InputMaybe<Scalars['Boolean']['input']>;
  fallback?: InputMaybe<FallbackMode>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** How many members were left out of a page, by reason. */
export type RecommendationsDropped = {
  readonly __typename?: 'RecommendationsDropped';
  /** In the feed already, or in an earlier one with `distinct`. */
  readonly duplicate: Scalars['Int']['output'];
  /** Named by `exclude`, or the product that the feed is about. */
  readonly excluded: Scalars['Int']['output'];
  /** In the caller's cart, with `excludeInCart`. */
  readonly inCart: Scalars['Int']['output'];
  /** No product is known by the member. */
  readonly missing: Scalars['Int']['output'];
  /** Known to be unavailable, with `availableOnly`. */
  readonly unavailable: Scalars['Int']['output'];
};

/** A visit of a customer or guest, kept for 24 hours after its last activity. */
export type Session = {
  readonly __typename?: 'Session';
  /** The caller's cart; null on a session that is not the current one. */
  readonly cart: Maybe<Cart>;
  /** When the session was started. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** What the client said it is, such as `ios` or `web`. */
  readonly deviceType: Maybe<Scalars['String']['output']>;
  /** When the session ends unless it is used again. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** The session's id; not its token, which is never shown again. */
  readonly id: Scalars['ID']['output'];
  /** Whether this is the session the request came with. */
  readonly isCurrent: Scalars['Boolean']['output'];
  /** When the session was last active, to the minute. */
  readonly lastActivityAt: Maybe<Scalars['DateTime']['output']>;
  /** The same user's other sessions, newest activity first; empty for a guest, null on a session that is not the current one. */
  readonly otherSessions: Maybe<ReadonlyArray<Session>>;
  /** The caller's feeds; null on a session that is not the current one. */
  readonly recommendations: Maybe<Recommendations>;
  /** The customer, null for a guest. */
  readonly userId: Maybe<Scalars['ID']['output']>;
};


/** A visit of a customer or guest, kept for 24 hours after its last activity. */
export type SessionRecommendationsArgs = {
  distinct?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What `sessionEnd` needs. */
export type SessionEndInput = {
  /** Another session of the same user; left out, the caller's own ends. */
  readonly sessionId?: InputMaybe<Scalars['ID']['input']>;
};

/** Answer of `sessionEndOthers`. */
export type SessionEndOthersPayload = {
  readonly __typename?: 'SessionEndOthersPayload';
  /** The sessions that this ended. */
  readonly endedSessionIds: ReadonlyArray<Scalars['ID']['output']>;
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
};

/** Answer of `sessionEnd`. */
export type SessionEndPayload = {
  readonly __typename?: 'SessionEndPayload';
  /** The sessions that this ended; empty where it was gone already. */
  readonly endedSessionIds: ReadonlyArray<Scalars['ID']['output']>;
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
};

/** What `sessionIdentify` needs. */
export type SessionIdentifyInput = {
  /** The guest session's token, as the client sent it with the login. */
  readonly token: Scalars['String']['input'];
  /** The user who logged in. */
  readonly userId: Scalars['ID']['input'];
};

/** Answer of `sessionIdentify`. */
export type SessionIdentifyPayload = {
  readonly __typename?: 'SessionIdentifyPayload';
  /** The user's cart after the merge; null where there is none. */
  readonly cart: Maybe<Cart>;
  /** What became of the guest cart's lines; null where there was no guest cart. */
  readonly merge: Maybe<CartMerge>;
  /** The session, now the user's. */
  readonly session: Maybe<Session>;
  /** The session's new token; the old one has ended. A repeat of the call answers the same one. */
  readonly token: Maybe<Scalars['String']['output']>;
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
};

/** What `sessionStart` needs. */
export type SessionStartInput = {
  /** What the client is, in its own words, such as `ios` or `web`; at most 512 characters. */
  readonly deviceType?: InputMaybe<Scalars['String']['input']>;
};

/** Answer of `sessionStart`. */
export type SessionStartPayload = {
  readonly __typename?: 'SessionStartPayload';
  /** The new session. */
  readonly session: Maybe<Session>;
  /** The new session's token: a credential, shown this once. Null where `userErrors` says why. */
  readonly token: Maybe<Scalars['String']['output']>;
  /** What the caller can mend; empty on success. */
  readonly userErrors: ReadonlyArray<UserError>;
};

/** Something the caller can mend. Where there is one, nothing was changed. */
export type UserError = {
  readonly __typename?: 'UserError';
  /** What is wrong, for a program to act upon. */
  readonly code: UserErrorCode;
  /** Path into the input, such as `["lines", "0", "quantity"]`; null where no single field is at fault. */
  readonly field: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** What is wrong, for a developer to read. */
  readonly message: Scalars['String']['output'];
};

/** What the caller can mend. */
export type UserErrorCode =
  /** The session belongs to another user already. */
  | 'ALREADY_IDENTIFIED'
  /** A price or total is beyond what can be reckoned exactly. */
  | 'AMOUNT_TOO_LARGE'
  /** There is no such cart, or it is not the caller's. */
  | 'CART_NOT_FOUND'
  /** The cart's content cannot be changed safely because of broken foreign data. */
  | 'CART_UNREADABLE'
  /** `expectedVersion` is not the cart's version: somebody else was faster. */
  | 'CONFLICT'
  /** The idempotency key was used before with another payload. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The input says nothing to do, or contradicts itself. */
  | 'INVALID_INPUT'
  /** The quantity is not a whole number from 1 to the limit a line allows. */
  | 'INVALID_QUANTITY'
  /** The cart holds no line with this id. */
  | 'LINE_NOT_FOUND'
  /** No product is known by this id. */
  | 'PRODUCT_NOT_FOUND'
  /** The product cannot be bought at the moment, or has no usable price. */
  | 'PRODUCT_UNAVAILABLE'
  /** The token names no living session. */
  | 'SESSION_NOT_FOUND'
  /** The cart would hold more lines than the shop allows. */
  | 'TOO_MANY_LINES';



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AttemptOutcome: AttemptOutcome;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Cart: ResolverTypeWrapper<CartModel>;
  CartClearInput: CartClearInput;
  CartClearPayload: ResolverTypeWrapper<Omit<CartClearPayload, 'cart'> & { cart?: Maybe<ResolversTypes['Cart']> }>;
  CartConvertInput: CartConvertInput;
  CartConvertPayload: ResolverTypeWrapper<Omit<CartConvertPayload, 'cart'> & { cart?: Maybe<ResolversTypes['Cart']> }>;
  CartLine: ResolverTypeWrapper<CartLineModel>;
  CartLineAddInput: CartLineAddInput;
  CartLineUpdateInput: CartLineUpdateInput;
  CartLinesAddInput: CartLinesAddInput;
  CartLinesAddPayload: ResolverTypeWrapper<Omit<CartLinesAddPayload, 'cart'> & { cart?: Maybe<ResolversTypes['Cart']> }>;
  CartLinesRemoveInput: CartLinesRemoveInput;
  CartLinesRemovePayload: ResolverTypeWrapper<Omit<CartLinesRemovePayload, 'cart'> & { cart?: Maybe<ResolversTypes['Cart']> }>;
  CartLinesUpdateInput: CartLinesUpdateInput;
  CartLinesUpdatePayload: ResolverTypeWrapper<Omit<CartLinesUpdatePayload, 'cart'> & { cart?: Maybe<ResolversTypes['Cart']> }>;
  CartMerge: ResolverTypeWrapper<CartMerge>;
  CartMergeLine: ResolverTypeWrapper<CartMergeLine>;
  CartMergeOutcome: CartMergeOutcome;
  CartStatus: CartStatus;
  CartWarning: ResolverTypeWrapper<CartWarning>;
  CartWarningCode: CartWarningCode;
  Category: ResolverTypeWrapper<CategoryModel>;
  Currency: ResolverTypeWrapper<Scalars['Currency']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  FallbackMode: FallbackMode;
  FallbackReason: FallbackReason;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Money: ResolverTypeWrapper<Money>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Product: ResolverTypeWrapper<ProductModel>;
  ProductViewRecordInput: ProductViewRecordInput;
  ProductViewRecordPayload: ResolverTypeWrapper<Omit<ProductViewRecordPayload, 'product' | 'session'> & { product?: Maybe<ResolversTypes['Product']>, session?: Maybe<ResolversTypes['Session']> }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RecommendationAttempt: ResolverTypeWrapper<RecommendationAttempt>;
  RecommendationConnection: ResolverTypeWrapper<FeedPage>;
  RecommendationEdge: ResolverTypeWrapper<FeedEdge>;
  RecommendationHealth: ResolverTypeWrapper<RecommendationHealthModel>;
  RecommendationSource: RecommendationSource;
  Recommendations: ResolverTypeWrapper<FeedsOf>;
  RecommendationsDropped: ResolverTypeWrapper<RecommendationsDropped>;
  Session: ResolverTypeWrapper<SessionModel>;
  SessionEndInput: SessionEndInput;
  SessionEndOthersPayload: ResolverTypeWrapper<SessionEndOthersPayload>;
  SessionEndPayload: ResolverTypeWrapper<SessionEndPayload>;
  SessionIdentifyInput: SessionIdentifyInput;
  SessionIdentifyPayload: ResolverTypeWrapper<Omit<SessionIdentifyPayload, 'cart' | 'session'> & { cart?: Maybe<ResolversTypes['Cart']>, session?: Maybe<ResolversTypes['Session']> }>;
  SessionStartInput: SessionStartInput;
  SessionStartPayload: ResolverTypeWrapper<Omit<SessionStartPayload, 'session'> & { session?: Maybe<ResolversTypes['Session']> }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UserError: ResolverTypeWrapper<UserError>;
  UserErrorCode: UserErrorCode;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Boolean: Scalars['Boolean']['output'];
  Cart: CartModel;
  CartClearInput: CartClearInput;
  CartClearPayload: Omit<CartClearPayload, 'cart'> & { cart?: Maybe<ResolversParentTypes['Cart']> };
  CartConvertInput: CartConvertInput;
  CartConvertPayload: Omit<CartConvertPayload, 'cart'> & { cart?: Maybe<ResolversParentTypes['Cart']> };
  CartLine: CartLineModel;
  CartLineAddInput: CartLineAddInput;
  CartLineUpdateInput: CartLineUpdateInput;
  CartLinesAddInput: CartLinesAddInput;
  CartLinesAddPayload: Omit<CartLinesAddPayload, 'cart'> & { cart?: Maybe<ResolversParentTypes['Cart']> };
  CartLinesRemoveInput: CartLinesRemoveInput;
  CartLinesRemovePayload: Omit<CartLinesRemovePayload, 'cart'> & { cart?: Maybe<ResolversParentTypes['Cart']> };
  CartLinesUpdateInput: CartLinesUpdateInput;
  CartLinesUpdatePayload: Omit<CartLinesUpdatePayload, 'cart'> & { cart?: Maybe<ResolversParentTypes['Cart']> };
  CartMerge: CartMerge;
  CartMergeLine: CartMergeLine;
  CartWarning: CartWarning;
  Category: CategoryModel;
  Currency: Scalars['Currency']['output'];
  DateTime: Scalars['DateTime']['output'];
  Decimal: Scalars['Decimal']['output'];
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Money: Money;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Product: ProductModel;
  ProductViewRecordInput: ProductViewRecordInput;
  ProductViewRecordPayload: Omit<ProductViewRecordPayload, 'product' | 'session'> & { product?: Maybe<ResolversParentTypes['Product']>, session?: Maybe<ResolversParentTypes['Session']> };
  Query: Record<PropertyKey, never>;
  RecommendationAttempt: RecommendationAttempt;
  RecommendationConnection: FeedPage;
  RecommendationEdge: FeedEdge;
  RecommendationHealth: RecommendationHealthModel;
  Recommendations: FeedsOf;
  RecommendationsDropped: RecommendationsDropped;
  Session: SessionModel;
  SessionEndInput: SessionEndInput;
  SessionEndOthersPayload: SessionEndOthersPayload;
  SessionEndPayload: SessionEndPayload;
  SessionIdentifyInput: SessionIdentifyInput;
  SessionIdentifyPayload: Omit<SessionIdentifyPayload, 'cart' | 'session'> & { cart?: Maybe<ResolversParentTypes['Cart']>, session?: Maybe<ResolversParentTypes['Session']> };
  SessionStartInput: SessionStartInput;
  SessionStartPayload: Omit<SessionStartPayload, 'session'> & { session?: Maybe<ResolversParentTypes['Session']> };
  String: Scalars['String']['output'];
  URL: Scalars['URL']['output'];
  UserError: UserError;
};

export type CartResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Cart'] = ResolversParentTypes['Cart']> = {
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lines?: Resolver<Maybe<ReadonlyArray<ResolversTypes['CartLine']>>, ParentType, ContextType>;
  recommendations?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<CartRecommendationsArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  status?: Resolver<ResolversTypes['CartStatus'], ParentType, ContextType>;
  totalAmount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  totalItems?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CartClearPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartClearPayload'] = ResolversParentTypes['CartClearPayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['CartWarning']>, ParentType, ContextType>;
};

export type CartConvertPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartConvertPayload'] = ResolversParentTypes['CartConvertPayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['CartWarning']>, ParentType, ContextType>;
};

export type CartLineResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartLine'] = ResolversParentTypes['CartLine']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  currentUnitPrice?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isAvailable?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  priceChanged?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  variationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type CartLinesAddPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartLinesAddPayload'] = ResolversParentTypes['CartLinesAddPayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['CartWarning']>, ParentType, ContextType>;
};

export type CartLinesRemovePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartLinesRemovePayload'] = ResolversParentTypes['CartLinesRemovePayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['CartWarning']>, ParentType, ContextType>;
};

export type CartLinesUpdatePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartLinesUpdatePayload'] = ResolversParentTypes['CartLinesUpdatePayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['CartWarning']>, ParentType, ContextType>;
};

export type CartMergeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartMerge'] = ResolversParentTypes['CartMerge']> = {
  lines?: Resolver<ReadonlyArray<ResolversTypes['CartMergeLine']>, ParentType, ContextType>;
};

export type CartMergeLineResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartMergeLine'] = ResolversParentTypes['CartMergeLine']> = {
  outcome?: Resolver<ResolversTypes['CartMergeOutcome'], ParentType, ContextType>;
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  variationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type CartWarningResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CartWarning'] = ResolversParentTypes['CartWarning']> = {
  code?: Resolver<ResolversTypes['CartWarningCode'], ParentType, ContextType>;
  lineId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CategoryResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Category'] = ResolversParentTypes['Category']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  slug?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  trending?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<CategoryTrendingArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
};

export interface CurrencyScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Currency'], any> {
  name: 'Currency';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type MoneyResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money']> = {
  amount?: Resolver<ResolversTypes['Decimal'], ParentType, ContextType>;
  currencyCode?: Resolver<ResolversTypes['Currency'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cartClear?: Resolver<ResolversTypes['CartClearPayload'], ParentType, ContextType, RequireFields<MutationCartClearArgs, 'input'>>;
  cartConvert?: Resolver<ResolversTypes['CartConvertPayload'], ParentType, ContextType, RequireFields<MutationCartConvertArgs, 'input'>>;
  cartLinesAdd?: Resolver<ResolversTypes['CartLinesAddPayload'], ParentType, ContextType, RequireFields<MutationCartLinesAddArgs, 'input'>>;
  cartLinesRemove?: Resolver<ResolversTypes['CartLinesRemovePayload'], ParentType, ContextType, RequireFields<MutationCartLinesRemoveArgs, 'input'>>;
  cartLinesUpdate?: Resolver<ResolversTypes['CartLinesUpdatePayload'], ParentType, ContextType, RequireFields<MutationCartLinesUpdateArgs, 'input'>>;
  productViewRecord?: Resolver<ResolversTypes['ProductViewRecordPayload'], ParentType, ContextType, RequireFields<MutationProductViewRecordArgs, 'input'>>;
  sessionEnd?: Resolver<ResolversTypes['SessionEndPayload'], ParentType, ContextType, RequireFields<MutationSessionEndArgs, 'input'>>;
  sessionEndOthers?: Resolver<ResolversTypes['SessionEndOthersPayload'], ParentType, ContextType>;
  sessionIdentify?: Resolver<ResolversTypes['SessionIdentifyPayload'], ParentType, ContextType, RequireFields<MutationSessionIdentifyArgs, 'input'>>;
  sessionStart?: Resolver<ResolversTypes['SessionStartPayload'], ParentType, ContextType, RequireFields<MutationSessionStartArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProductResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  category?: Resolver<Maybe<ResolversTypes['Category']>, ParentType, ContextType>;
  frequentlyBoughtTogether?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<ProductFrequentlyBoughtTogetherArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  image?: Resolver<Maybe<ResolversTypes['URL']>, ParentType, ContextType>;
  isAvailable?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  price?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  rating?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  similar?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<ProductSimilarArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  stock?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ProductViewRecordPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['ProductViewRecordPayload'] = ResolversParentTypes['ProductViewRecordPayload']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  category?: Resolver<Maybe<ResolversTypes['Category']>, ParentType, ContextType, RequireFields<QueryCategoryArgs, 'id'>>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'id'>>;
  products?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Product']>>, ParentType, ContextType, RequireFields<QueryProductsArgs, 'ids'>>;
  recommendationHealth?: Resolver<Maybe<ResolversTypes['RecommendationHealth']>, ParentType, ContextType>;
  recommendations?: Resolver<ResolversTypes['Recommendations'], ParentType, ContextType, RequireFields<QueryRecommendationsArgs, 'distinct'>>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
};

export type RecommendationAttemptResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RecommendationAttempt'] = ResolversParentTypes['RecommendationAttempt']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['AttemptOutcome'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['RecommendationSource'], ParentType, ContextType>;
};

export type RecommendationConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RecommendationConnection'] = ResolversParentTypes['RecommendationConnection']> = {
  attempts?: Resolver<ReadonlyArray<ResolversTypes['RecommendationAttempt']>, ParentType, ContextType>;
  dropped?: Resolver<ResolversTypes['RecommendationsDropped'], ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['RecommendationEdge']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  fallbackReason?: Resolver<Maybe<ResolversTypes['FallbackReason']>, ParentType, ContextType>;
  isFallback?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Product']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['RecommendationSource']>, ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['RecommendationSource']>, ParentType, ContextType>;
};

export type RecommendationEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RecommendationEdge'] = ResolversParentTypes['RecommendationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['RecommendationSource'], ParentType, ContextType>;
};

export type RecommendationHealthResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RecommendationHealth'] = ResolversParentTypes['RecommendationHealth']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  isStale?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  lastProcessingTime?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  lastUpdate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  totalProducts?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  totalUsers?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  usersWithRecommendations?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RecommendationsResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Recommendations'] = ResolversParentTypes['Recommendations']> = {
  frequentlyBoughtTogether?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsFrequentlyBoughtTogetherArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first' | 'productId'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  newArrivals?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsNewArrivalsArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  personalized?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsPersonalizedArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  popular?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsPopularArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  recentlyViewed?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsRecentlyViewedArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  sessionBased?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsSessionBasedArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
  similar?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsSimilarArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first' | 'productId'>>;
  trending?: Resolver<Maybe<ResolversTypes['RecommendationConnection']>, ParentType, ContextType, RequireFields<RecommendationsTrendingArgs, 'availableOnly' | 'excludeInCart' | 'fallback' | 'first'>>;
};

export type RecommendationsDroppedResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RecommendationsDropped'] = ResolversParentTypes['RecommendationsDropped']> = {
  duplicate?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  excluded?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  inCart?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  missing?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unavailable?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deviceType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isCurrent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastActivityAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  otherSessions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Session']>>, ParentType, ContextType>;
  recommendations?: Resolver<Maybe<ResolversTypes['Recommendations']>, ParentType, ContextType, RequireFields<SessionRecommendationsArgs, 'distinct'>>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type SessionEndOthersPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['SessionEndOthersPayload'] = ResolversParentTypes['SessionEndOthersPayload']> = {
  endedSessionIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type SessionEndPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['SessionEndPayload'] = ResolversParentTypes['SessionEndPayload']> = {
  endedSessionIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type SessionIdentifyPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['SessionIdentifyPayload'] = ResolversParentTypes['SessionIdentifyPayload']> = {
  cart?: Resolver<Maybe<ResolversTypes['Cart']>, ParentType, ContextType>;
  merge?: Resolver<Maybe<ResolversTypes['CartMerge']>, ParentType, ContextType>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type SessionStartPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['SessionStartPayload'] = ResolversParentTypes['SessionStartPayload']> = {
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<ReadonlyArray<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UserErrorResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  field?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = GatewayContext> = {
  Cart?: CartResolvers<ContextType>;
  CartClearPayload?: CartClearPayloadResolvers<ContextType>;
  CartConvertPayload?: CartConvertPayloadResolvers<ContextType>;
  CartLine?: CartLineResolvers<ContextType>;
  CartLinesAddPayload?: CartLinesAddPayloadResolvers<ContextType>;
  CartLinesRemovePayload?: CartLinesRemovePayloadResolvers<ContextType>;
  CartLinesUpdatePayload?: CartLinesUpdatePayloadResolvers<ContextType>;
  CartMerge?: CartMergeResolvers<ContextType>;
  CartMergeLine?: CartMergeLineResolvers<ContextType>;
  CartWarning?: CartWarningResolvers<ContextType>;
  Category?: CategoryResolvers<ContextType>;
  Currency?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  Money?: MoneyResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProductViewRecordPayload?: ProductViewRecordPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RecommendationAttempt?: RecommendationAttemptResolvers<ContextType>;
  RecommendationConnection?: RecommendationConnectionResolvers<ContextType>;
  RecommendationEdge?: RecommendationEdgeResolvers<ContextType>;
  RecommendationHealth?: RecommendationHealthResolvers<ContextType>;
  Recommendations?: RecommendationsResolvers<ContextType>;
  RecommendationsDropped?: RecommendationsDroppedResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionEndOthersPayload?: SessionEndOthersPayloadResolvers<ContextType>;
  SessionEndPayload?: SessionEndPayloadResolvers<ContextType>;
  SessionIdentifyPayload?: SessionIdentifyPayloadResolvers<ContextType>;
  SessionStartPayload?: SessionStartPayloadResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UserError?: UserErrorResolvers<ContextType>;
};

