import { keys, limits, productFields, ttlSeconds } from '../redis/keyspace.js';
import { lineJson, type DemoCart } from './carts.js';
import type { DemoProduct } from './catalogue.js';
import type { DemoUser } from './customers.js';
import { countEach, personalizedFeed, topOf, type Scored } from './feeds.js';
import { decimalText } from './money.js';
import type { DemoSession } from './sessions.js';
import type { Shop } from './shop.js';

/** One key as its owner would write it. */
export interface KeyWrite {
  command: 'HSET' | 'ZADD' | 'SADD' | 'RPUSH' | 'SET';
  key: string;
  args: string[];
  /** Null for the monitoring keys, which do not expire. */
  ttlSeconds: number | null;
}

/** What the catalogue and recommendation teams write, and would keep on writing. `now` in epoch seconds. */
export function catalogueWrites(shop: Shop, now: number): KeyWrite[] {
  return [
    ...shop.categories.map(({ id, name, slug }) => hash(keys.category(id), { id, name, slug }, ttlSeconds.category)),
    ...shop.products.map(productWrite),
    ...hotProductWrites(shop),
    ...feedWrites(shop),
    ...monitoringWrites(shop, now),
  ].filter(({ args }) => args.length > 0);
}

/** What the gateway itself would have written for these customers: sessions, carts and views. Written once. */
export function customerWrites(shop: Shop): KeyWrite[] {
  const lastHour = shop.users.map(({ views }) => views.filter(({ at }) => at > shop.now - ttlSeconds.trendingProducts));
  const views = countEach(lastHour.map((viewed) => viewed.map(({ productId }) => productId)));
  return [
    ...shop.sessions.flatMap(sessionWrites),
    ...shop.carts.flatMap(cartWrites),
    ...shop.users.flatMap(viewWrites),
    sortedSet(keys.trendingProducts(), topOf(views, Infinity), ttlSeconds.trendingProducts),
  ].filter(({ args }) => args.length > 0);
}

function productWrite({ id, name, price, image, categoryId, rating, stock }: DemoProduct): KeyWrite {
  const fields = productFields.catalogue;
  const values = {
    [fields.id]: id,
    [fields.name]: name,
    [fields.price]: price,
    [fields.image]: image,
    [fields.categoryId]: categoryId,
    [fields.rating]: rating,
    [fields.stock]: stock,
  };
  return hash(keys.product(id), values, ttlSeconds.product);
}

/** The hottest sixty; each fifth of them at a flash price that `product:{id}` does not know yet (R4). */
function hotProductWrites({ products, feeds }: Shop): KeyWrite[] {
  const productById = new Map(products.map((product) => [product.id, product]));
  const fields = productFields.hot;
  return feeds.trending.slice(0, 60).map(({ productId }, place) => {
    const { name, image, stock, priceCents } = productById.get(productId) as DemoProduct;
    const values = {
      [fields.id]: productId,
      [fields.name]: name,
      [fields.price]: decimalText(place % 5 === 4 ? Math.round(priceCents * 0.9) : priceCents),
      [fields.stock]: stock,
      [fields.image]: image,
      [fields.isAvailable]: stock !== 0,
    };
    return hash(keys.hotProduct(productId), values, ttlSeconds.hotProduct);
  });
}

function feedWrites({ categories, sessions, feeds }: Shop): KeyWrite[] {
  const ttl = ttlSeconds;
  return [
    ...[...feeds.similar].map(([id, feed]) => sortedSet(keys.similar(id), feed, ttl.productFeed)),
    ...[...feeds.frequentlyBought].map(([id, feed]) => sortedSet(keys.frequentlyBought(id), feed, ttl.productFeed)),
    ...[...feeds.personalized].map(([id, feed]) => sortedSet(keys.userPersonalized(id), feed, ttl.userPersonalized)),
    ...sessions.filter(({ hasFeed }) => hasFeed).map((session) => sessionFeedWrite(session, feeds)),
    // The document's pattern says id, its example uses the slug; writers do both (R9).
    ...categories.map(({ id, slug }, index) =>
      sortedSet(
        keys.categoryTrending(index % 2 === 0 ? id : slug),
        feeds.trendingByCategory.get(id) ?? [],
        ttl.trending,
      ),
    ),
    sortedSet(keys.trending(), feeds.trending, ttl.trending),
    sortedSet(keys.popular(), feeds.popular, ttl.popular),
    sortedSet(keys.newArrivals(), feeds.newArrivals, ttl.newArrivals),
  ];
}

