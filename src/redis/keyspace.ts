/**
 * Every key of the two documents, its type and its TTL, and the few keys of the gateway's own
 * (A: the cache layer's document, B: the recommendation schema's). Pure: no client, no I/O.
 *
 * Ids must have passed `ids.ts` before they come here: a key is never built from unchecked text (R12).
 */

const HOUR = 3_600;
const DAY = 24 * HOUR;

export const keys = {
  /** Hash. A: `session:{token}`. */
  session: (token: string) => `session:${token}`,
  /** Set of tokens (R1). A: `user_sessions:{user_id}`. */
  userSessions: (userId: string) => `user_sessions:${userId}`,
  /** Hash. A: `cart:{user_id}:{session_id}`; a guest's user is the guest word (R3). */
  cart: (userOrGuest: string, sessionId: string) => `cart:${userOrGuest}:${sessionId}`,
  /** List of JSON. A: `cart_items:{cart_id}`. */
  cartItems: (cartId: string) => `cart_items:${cartId}`,
  /** String that holds a whole cart key (R2). A: `active_cart:{user_id}`. */
  activeCart: (userId: string) => `active_cart:${userId}`,
  /** Hash, ours: operation memory of the cart at `cartKey`; hashes to that key's slot (R13, R15). */
  cartOperations: (cartKey: string) => `cart_ops:{${cartKey}}`,

  /** Hash. A: `hot_product:{product_id}`. */
  hotProduct: (productId: string) => `hot_product:${productId}`,
  /** Hash. B: `product:{product_id}`. */
  product: (productId: string) => `product:${productId}`,
  /** Hash. B: `category:{category_id}`. */
  category: (categoryId: string) => `category:${categoryId}`,

  /** Sorted set of `product_id:duration` (R7). A: `recent_views:{user_id}`. */
  recentViews: (userId: string) => `recent_views:${userId}`,
  /** Sorted set (R8). A: `trending_products`. */
  trendingProducts: () => 'trending_products',

  /** Sorted set. B: `rec:user:{user_id}:personalized`. */
  userPersonalized: (userId: string) => `rec:user:${userId}:personalized`,
  /** Sorted set. B: `rec:user:{user_id}:session`. */
  userSessionFeed: (userId: string) => `rec:user:${userId}:session`,
  /** Sorted set. B: `rec:session:{session_id}`. */
  sessionFeed: (sessionId: string) => `rec:session:${sessionId}`,
  /** Sorted set. B: `rec:product:{product_id}:similar`. */
  similar: (productId: string) => `rec:product:${productId}:similar`,
  /** Sorted set. B: `rec:product:{product_id}:frequently_bought`. */
  frequentlyBought: (productId: string) => `rec:product:${productId}:frequently_bought`,
  /** Sorted set. B: `rec:trending`. */
  trending: () => 'rec:trending',
  /** Sorted set. B: `rec:trending:category:{category_id}`; by id or by slug (R9). */
  categoryTrending: (categoryIdOrSlug: string) => `rec:trending:category:${categoryIdOrSlug}`,
  /** Sorted set. B: `rec:popular`. */
  popular: () => 'rec:popular',
  /** Sorted set. B: `rec:new_arrivals`. */
  newArrivals: () => 'rec:new_arrivals',
  /** List. B: `rec:session:{session_id}:viewed`. */
  sessionViewed: (sessionId: string) => `rec:session:${sessionId}:viewed`,
  /** Sorted set. B: `rec:user:{user_id}:history`. */
  userHistory: (userId: string) => `rec:user:${userId}:history`,

  /** Set. B, Monitoring Keys. */
  usersWithRecommendations: () => 'rec:users_with_recs',
  /** String. B, Monitoring Keys. */
  lastUpdate: () => 'rec:last_update',
  /** Hash. B, Monitoring Keys. */
  stats: () => 'rec:stats',

  /**
   * String, ours: a session that was ended a moment ago, so that a login still under way cannot bring it back; holds
   * the user whom it was rotated for, else nothing (R16). Hashes to the session's slot.
   */
  endedSession: (token: string) => `gateway:ended:{session:${token}}`,
  /**
   * Set, ours: products whose view by this session was counted in `trending_products` (R8: at most once a session and
   * product). Hashes to the slot of `trending_products`, so one script looks here and counts there.
   */
  countedViews: (sessionId: string) => `gateway:counted_views:{trending_products}:${sessionId}`,
  /**
   * String, ours: the key of a cart that was checked out for another session than its own, so that a repeat of the
   * checkout finds it. The cart's id stands in it as a digest.
   */
  checkedOutCart: (userId: string, digest: string) => `gateway:checked_out:${userId}:${digest}`,
  /**
   * Hash, ours: what each gateway has let one caller spend in the window at hand (rate limit). The name is `session:`
   * or `address:` and a digest.
   */
  rateLimit: (bucket: string) => `gateway:rate_limit:${bucket}`,
} as const;

/** TTLs in seconds, as the documents set them. */
export const ttlSeconds = {
  session: DAY,
  cart: 7 * DAY,
  activeCart: 7 * DAY,
  /** What is left of a guest's cart after login, so that a late request is told (R16). */
  mergedCartTombstone: HOUR,
  hotProduct: 300,
  product: HOUR,
  category: DAY,
  /** Six months, taken as 180 days. */
  recentViews: 180 * DAY,
  trendingProducts: HOUR,
  userPersonalized: 1_800,
  sessionFeed: HOUR,
  productFeed: DAY,
  trending: 900,
  popular: HOUR,
  newArrivals: HOUR,
  sessionViewed: DAY,
  userHistory: 7 * DAY,
  /** Far longer than a login can be under way. */
  endedSession: HOUR,
  /** As long as a session that is no longer used. */
  countedViews: DAY,
} as const;

/** How many entries the documents keep; the last one is ours. */
export const limits = {
  recentViews: 10,
  sessionViewed: 20,
  userHistory: 50,
  /** Whoever views more products in one session is a robot, and counts no further. */
  countedViews: 1_000,
} as const;

/** Hash fields of the product caches, by hash. The two documents name the same things differently (R4). */
export const productFields = {
  hot: {
    id: 'product_id',
    name: 'name',
    price: 'price',
    stock: 'stock',
    image: 'image_url',
    isAvailable: 'is_available',
  },
  catalogue: {
    id: 'id',
    name: 'name',
    price: 'price',
    image: 'image',
    categoryId: 'category_id',
    rating: 'rating',
    stock: 'stock',
  },
} as const;

/** Prefixes of the keys that the in-process cache follows by invalidation. `trending_products` is not one: every view writes it. */
export const trackedPrefixes = [
  'product:',
  'hot_product:',
  'category:',
  'rec:product:',
  'rec:trending',
  'rec:popular',
  'rec:new_arrivals',
] as const;

/** A product's entry in the in-process cache stands under `product:{id}`; a change of its hot hash drops it too. */
export const cacheEntryOf = (redisKey: string): string =>
  redisKey.startsWith('hot_product:') ? redisKey.slice('hot_'.length) : redisKey;
