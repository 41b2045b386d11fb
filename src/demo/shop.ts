import { generateBaskets, type Basket } from './baskets.js';
import { generateCarts, type DemoCart } from './carts.js';
import { generateCatalogue, type DemoCategory, type DemoProduct } from './catalogue.js';
import { generateUsers, shelfDraw, type DemoUser } from './customers.js';
import {
  countEach,
  countTogether,
  frequentlyBought,
  personalizedFeed,
  similarProducts,
  topOf,
  type Scored,
} from './feeds.js';
import { groupBy } from './groupBy.js';
import { seededRandom } from './random.js';
import { generateSessions, type DemoSession } from './sessions.js';
import type { Words } from './words.js';

/** Everything the demo writes to Redis, before it is put into keys. */
export interface Shop {
  /** When it was generated, epoch seconds. */
  now: number;
  categories: DemoCategory[];
  products: DemoProduct[];
  users: DemoUser[];
  sessions: DemoSession[];
  carts: DemoCart[];
  feeds: ShopFeeds;
}

/** The feeds of document B; maps are by product, user or category id. */
export interface ShopFeeds {
  similar: Map<string, Scored[]>;
  frequentlyBought: Map<string, Scored[]>;
  personalized: Map<string, Scored[]>;
  trending: Scored[];
  trendingByCategory: Map<string, Scored[]>;
  popular: Scored[];
  newArrivals: Scored[];
}

export interface ShopSize {
  productCount: number;
  userCount: number;
  basketCount: number;
  guestCount: number;
}

export const demoShopSize: ShopSize = { productCount: 2_000, userCount: 500, basketCount: 12_000, guestCount: 20 };

/** The same words, seed, time and size give the same shop. `now` is in epoch seconds. */
export function generateShop(words: Words, seed: number, now: number, size: ShopSize = demoShopSize): Shop {
  const random = seededRandom(seed);
  const catalogue = generateCatalogue(random, words, now, size.productCount);
  const shelf = shelfDraw(catalogue);
  const users = generateUsers(random, words.firstName, catalogue, shelf, now, size.userCount);
  const baskets = generateBaskets(random, catalogue, users, shelf, size.basketCount);
  const sessions = generateSessions(random, catalogue, users, shelf, now, size.guestCount);
  const productById = new Map(catalogue.products.map((product) => [product.id, product]));
  const carts = generateCarts(random, sessions, productById, shelf);
  return { now, ...catalogue, users, sessions, carts, feeds: computeFeeds(catalogue.products, users, baskets, now) };
}

/** What the recommendation job would compute out of views and baskets. The newest arrivals have no similar ones yet. */
export function computeFeeds(products: DemoProduct[], users: DemoUser[], baskets: Basket[], now: number): ShopFeeds {
  const viewed = users.map(({ views }) => views.map(({ productId }) => productId));
  const purchased = baskets.map(({ productIds }) => productIds);
  const coViews = countTogether(viewed);
  const coPurchases = countTogether(purchased);
  const shelves = groupBy(products, ({ categoryId }) => categoryId);
  const newest = topOf(
    products.map(({ id, createdAt }) => [id, createdAt] as const),
    60,
  );
  const unseen = new Set(newest.map(({ productId }) => productId));

  const similar = new Map<string, Scored[]>();
  const bought = new Map<string, Scored[]>();
  for (const product of products) {
    const shelf = shelves.get(product.categoryId) ?? [];
    if (!unseen.has(product.id)) similar.set(product.id, similarProducts(product, shelf, coViews, 24));
    bought.set(product.id, frequentlyBought(product.id, coPurchases, 24));
  }

  const recentlyViewed = users.map(({ views }) =>
    views.filter(({ at }) => at > now - 86_400).map(({ productId }) => productId),
  );
  const trendingScores = countEach(recentlyViewed, 10);
  const categoryOf = new Map(products.map(({ id, categoryId }) => [id, categoryId]));
  const trendingGroups = groupBy(trendingScores, ([id]) => categoryOf.get(id) ?? '');

  return {
    similar,
    frequentlyBought: bought,
    personalized: personalizedFeeds(users, baskets, similar, bought),
    trending: topOf(trendingScores, 100),
    trendingByCategory: new Map([...trendingGroups].map(([categoryId, scores]) => [categoryId, topOf(scores, 30)])),
    popular: topOf(countEach(viewed, 1, countEach(purchased, 5)), 100),
    newArrivals: newest,
  };
}

function personalizedFeeds(
  users: readonly DemoUser[],
  baskets: readonly Basket[],
  similar: ReadonlyMap<string, Scored[]>,
  bought: ReadonlyMap<string, Scored[]>,
): Map<string, Scored[]> {
  const basketsOf = groupBy(baskets, ({ userId }) => userId);
  const feeds = new Map<string, Scored[]>();
  for (const { id, views, hasPersonalizedFeed } of users) {
    if (!hasPersonalizedFeed) continue;
    const boughtIds = new Set((basketsOf.get(id) ?? []).flatMap(({ productIds }) => productIds));
    feeds.set(id, personalizedFeed({ views, boughtIds }, similar, bought, 50));
  }
  return feeds;
}
