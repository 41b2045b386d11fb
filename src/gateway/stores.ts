import { randomBytes } from 'node:crypto';
import type { FreshProducts } from '../cart/cartChanges.js';
import { CartIdGuesses } from '../cart/cartIds.js';
import { CartStore } from '../cart/cartStore.js';
import { CartWriter } from '../cart/cartWriter.js';
import type { Config } from '../config.js';
import { CodedError } from '../errors.js';
import type { FeedPage } from '../feed/feed.js';
import { FeedStore } from '../feed/feedStore.js';
import { HealthStore } from '../feed/healthStore.js';
import { ViewHistory } from '../feed/viewHistory.js';
import { ViewStore } from '../feed/viewStore.js';
import type { Logger } from '../observability/logger.js';
import { productField, type Product } from '../product/product.js';
import { CategoryStore } from '../product/categoryStore.js';
import { ProductStore } from '../product/productStore.js';
import { DerivedCache } from '../redis/derivedCache.js';
import { SessionKeeper } from '../session/sessionKeeper.js';
import { SessionStore } from '../session/sessionStore.js';
import { SessionWriter } from '../session/sessionWriter.js';
import { CACHE_SHARES, type RedisAccess } from './redisAccess.js';

/** The features' ways to Redis, shared by all requests. */
export type Stores = ReturnType<typeof createStores>;

export function createStores(config: Config, { reader, scripts, cache }: RedisAccess, logger: Logger) {
  const { shop } = config;
  const sessions = new SessionStore(reader, shop);
  const onError = (error: unknown): void => logger.warn({ err: error }, 'a write beside a request failed');
  const keeper = new SessionKeeper({ scripts, store: sessions, onError });
  // Outside production it may be left out; tokens rotated with one made up are good for as long as the process runs.
  const secret = config.sessionSecret ?? randomBytes(32).toString('base64url');
  const products = new ProductStore(reader, cache, shop);
  const guesses = new CartIdGuesses();
  const carts = new CartStore(reader, shop, guesses);
  return {
    products,
    categories: new CategoryStore(reader, cache),
    sessions,
    keeper,
    sessionWriter: new SessionWriter({ scripts, store: sessions, keeper, secret, guestSegment: shop.guestSegment }),
    feeds: {
      feeds: new FeedStore(reader, cache),
      views: new ViewHistory(reader),
      health: new HealthStore(reader),
      pages: cache && new DerivedCache<FeedPage<Product>>(cache, config.cache.maxBytes * CACHE_SHARES.pages),
    },
    views: new ViewStore(reader, scripts),
    carts,
    cartWriter: new CartWriter({
      runner: scripts,
      reader,
      store: carts,
      guesses,
      freshProducts: freshProductsFrom(products),
      rules: shop,
      isCluster: config.redis.clusterNodes.length > 0,
    }),
  };
}

const CART_FIELDS = productField.name | productField.price | productField.stock | productField.isAvailable;

/** What a cart's change is decided on comes from Redis, whatever the in-process cache knows. */
function freshProductsFrom(products: ProductStore): FreshProducts {
  return async (productIds, scope) => {
    const wanted = productIds.map((id) => ({ id, fields: CART_FIELDS }));
    const entries = await products.readFresh(wanted, scope);
    return entries.map((entry) => (entry instanceof CodedError ? entry : entry.product));
  };
}
