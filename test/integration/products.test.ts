import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config.js';
import { FeedStore } from '../../src/feed/feedStore.js';
import { CategoryStore } from '../../src/product/categoryStore.js';
import { productField } from '../../src/product/product.js';
import { ProductStore } from '../../src/product/productStore.js';
import { createRedisClient } from '../../src/redis/client.js';
import { CoherentCache } from '../../src/redis/coherentCache.js';
import { CommandRunner } from '../../src/redis/commandRunner.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ReadScope } from '../../src/redis/readScope.js';
import { openShop, type Shop } from './readsSetup.js';

/** What hangs on the shop's settings, and how products fare while they change. */
describe('products', () => {
  const shops: Shop[] = [];
  const open = async (env: NodeJS.ProcessEnv) => {
    const shop = await openShop(env);
    shops.push(shop);
    return shop;
  };
  afterEach(() => Promise.all(shops.splice(0).map((shop) => shop.stop())));

  it.each([
    [{ SHOP_CURRENCY: 'EUR' }, '2999.00', '29.90'],
    [{ SHOP_CURRENCY: 'EUR', PRODUCT_PRICE_UNIT: 'minor' }, '29.99', '29.90'],
    [{ SHOP_CURRENCY: 'JPY', PRODUCT_PRICE_UNIT: 'minor' }, '2999', '29.9'],
    [{ SHOP_CURRENCY: 'KWD', PRODUCT_PRICE_UNIT: 'minor' }, '2.999', '29.900'],
  ])('cost, with %j, what the two documents mean', async (env, catalogue, hot) => {
    const shop = await open({ ...env, CACHE_ENABLED: 'false' });
    await shop.run('HSET product:b id b price 2999\nHSET hot_product:a product_id a price 29.9');
    expect(await shop.read('{ products(ids: ["b", "a"]) { price { amount currencyCode } } }')).toEqual({
      products: [catalogue, hot].map((amount) => ({ price: { amount, currencyCode: env.SHOP_CURRENCY } })),
    });
  });

  it.each(['jit', 'graphql-js'])('are read alike with the cache and without it, by %s', async (executor) => {
    const CARD = 'id name price { amount } image stock isAvailable rating category { id name }';
    const query = `query ($ids: [ID!]!, $more: Boolean!) {
      products(ids: $ids) { ...Card }
      recommendations { popular(first: 3) { ...Page } trending { ...Page } }
    }
    fragment Card on Product { id name ... @include(if: $more) { ${CARD} } }
    fragment Page on RecommendationConnection { edges { score rank source node { ...Card } } pageInfo { hasNextPage } source }`;
    const answers: unknown[] = [];
    for (const CACHE_ENABLED of ['true', 'false']) {
      const shop = await open({ CACHE_ENABLED, GRAPHQL_EXECUTOR: executor });
      const ids = ['a', 'b', 'c', 'd', 'nothing', 'a'];
      await shop.run(`
        HSET product:a id a name A price 1.5 stock 3 rating 4 category_id cat
        HSET hot_product:a product_id a name "Hot A" price 1.25 is_available false
        HSET product:b id b name "B \\"quoted\\" \\u2028 <b>" price abc stock 0
        HSET hot_product:c product_id c name C image_url https://c.example/c.jpg
        HSET product:d id d
        HSET category:cat id cat name Cat
        ZADD rec:popular 4 d 3 c 2 b 1 a
        ZADD rec:trending inf a 1 nothing 0.5 b`);
      for (const more of [false, true, true, false]) {
        const { status, body } = await shop.ask(query, { variables: { ids, more } });
        answers.push({ status, body, more });
      }
    }
    const cached = answers.slice(0, 4);
    expect(cached).toEqual(answers.slice(4));
    expect(cached[1]).toMatchObject({
      status: 200,
      body: { data: { recommendations: { popular: { source: 'POPULAR' } } } },
    });
    expect(cached[1]).toEqual(cached[2]);
  });

  it('are never read as they were before a write that has been announced', async () => {
    const shop = await open({});
    await shop.run('HSET product:p id p name v0\nZADD rec:popular 0 p');
    const query = '{ product(id: "p") { name } recommendations { popular { edges { score node { name } } } } }';
    for (let version = 1; version <= 200; version++) {
      await shop.run(`HSET product:p name v${version}\nZADD rec:popular ${version} p`);
      const { product, recommendations } = (await shop.read(query)) as {
        product: unknown;
        recommendations: { popular: { edges: unknown[] } };
      };
      expect(product).toEqual({ name: `v${version}` });
      expect(recommendations.popular.edges).toEqual([{ score: version, node: { name: `v${version}` } }]);
    }
  });

  it('come, go, and come again with their keys, in each of the two hashes', async () => {
    const shop = await open({});
    const name = async () =>
      ((await shop.read('{ product(id: "p") { name } }'))['product'] as { name: string } | null)?.name;
    expect(await name()).toBeUndefined();
    await shop.run('HSET product:p id p name Cold');
    expect(await name()).toBe('Cold');
    await shop.run('HSET hot_product:p product_id p name Hot\nPEXPIRE hot_product:p 150');
    expect(await name()).toBe('Hot');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await name()).toBe('Cold');
    await shop.run('DEL product:p');
    expect(await name()).toBeUndefined();
  });

  it('are the same for many who ask at once, each with other fields', async () => {
    const shop = await open({});
    await shop.run('HSET product:p id p name Lamp price 5 stock 3 rating 4.5');
    const selections = [
      'name',
      'price { amount }',
      'stock',
      'rating',
      'name stock',
      'rating price { amount }',
      'isAvailable',
    ];
    const whole = { name: 'Lamp', price: { amount: '5.00' }, stock: 3, rating: 4.5, isAvailable: true };
    const answers = await Promise.all(
      Array.from({ length: 70 }, (_, index) =>
        shop.read(`{ product(id: "p") { ${selections[index % selections.length]} } }`),
      ),
    );
    for (const { product } of answers) expect(whole).toMatchObject(product as object);
    expect(answers.map(({ product }) => Object.keys(product as object).length)).not.toContain(0);
  });

  it.each([
    ['product', '{ product(id: "p") { name } }', { product: { name: 'Lamp' } }],
    ['category', '{ category(id: "c") { name } }', { category: { name: 'Lamps' } }],
    [
      'feed',
      '{ recommendations { popular { nodes { name } } } }',
      { recommendations: { popular: { nodes: [{ name: 'Lamp' }] } } },
    ],
  ])('reach a caller although another one, who asked for the same %s first, hangs up', async (_what, query, data) => {
    const shop = await open({});
    await shop.run('HSET product:p id p name Lamp\nHSET category:c id c name Lamps\nZADD rec:popular 1 p');
    shop.proxy.delay(150);
    const first = new AbortController();
    const hungUp = fetch(`${shop.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: first.signal,
    });
    await sleep(40);
    const answer = shop.ask(query);
    await sleep(40);
    first.abort();
    await expect(hungUp).rejects.toThrow('aborted');
    expect((await answer).body).toEqual({ data });
  });

  it('are waited for no longer than the caller has time, although another one has more and asked first', async () => {
    const shop = await open({ CACHE_ENABLED: 'false' });
    await shop.run('HSET product:p id p name Lamp\nHSET category:c id c name Lamps\nZADD rec:popular 1 p');
    shop.proxy.delay(400);
    const { redis } = loadConfig({ REDIS_URL: shop.proxy.url });
    const client = createRedisClient(redis, 'test');
    await once(client, 'ready');
    const reader = new CommandRunner(client, redis);
    const cache = new CoherentCache({ maxBytes: 1_000_000, staleMs: 0 });
    cache.trackingReady();
    const [long, short] = [5_000, 100].map((ms) => new ReadScope(new Deadline(ms)));
    const products = new ProductStore(reader, cache, { currency: 'EUR', minorDigits: 2, productPriceUnit: 'major' });
    const categories = new CategoryStore(reader, cache);
    const feeds = new FeedStore(reader, cache);
    const readAll = (scope: ReadScope) =>
      Promise.all([
        products.readMany([{ id: 'p', fields: productField.name }], scope),
        categories.readMany(['c'], scope),
        feeds.read('rec:popular', 0, 10, scope),
      ]);

    const first = readAll(long!);
    const startedAtMs = performance.now();
    const [[product], [category], feed] = await readAll(short!);
    expect(performance.now() - startedAtMs).toBeLessThan(300);
    expect([product, category, feed]).toMatchObject([
      { code: 'UPSTREAM_UNAVAILABLE' },
      { code: 'UPSTREAM_UNAVAILABLE' },
      { failed: true },
    ]);
    expect(await first).toMatchObject([
      [{ product: { name: 'Lamp' } }],
      [{ category: { name: 'Lamps' } }],
      { members: [{ id: 'p' }] },
    ]);
    for (const scope of [long!, short!]) scope.deadline.clear();
    reader.close();
    client.disconnect();
  });
});