function sessionFeedWrite({ id, userId, views }: DemoSession, { similar, frequentlyBought }: Shop['feeds']): KeyWrite {
  const feed = personalizedFeed({ views, boughtIds: new Set() }, similar, frequentlyBought, 30);
  return sortedSet(userId === null ? keys.sessionFeed(id) : keys.userSessionFeed(userId), feed, ttlSeconds.sessionFeed);
}

function monitoringWrites({ users, products, feeds }: Shop, now: number): KeyWrite[] {
  const stats = { total_users: users.length, total_products: products.length, last_processing_time: 42 };
  return [
    { command: 'SADD', key: keys.usersWithRecommendations(), args: [...feeds.personalized.keys()], ttlSeconds: null },
    { command: 'SET', key: keys.lastUpdate(), args: [String(now)], ttlSeconds: null },
    { ...hash(keys.stats(), stats, 0), ttlSeconds: null },
  ];
}

function sessionWrites({ token, id, userId, deviceType, createdAt, lastActivityAt, views }: DemoSession): KeyWrite[] {
  const values = {
    session_id: id,
    user_id: userId ?? '',
    device_type: deviceType,
    created_at: isoTime(createdAt),
    last_activity_at: isoTime(lastActivityAt),
  };
  const viewed = views.slice(0, limits.sessionViewed).map(({ productId }) => productId);
  const write = hash(keys.session(token), values, ttlSeconds.session);
  const list: KeyWrite = {
    command: 'RPUSH',
    key: keys.sessionViewed(id),
    args: viewed,
    ttlSeconds: ttlSeconds.sessionViewed,
  };
  if (userId === null) return [write, list];
  return [
    write,
    { command: 'SADD', key: keys.userSessions(userId), args: [token], ttlSeconds: ttlSeconds.session },
    list,
  ];
}

/** A guest's cart stands under the default of `CART_GUEST_SEGMENT` and has no pointer (R3). */
function cartWrites({ session, lines, totalItems, totalAmount }: DemoCart): KeyWrite[] {
  const cartKey = keys.cart(session.userId ?? 'guest', session.id);
  const cartId = `{${cartKey}}:1`;
  const values = {
    cart_id: cartId,
    user_id: session.userId ?? '',
    session_id: session.id,
    status: 'active',
    total_items: totalItems,
    total_amount: totalAmount,
    updated_at: isoTime(session.lastActivityAt),
    version: lines.length,
  };
  const ttl = ttlSeconds.cart;
  const pointer: KeyWrite[] =
    session.userId === null
      ? []
      : [{ command: 'SET', key: keys.activeCart(session.userId), args: [cartKey], ttlSeconds: ttlSeconds.activeCart }];
  return [
    ...pointer,
    hash(cartKey, values, ttl),
    { command: 'RPUSH', key: keys.cartItems(cartId), args: lines.map(lineJson), ttlSeconds: ttl },
  ];
}

function viewWrites({ id, views }: DemoUser): KeyWrite[] {
  const history = views.slice(0, limits.userHistory).map(({ productId, at }) => ({ productId, score: at }));
  const recent = views.slice(0, limits.recentViews).map(({ productId, at, durationSeconds }) => ({
    productId: `${productId}:${durationSeconds}`,
    score: at,
  }));
  return [
    sortedSet(keys.userHistory(id), history, ttlSeconds.userHistory),
    sortedSet(keys.recentViews(id), recent, ttlSeconds.recentViews),
  ];
}

function hash(key: string, values: Record<string, string | number | boolean | null>, ttl: number): KeyWrite {
  const args = Object.entries(values).flatMap(([field, value]) => (value === null ? [] : [field, String(value)]));
  return { command: 'HSET', key, args, ttlSeconds: ttl };
}

function sortedSet(key: string, feed: readonly Scored[], ttl: number): KeyWrite {
  return {
    command: 'ZADD',
    key,
    args: feed.flatMap(({ productId, score }) => [String(score), productId]),
    ttlSeconds: ttl,
  };
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1_000).toISOString();
}
