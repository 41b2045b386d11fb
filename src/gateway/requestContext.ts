import { CartLoader } from '../cart/cartLoader.js';
import type { Config, ServiceKey } from '../config.js';
import { CodedError } from '../errors.js';
import { FeedReader } from '../feed/feedReader.js';
import type { Metrics } from '../observability/metrics.js';
import { productField, type Product } from '../product/product.js';
import { CategoryLoader, ProductLoader } from '../product/productLoader.js';
import { Deadline } from '../redis/deadline.js';
import { ReadScope } from '../redis/readScope.js';
import { Asker, presentedToken } from '../session/asker.js';
import { matchServiceKey } from '../session/serviceKeys.js';
import { SessionLoader } from '../session/sessionLoader.js';
import { CachePolicy } from '../graphql/cachePolicy.js';
import type { AnswerNotes, GatewayContext } from '../graphql/context.js';
import type { Stores } from './stores.js';

/** Who sent a request: its headers by lower-case name, and the address that limits are counted for. */
export interface Caller {
  header: (name: string) => string | undefined;
  address: string;
}

/**
 * What one request's resolvers reach. Its deadline begins here, and the look-up of the session too.
 * @throws UNAUTHENTICATED, as HTTP 401, where an `x-api-key` came that is nobody's.
 */
export function createContext(config: Config, stores: Stores, metrics: Metrics, caller: Caller): GatewayContext {
  const service = serviceOf(config.serviceKeys, caller.header('x-api-key'));
  const scope = new ReadScope(new Deadline(config.graphql.requestTimeoutMs));
  const cachePolicy = new CachePolicy();
  const asker = new Asker({
    presentedToken: presentedToken(caller.header),
    service,
    store: stores.sessions,
    scope,
    onSession: (record) => stores.keeper.touch(record),
  });
  const notes: AnswerNotes = { price: 0, feeds: [] };
  const noteExpiry = (atMs: number): void => cachePolicy.expireAt(atMs);
  const products = new ProductLoader(stores.products, scope, noteExpiry);
  const categories = new CategoryLoader(stores.categories, scope, noteExpiry);
  const carts = new CartLoader({
    store: stores.carts,
    scope,
    owner: async () => {
      const session = await asker.session();
      return session && { userId: session.userId, sessionId: session.id };
    },
    resumeMerge: (owner, within) => stores.cartWriter.resumeMerge(owner, within),
  });
  return {
    shop: config.shop,
    scope,
    cachePolicy,
    asker,
    address: caller.address,
    notes,
    products,
    categories,
    sessions: new SessionLoader({
      store: stores.sessions,
      asker,
      scope,
      dropStale: (userId, staleTokens) => stores.keeper.dropStale(userId, staleTokens),
    }),
    carts,
    feeds: new FeedReader<Product>(
      stores.feeds,
      {
        products: (ids, fields) => products.loadMany(ids, fields),
        categoryOfProduct: async (id) => (await products.load(id, productField.category))?.categoryId ?? null,
        slugOfCategory: async (id) => (await categories.load(id))?.slug ?? null,
        viewer: async () => {
          const session = await asker.session();
          return { userId: session?.userId ?? null, sessionId: session?.id ?? null };
        },
        cartProductIds: async () => {
          const cart = await carts.current({ withLines: true });
          return cart ? (await carts.lines(cart)).map(({ productId }) => productId).reverse() : [];
        },
        setPrivate: () => cachePolicy.setPrivate(),
        noteExpiry,
        limitMaxAge: (seconds) => cachePolicy.limitTo(seconds),
        expiresAtMs: () => cachePolicy.expiresAtMs,
        onAnswer: (feed, source, isFallback) => {
          notes.feeds.push({ feed, source, isFallback });
          metrics.feedAnswered(feed, source, isFallback);
        },
      },
      scope,
      config.shop.recommendationsStaleAfterSeconds,
    ),
    sessionWriter: stores.sessionWriter,
    cartWriter: stores.cartWriter,
    views: stores.views,
  };
}

/** @throws UNAUTHENTICATED as 401 for the whole request where a key came and is nobody's. */
function serviceOf(serviceKeys: readonly ServiceKey[], presentedKey: string | undefined): ServiceKey | undefined {
  if (presentedKey === undefined) return undefined;
  const service = matchServiceKey(serviceKeys, presentedKey);
  if (service) return service;
  throw new CodedError('UNAUTHENTICATED', 'The service key is not known.', { extensions: { http: { status: 401 } } });
}
