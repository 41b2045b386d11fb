import type { Redis } from 'ioredis';
import type { CartProduct } from '../../src/cart/cart.js';
import { CartIdGuesses } from '../../src/cart/cartIds.js';
import { CartStore } from '../../src/cart/cartStore.js';
import { CartWriter } from '../../src/cart/cartWriter.js';
import { loadConfig } from '../../src/config.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { CommandRunner } from '../../src/redis/commandRunner.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ReadScope } from '../../src/redis/readScope.js';
import { ScriptRunner } from '../../src/redis/scriptRunner.js';

/** The cart part of one gateway, on connections of its own. Products are what the test says they are. */
export interface CartGateway {
  readonly client: RedisClient;
  readonly store: CartStore;
  readonly writer: CartWriter;
  readonly products: Map<string, CartProduct | null>;
  scope(timeoutMs?: number): ReadScope;
  stop(): void;
}

export const USER = { userId: 'u1', sessionId: 's1' };
export const GUEST = { userId: null, sessionId: 's1' };

export const WEEK_SECONDS = 604_800;

export async function startCarts(
  env: NodeJS.ProcessEnv,
  makeRunner = (...args: ConstructorParameters<typeof ScriptRunner>) => new ScriptRunner(...args),
): Promise<CartGateway> {
  const { redis, shop } = loadConfig(env);
  const client = createRedisClient(redis, 'reads');
  const writes = createRedisClient(redis, 'writes');
  for (const each of [client, writes]) each.on('error', () => undefined);
  const reader = new CommandRunner(client, redis);
  const runner = makeRunner(writes, redis);
  const guesses = new CartIdGuesses();
  const store = new CartStore(reader, shop, guesses);
  const products = new Map<string, CartProduct | null>();
  stock(products);
  const writer = new CartWriter({
    runner,
    reader,
    store,
    guesses,
    rules: shop,
    isCluster: redis.clusterNodes.length > 0,
    freshProducts: (ids) => Promise.resolve(ids.map((id) => products.get(id) ?? null)),
  });
  const deadlines: Deadline[] = [];
  await Promise.all([ready(client), ready(writes)]);
  return {
    client,
    store,
    writer,
    products,
    scope(timeoutMs = 5_000) {
      const deadline = new Deadline(timeoutMs);
      deadlines.push(deadline);
      return new ReadScope(deadline);
    },
    stop() {
      for (const deadline of deadlines) deadline.clear();
      reader.close();
      client.disconnect();
      writes.disconnect();
    },
  };
}

/** The products that most tests use. */
export function stock(products: Map<string, CartProduct | null>): void {
  products.clear();
  products
    .set('prod_1', productOf('29.99', 50))
    .set('prod_2', productOf('0.10', 5))
    .set('prod_3', productOf('1000', null))
    .set('many', productOf('0.01', 100_000));
}

export const productOf = (price: string | null, stock: number | null): CartProduct => ({
  name: 'Product',
  price: price === null ? null : { amount: price, currencyCode: 'EUR' },
  stock,
  isAvailable: stock === null ? null : stock > 0,
});

export const line = (productId: string, quantity: number, variationId: string | null = null) => ({
  productId,
  quantity,
  variationId,
});

/** What a user of redis-cli would see of one cart. */
export async function seen(client: RedisClient, cartKey: string) {
  const hash = await client.hgetall(cartKey);
  const list = `cart_items:${hash['cart_id'] ?? ''}`;
  return {
    hash,
    elements: await client.lrange(list, 0, -1),
    ttls: [await client.ttl(cartKey), await client.ttl(list), await client.ttl(`cart_ops:{${cartKey}}`)],
    types: [await client.type(cartKey), await client.type(list), await client.type(`cart_ops:{${cartKey}}`)],
  };
}

export async function allKeys(client: Redis): Promise<string[]> {
  return (await client.keys('*')).sort();
}

function ready(client: RedisClient): Promise<void> {
  return client.status === 'ready'
    ? Promise.resolve()
    : new Promise((resolve) => client.once('ready', () => resolve()));
}
