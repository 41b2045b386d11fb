import type { CartLoader } from '../cart/cartLoader.js';
import type { CartWriter } from '../cart/cartWriter.js';
import type { Config } from '../config.js';
import type { FeedReader } from '../feed/feedReader.js';
import type { ViewStore } from '../feed/viewStore.js';
import type { Product } from '../product/product.js';
import type { CategoryLoader, ProductLoader } from '../product/productLoader.js';
import type { ReadScope } from '../redis/readScope.js';
import type { Asker } from '../session/asker.js';
import type { SessionLoader } from '../session/sessionLoader.js';
import type { SessionWriter } from '../session/sessionWriter.js';
import type { CachePolicy } from './cachePolicy.js';

export interface AnswerNotes {
  /** What the operation costs, see src/server/costTable.ts. */
  price: number;
  /** Which rule answered which feed. */
  readonly feeds: { feed: string; source: string; isFallback: boolean }[];
}

/** What one request's resolvers reach: who asks, the loaders that batch its reads, and the shop's writers. */
export interface GatewayContext {
  readonly shop: Config['shop'];
  readonly scope: ReadScope;
  readonly cachePolicy: CachePolicy;
  readonly asker: Asker;
  /** Where the request comes from; limits are counted for it. */
  readonly address: string;

  /** What is found out on the way and told again when the same answer is sent again. */
  readonly notes: AnswerNotes;

  readonly products: ProductLoader;
  readonly categories: CategoryLoader;
  readonly sessions: SessionLoader;
  readonly carts: CartLoader;
  readonly feeds: FeedReader<Product>;

  readonly sessionWriter: SessionWriter;
  readonly cartWriter: CartWriter;
  readonly views: ViewStore;
}
