import { randomBytes } from 'node:crypto';
import { CartIdGuesses } from '../cart/cartIds.js';
import { CartStore } from '../cart/cartStore.js';
import { CartWriter } from '../cart/cartWriter.js';
import type { Config } from '../config.js';
import type { FeedPage } from '../feed/feed.js';
import { FeedStore } from '../feed/feedStore.js';
import { HealthStore } from '../feed/healthStore.js';
import { ViewHistory } from '../feed/viewHistory.js';
import { ViewStore } from '../feed/viewStore.js';
import type { Logger } from '../observability/logger.js';
import type { Product } from '../product/product.js';
import { CategoryStore } from '../product/categoryStore.js';
import { ProductStore } from '../product/productStore.js';
import { DerivedCache } from '../redis/derivedCache.js';
import { SessionKeeper } from '../session/sessionKeeper.js';
import { SessionStore } from '../session/sessionStore.js';
import { SessionWriter } from '../session/sessionWriter.js';
import { PAGES_SHARE, type RedisAccess } from './redisAccess.js';

/** The features' ways to Redis, shared by all requests. */
export type Stores = ReturnType<typeof createStores>;

export function createStores(config: Config, { reader, scripts, cache }: RedisAccess, logger: Logger) {
  const { shop } = config;
  const sessions = new SessionStore(reader, shop);
  const onError = (error: unknown): void => logger.warn({ err: error }, 'a write beside a request failed');
  const keeper = new SessionKeeper({ scripts, store: sessions, onError });
  // Outside production it may be left out; tokens rotated with one made up are good for as long as the process runs.
  const secret = config.sessionSecret ?? randomBytes(32).toString('base64url');
  const guesses = new CartIdGuesses();
  return {
    products: new ProductStore(reader, cache, shop),
    categories: new CategoryStore(reader, cache),
    sessions,
    keeper,
    sessionWriter: new SessionWriter({ scripts, store: sessions, keeper, secret, guestSegment: shop.guestSegment }),
    feeds: {
      feeds: new FeedStore(reader, cache),
      views: new ViewHistory(reader),
      health: new HealthStore(reader),
      pages: cache && new DerivedCache<FeedPage<Product>>(cache, config.cache.maxBytes * PAGES_SHARE),
    },
    views: new ViewStore(reader, scripts),
    carts: new CartStore(reader, shop, guesses),
    cartWriter: new CartWriter({ scripts, reader, shop }),
  };
}
