import type { Cluster } from 'ioredis';
import { loadConfig } from '../../src/config.js';
import { createRedisClient } from '../../src/redis/client.js';
import { keys } from '../../src/redis/keyspace.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startCluster, type RedisCluster } from '../support/redisServer.js';

/** The shop's three pages over a Cluster, on whose nodes their keys lie scattered. */
const CARD = 'edges { score rank node { id name price { amount } image rating stock isAvailable } } source isFallback';
const HOME = `{
  session { id userId }
  cart { totalItems totalAmount { amount } lines { quantity amount { amount } product { id name } } }
  recommendations {
    personalized(first: 20) { ${CARD} }
    trending(first: 20) { ${CARD} }
    popular(first: 20) { ${CARD} }
    newArrivals(first: 20) { ${CARD} }
  }
}`;
const WIDGET = '{ recommendations { trending(first: 10) { nodes { id name price { amount } image } source } } }';
const PAGE = `{
  product(id: "prod_1") {
    id name price { amount } category { id name slug }
    similar(first: 12) { ${CARD} }
    frequentlyBoughtTogether(first: 12) { ${CARD} }
  }
}`;

const PRODUCTS = Array.from({ length: 60 }, (_, index) => `prod_${index + 1}`);
const CUSTOMER = { authorization: 'Bearer token' };
const LINE = '{"item_id": "prod_9", "variation_id": null, "quantity": 3, "price": 19.99, "name": "Product prod_9"}';

let cluster: RedisCluster;
let redis: Cluster;
let gateway: TestGateway;

beforeAll(async () => {
  cluster = await startCluster();
  const env = { REDIS_CLUSTER_NODES: cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',') };
  redis = createRedisClient(loadConfig(env).redis, 'writers') as Cluster;
  await fillShop();
  gateway = await startGateway({ REDIS_URL: 'redis://127.0.0.1', ...env });
  await eventually(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200));
}, 30_000);
afterAll(async () => {
  await gateway.stop();
  redis.disconnect();
  await cluster.stop();
});

it('reads the home page of a customer, cold and warm', async () => {
  for (const temperature of ['cold', 'warm']) {
    const data = (await read(HOME, CUSTOMER)) as Home;
    expect(data.session).toEqual({ id: 'session', userId: '5' });
    expect(data.cart).toEqual({
      totalItems: 3,
      totalAmount: { amount: '59.97' },
      lines: [{ quantity: 3, amount: { amount: '59.97' }, product: { id: 'prod_9', name: 'Product prod_9' } }],
    });
    const { personalized, trending, popular, newArrivals } = data.recommendations;
    expect({ temperature, ids: idsOf(personalized) }).toEqual({ temperature, ids: PRODUCTS.slice(0, 20) });
    expect(personalized).toMatchObject({ source: 'PERSONALIZED', isFallback: false });
    expect(idsOf(trending)).toEqual(PRODUCTS.slice(20, 40));
    expect(idsOf(popular)).toEqual(PRODUCTS.slice(40, 60));
    expect(idsOf(newArrivals)).toEqual(PRODUCTS.slice(10, 30));
    expect(trending.edges[4]).toEqual({
      score: 0.96,
      rank: 5,
      node: {
        ...{ id: 'prod_25', name: 'Product prod_25', price: { amount: '25.50' }, rating: 4.5 },
        ...{ image: 'https://shop.example/prod_25.jpg', stock: 25, isAvailable: true },
      },
    });
  }
});

it('reads the widget', async () => {
  const { recommendations } = (await read(WIDGET)) as { recommendations: { trending: { nodes: { id: string }[] } } };
  expect(recommendations.trending.nodes.map(({ id }) => id)).toEqual(PRODUCTS.slice(20, 30));
});

it('reads the product page, and falls back to the trending feed of its category', async () => {
  const { product } = (await read(PAGE)) as { product: Page };
  expect(product).toMatchObject({ id: 'prod_1', category: { id: 'cat_1', name: 'Electronics', slug: 'electronics' } });
  expect(product.similar).toMatchObject({ source: 'CATEGORY_TRENDING', isFallback: true });
  expect(idsOf(product.similar)).toEqual(PRODUCTS.slice(30, 40));
  expect(idsOf(product.frequentlyBoughtTogether)).toEqual(['prod_2', 'prod_3']);
});

interface Feed {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
}
interface Home {
  readonly session: unknown;
  readonly cart: unknown;
  readonly recommendations: Readonly<Record<'personalized' | 'trending' | 'popular' | 'newArrivals', Feed>>;
}
interface Page {
  readonly similar: Feed;
  readonly frequentlyBoughtTogether: Feed;
}

const idsOf = ({ edges }: Feed): string[] => edges.map(({ node }) => node.id);

async function read(query: string, headers: Record<string, string> = {}): Promise<unknown> {
  const { body } = await gateway.query(query, { headers });
  expect(body.errors).toBeUndefined();
  return body.data;
}

async function fillShop(): Promise<void> {
  for (const [index, id] of PRODUCTS.entries()) {
    const [name, price, stock] = [`Product ${id}`, `${index + 1}.50`, index + 1];
    await redis.hset(keys.product(id), { id, name, price, stock, rating: 4.5, category_id: 'cat_1' });
    const image = { product_id: id, image_url: `https://shop.example/${id}.jpg`, is_available: 'true' };
    await redis.hset(keys.hotProduct(id), { ...image, name, price, stock });
  }
  await redis.hset(keys.category('cat_1'), { id: 'cat_1', name: 'Electronics', slug: 'electronics' });
  await redis.hset(keys.session('token'), { session_id: 'session', user_id: '5' });
  await redis.set(keys.activeCart('5'), keys.cart('5', 'other'));
  const cart = { cart_id: 'c1', user_id: '5', session_id: 'other', status: 'active' };
  await redis.hset(keys.cart('5', 'other'), { ...cart, total_items: 3, total_amount: '59.97' });
  await redis.rpush(keys.cartItems('c1'), LINE);
  await feed(keys.userPersonalized('5'), PRODUCTS.slice(0, 20));
  await feed(keys.trending(), PRODUCTS.slice(20, 40));
  await feed(keys.popular(), PRODUCTS.slice(40, 60));
  await feed(keys.newArrivals(), PRODUCTS.slice(10, 30));
  await feed(keys.categoryTrending('electronics'), PRODUCTS.slice(30, 40));
  await feed(keys.frequentlyBought('prod_1'), ['prod_2', 'prod_3']);
}

async function feed(key: string, ids: readonly string[]): Promise<void> {
  await redis.zadd(key, ...ids.flatMap((id, index) => [(100 - index) / 100, id]));
}
