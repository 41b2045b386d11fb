import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { keys } from '../../src/redis/keyspace.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';

const VIEW =
  'mutation ($input: ProductViewRecordInput!) { productViewRecord(input: $input) { product { id name } session { id } userErrors { field code } } }';
const VIEWED = '{ recommendations { recentlyViewed { nodes { id } } } }';
const USER = { authorization: 'Bearer T' };
const GUEST = { authorization: 'Bearer G' };

describe('views over HTTP', () => {
  let server: PrivateRedis;
  let proxy: TcpProxy;
  let redis: Redis;
  let gateway: TestGateway;

  beforeAll(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server);
    redis = new Redis(server.url);
    gateway = await startGateway({ REDIS_URL: proxy.url, CACHE_ENABLED: 'false' });
  });
  afterAll(async () => {
    await gateway.stop();
    redis.disconnect();
    await proxy.stop();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    const last_activity_at = new Date().toISOString();
    await redis.hset(keys.session('T'), { session_id: 's1', user_id: '5', last_activity_at });
    await redis.hset(keys.session('G'), { session_id: 's2', user_id: '', last_activity_at });
    for (const id of ['a', 'b', 'x:1:2']) await redis.hset(keys.product(id), { id, name: `Name of ${id}`, price: '9' });
  });

  const ask = async (query: string, headers: Record<string, string>, input?: Record<string, unknown>) =>
    (await gateway.query(query, { headers, variables: input ? { input } : {} })).body;
  const given = ['product:a', 'product:b', 'product:x:1:2', 'session:G', 'session:T'];
  const written = async () => (await redis.keys('*')).filter((key) => !given.includes(key)).sort();

  it('answers with the product and the session, and the next recentlyViewed shows it', async () => {
    const { data, errors } = await ask(VIEW, USER, { productId: 'a', durationSeconds: 30 });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      productViewRecord: { product: { id: 'a', name: 'Name of a' }, session: { id: 's1' }, userErrors: [] },
    });
    await ask(VIEW, USER, { productId: 'x:1:2', durationSeconds: 86_400 });
    const viewed = { recommendations: { recentlyViewed: { nodes: [{ id: 'x:1:2' }, { id: 'a' }] } } };
    expect((await ask(VIEWED, USER)).data).toEqual(viewed);
    expect(await redis.zrevrange('recent_views:5', 0, -1)).toEqual(['x:1:2:86400', 'a:30']);
  });

  it("shows a guest's view in the guest's recentlyViewed", async () => {
    await ask(VIEW, GUEST, { productId: 'a' });
    await ask(VIEW, GUEST, { productId: 'b' });
    const viewed = { recommendations: { recentlyViewed: { nodes: [{ id: 'b' }, { id: 'a' }] } } };
    expect((await ask(VIEWED, GUEST)).data).toEqual(viewed);
    expect(await redis.exists('rec:user::history', 'recent_views:')).toBe(0);
  });

  it('takes two round trips', async () => {
    await ask(VIEW, USER, { productId: 'b' });
    proxy.reset();
    await ask(VIEW, USER, { productId: 'a' });
    expect(proxy.waves).toBe(2);
  });

  it('says that a product is unknown, and writes nothing', async () => {
    const { data } = await ask(VIEW, USER, { productId: 'unknown' });
    expect(data).toMatchObject({
      productViewRecord: { product: null, userErrors: [{ field: ['productId'], code: 'PRODUCT_NOT_FOUND' }] },
    });
    expect(await written()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a token that has ended', { authorization: 'Bearer gone' }],
  ])('needs a session: refuses %s', async (_, headers) => {
    const { errors } = await ask(VIEW, headers, { productId: 'a' });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await written()).toEqual([]);
  });

  it.each([
    { productId: 'a', durationSeconds: -1 },
    { productId: 'a', durationSeconds: 86_401 },
    { productId: 'a}b' },
    { productId: 'a\nb' },
    { productId: '' },
    { productId: 'x'.repeat(129) },
  ])('refuses %j before a key is written', async (input) => {
    const { errors } = await ask(VIEW, USER, input);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await written()).toEqual([]);
  });

  it('refuses half a second', async () => {
    const { errors } = await ask(VIEW, USER, { productId: 'a', durationSeconds: 0.5 });
    expect(errors).toHaveLength(1);
    expect(await written()).toEqual([]);
  });

  it('counts one view of forty at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => ask(VIEW, USER, { productId: 'a' })));
    expect(await redis.zrange('trending_products', '0', '-1', 'WITHSCORES')).toEqual(['a', '1']);
    expect(await redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(['a']);
    expect(await redis.zcard('recent_views:5')).toBe(1);
  });

  it('counts a broken key as such and records the rest', async () => {
    await redis.set('rec:user:5:history', 'text');
    const { data, extensions } = await ask(VIEW, USER, { productId: 'a' });
    expect(data).toMatchObject({ productViewRecord: { userErrors: [] } });
    expect(extensions).toEqual({ dataFaults: { WRONG_TYPE: 1 } });
    expect(await redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(['a']);
  });
});
