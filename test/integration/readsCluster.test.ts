import { Cluster } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startCluster, type RedisCluster } from '../support/redisServer.js';
import { as, commandsIn, openShop, session, type Shop } from './readsSetup.js';

/** The same data on one node and spread over a Cluster: the same answers. */
describe('reads of a Cluster', () => {
  let cluster: RedisCluster;
  let writer: Cluster;
  let onCluster: TestGateway;
  let oneNode: Shop;

  const products = Array.from({ length: 40 }, (_, index) => `prod_${index}`);
  const feed = (key: string, from: number) =>
    `ZADD ${key} ${products
      .slice(from, from + 15)
      .map((id, index) => `${15 - index} ${id}`)
      .join(' ')}`;
  const DATA = `
    ${products.map((id, index) => `HSET product:${id} id ${id} name "Product ${index}" price ${index}.5 category_id cat_${index % 3} stock ${index % 4} rating 4.5`).join('\n')}
    ${products
      .slice(0, 10)
      .map((id) => `HSET hot_product:${id} product_id ${id} name "Hot ${id}" price 1.00 is_available 1`)
      .join('\n')}
    HSET hot_product:only_hot product_id only_hot name "Only hot"
    SET product:broken "not a hash"
    ${[0, 1, 2].map((index) => `HSET category:cat_${index} id cat_${index} name "Category ${index}" slug slug-${index}`).join('\n')}
    ${feed('rec:trending', 0)}
    ${feed('rec:popular', 10)}
    ${feed('rec:new_arrivals', 20)}
    ${feed('rec:user:5:personalized', 25)}
    ${feed('rec:trending:category:slug-1', 5)}
    ${feed('rec:product:prod_1:frequently_bought', 3)}
    ${feed('trending_products', 1)}
    ${session('tok_5', 'sess_5', '5')}
    ${session('tok_5b', 'sess_5b', '5')}
    ${session('tok_6', 'sess_6', '6')}
    ${session('tok_g', 'sess_g')}
    SADD user_sessions:5 tok_5 tok_5b
    ZADD rec:user:5:history 1704902400 prod_1 1704902450 prod_5
    ZADD recent_views:5 1704902460 prod_7:30
    LPUSH rec:session:sess_g:viewed prod_1 prod_4
    HSET cart:5:sess_5 cart_id c5 user_id 5 session_id sess_5 status active total_items 2 total_amount 3.00
    RPUSH cart_items:c5 '{"item_id":"prod_1","variation_id":"","quantity":2,"price":1.50,"name":"Lamp"}'
    SET active_cart:5 cart:5:sess_5
    SADD rec:users_with_recs 5
    HSET rec:stats total_users 10 total_products 40`;

  beforeAll(async () => {
    [cluster, oneNode] = await Promise.all([startCluster(), openShop()]);
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    writer = new Cluster(nodes);
    await Promise.all(commandsIn(DATA).map(([name, ...args]) => writer.call(name!, ...args)));
    await oneNode.run(DATA);
    const url = cluster.nodes[0]!.url;
    onCluster = await startGateway({
      REDIS_URL: url,
      REDIS_CLUSTER_NODES: nodes.map(({ host, port }) => `${host}:${port}`).join(),
    });
    await eventually(async () => expect((await fetch(`${onCluster.url}/readyz`)).status).toBe(200));
  });
  afterAll(async () => {
    await onCluster?.stop();
    writer?.disconnect();
    await cluster?.stop();
    await oneNode?.stop();
  });

  const CARD = 'id name price { amount currencyCode } stock isAvailable rating category { id name slug }';
  const FEED = `source sources isFallback fallbackReason attempts { source outcome count } dropped { missing } edges { score rank source cursor node { ${CARD} } } pageInfo { hasNextPage endCursor }`;

  it.each<[string, string]>([
    [
      'a home page',
      `{ session { id userId otherSessions { id } } cart { id totalItems totalAmount { amount } lines { quantity product { ${CARD} } } } recommendations { personalized(first: 20) { ${FEED} } trending { ${FEED} } popular { ${FEED} } newArrivals { ${FEED} } } }`,
    ],
    [
      'a product page',
      `{ product(id: "prod_1") { ${CARD} similar { ${FEED} } frequentlyBoughtTogether(first: 4) { ${FEED} } } }`,
    ],
    [
      'many products',
      `{ products(ids: [${products.map((id) => `"${id}"`).join()}, "only_hot", "broken", "nothing"]) { ${CARD} } only: product(id: "only_hot") { rating } }`,
    ],
    [
      'what was viewed and is filled up',
      `{ recommendations { recentlyViewed { ${FEED} } sessionBased(fallback: FILL, first: 40) { ${FEED} } trending(categoryId: "cat_1") { ${FEED} } } }`,
    ],
    [
      'distinct feeds',
      `{ recommendations(distinct: true) { personalized(first: 5) { nodes { id } } trending { nodes { id } } popular { nodes { id } } } }`,
    ],
    [
      'categories and the health',
      '{ category(id: "cat_2") { id name trending { source nodes { name } } } recommendationHealth { coverage totalProducts usersWithRecommendations } }',
    ],
  ])('give the answers of one node: %s', async (_what, query) => {
    for (const request of [{}, as('tok_5'), as('tok_6'), as('tok_g'), as('unknown')]) {
      const expected = await oneNode.ask(query, request);
      for (let time = 0; time < 2; time++) {
        const { status, body } = await onCluster.query(query, request);
        expect({ status, body }).toEqual({ status: expected.status, body: expected.body });
      }
      expect(expected.body.errors).toBeUndefined();
    }
  });

  it('see a change of any node at once', async () => {
    for (const id of products) {
      await onCluster.query('query ($id: ID!) { product(id: $id) { name } }', { variables: { id } });
      await writer.hset(`product:${id}`, 'name', `changed ${id}`);
      await writer.del(`hot_product:${id}`);
    }
    await eventually(async () => {
      const { body } = await onCluster.query('query ($ids: [ID!]!) { products(ids: $ids) { name } }', {
        variables: { ids: products },
      });
      expect(body.data).toEqual({ products: products.map((id) => ({ name: `changed ${id}` })) });
    }, 1_000);
  });
});
