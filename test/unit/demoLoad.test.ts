import { Redis } from 'ioredis';
import { keepFresh } from '../../src/demo/keepFresh.js';
import { loadShop, RedisNotEmptyError } from '../../src/demo/load.js';
import { startPrivateRedis, type PrivateRedis } from '../../src/demo/privateRedis.js';
import { generateShop } from '../../src/demo/shop.js';
import { demoWords } from './demoWords.js';

const shop = generateShop(demoWords(), 7, Math.floor(Date.now() / 1_000), {
  productCount: 240,
  userCount: 50,
  basketCount: 500,
  guestCount: 2,
});

let server: PrivateRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startPrivateRedis();
  redis = new Redis(server.url, { commandTimeout: 5_000 });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => redis.flushall());

describe('loading the demo shop', () => {
  it('writes every key with its type and TTL', async () => {
    const keyCount = await loadShop(redis, shop);
    expect(await redis.dbsize()).toBe(keyCount);
    const typeAndTtl = async (key: string) => [await redis.type(key), await redis.ttl(key)];
    const near = (ttlSeconds: number): unknown => expect.closeTo(ttlSeconds, -1);
    expect(await typeAndTtl('product:prod_1')).toEqual(['hash', near(3_600)]);
    expect(await typeAndTtl('category:cat_24')).toEqual(['hash', near(86_400)]);
    expect(await typeAndTtl('rec:trending')).toEqual(['zset', near(900)]);
    expect(await typeAndTtl('rec:user:1:personalized')).toEqual(['zset', near(1_800)]);
    expect(await typeAndTtl('recent_views:1')).toEqual(['zset', near(15_552_000)]);
    expect(await typeAndTtl('rec:users_with_recs')).toEqual(['set', -1]);
    expect(await redis.zcard('rec:user:1:history')).toBe(shop.users[0]?.views.length);
    expect(await redis.scard('rec:users_with_recs')).toBe(40);
  });

  it('refuses a Redis that holds other keys, and leaves it as it was', async () => {
    await redis.set('somebody', 'else');
    await expect(loadShop(redis, shop)).rejects.toThrow(RedisNotEmptyError);
    await expect(loadShop(redis, shop)).rejects.toThrow('already holds 1 keys');
    expect(await redis.keys('*')).toEqual(['somebody']);
  });

  it('says so when Redis refuses a write', async () => {
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(loadShop(redis, shop)).rejects.toThrow('OOM');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });
});

describe('keeping it fresh', () => {
  it('rewrites feeds whose TTL is half over, and neither sessions nor carts', async () => {
    const old = { ...shop, now: shop.now - 500 };
    await loadShop(redis, old);
    await redis.del('rec:trending', 'rec:popular', 'rec:last_update', ...(await redis.keys('session:*')));
    const faults: unknown[] = [];
    const refresher = keepFresh(redis, old, (error) => faults.push(error), 20);
    while ((await redis.exists('rec:last_update')) === 0 && faults.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    refresher.stop();
    expect(faults).toEqual([]);
    expect(await redis.exists('rec:trending')).toBe(1);
    expect(await redis.exists('rec:popular')).toBe(0);
    expect(await redis.keys('session:*')).toEqual([]);
  });

  it('reports a round that failed', async () => {
    const away = redis.duplicate();
    await away.quit();
    const fault = await new Promise((resolve) => {
      const refresher = keepFresh(away, shop, (error) => (refresher.stop(), resolve(error)), 20);
    });
    expect(fault).toBeInstanceOf(Error);
  });
});
