import { keys, productFields, ttlSeconds } from '../redis/keyspace.js';
import type { DemoProduct } from './catalogue.js';
import { personalizedFeed } from './feeds.js';
import { hash, sortedSet, type KeyWrite } from './keyWrite.js';
import { decimalText } from './money.js';
import type { DemoSession } from './sessions.js';
import type { Shop } from './shop.js';

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
