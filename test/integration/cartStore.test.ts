import type { Redis } from 'ioredis';
import { CartIdGuesses } from '../../src/cart/cartIds.js';
import { CartLoader } from '../../src/cart/cartLoader.js';
import { CartStore } from '../../src/cart/cartStore.js';
import { loadConfig } from '../../src/config.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { createRedisClient } from '../../src/redis/client.js';
import { CommandRunner } from '../../src/redis/commandRunner.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';
import { GUEST, startCarts, USER, type CartGateway } from './cartSetup.js';

let redis: PrivateRedis;
let proxy: TcpProxy;
let gateway: CartGateway;
let client: Redis;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startTcpProxy(redis);
  gateway = await startCarts({ REDIS_URL: proxy.url });
  client = createRedisClient(loadConfig({ REDIS_URL: redis.url }).redis, 'test') as Redis;
});
afterAll(async () => {
  gateway.stop();
  client.disconnect();
  await proxy.stop();
  await redis.stop();
});
beforeEach(async () => {
  await client.flushall();
  proxy.reset();
});

const find = (owner = USER as typeof USER | typeof GUEST, withLines = true) =>
  gateway.store.find(owner, { withLines }, gateway.scope());

/** As document A describes it. */
async function writeCart(key: string, fields: Record<string, string> = {}, elements = [shirt(2, '29.99')]) {
  const [, userId = '', sessionId = ''] = key.split(':');
  const cart = { cart_id: `{${key}}:1`, user_id: userId, session_id: sessionId, status: 'active' };
  const all = { ...cart, total_items: '2', total_amount: '59.98', updated_at: '2025-11-21T04:39:00.000Z', ...fields };
  await client.hset(key, all);
  await client.expire(key, 604_800);
  if (elements.length > 0) await client.rpush(`cart_items:${all.cart_id}`, ...elements);
}

const shirt = (quantity: number, price: string) =>
  `{"item_id":"prod_162","variation_id":"prod_162-std","quantity":${quantity},"price":${price},"name":"Blue Frock"}`;

it('reads a cart as the document describes it', async () => {
  await writeCart('cart:u1:s1');
  const { cart, lines } = await find();
  expect(cart).toEqual({
    id: '{cart:u1:s1}:1',
    status: 'ACTIVE',
    totalItems: 2,
    totalAmount: { amount: '59.98', currencyCode: 'EUR' },
    updatedAt: new Date('2025-11-21T04:39:00.000Z'),
    expiresAt: expect.any(Date) as Date,
    version: 0,
  });
  expect(cart!.expiresAt!.getTime() - Date.now()).toBeGreaterThan(604_790_000);
  expect(lines).toEqual([
    {
      id: expect.stringMatching(/^[\w-]+$/) as string,
      productId: 'prod_162',
      variationId: 'prod_162-std',
      name: 'Blue Frock',
      quantity: 2,
      unitPrice: { amount: '29.99', currencyCode: 'EUR' },
      amount: { amount: '59.98', currencyCode: 'EUR' },
    },
  ]);
});

it('reads the cart that the pointer names, by its key or by its bare session id', async () => {
  await writeCart('cart:u1:s9');
  for (const pointer of ['cart:u1:s9', 's9']) {
    await client.set('active_cart:u1', pointer);
    expect((await find()).cart?.id).toBe('{cart:u1:s9}:1');
  }
});

it("never reads another user's cart, whatever the pointer says", async () => {
  await writeCart('cart:u2:s9');
  await writeCart('cart:u1:s8', { user_id: 'u2' });
  for (const pointer of ['cart:u2:s9', 'cart:u1:s8', 'cart:u1:s9:x', '', 'cart:u1:}\n']) {
    await client.set('active_cart:u1', pointer);
    expect((await find()).cart).toBeUndefined();
  }
});

it.each([
  ['abandoned', 'ABANDONED'],
  ['active', 'ACTIVE'],
])('shows a cart that is %s', async (status, shown) => {
  await writeCart('cart:u1:s1', { status });
  expect((await find()).cart?.status).toBe(shown);
});

it.each(['converted', 'paid', 'ACTIVE'])('shows no cart of status %s', async (status) => {
  await writeCart('cart:u1:s1', { status });
  expect((await find()).cart).toBeUndefined();
});

describe('round trips', () => {
  beforeEach(() => proxy.delay(3));
  afterEach(() => proxy.delay(0));

  it('are one for the cart of the session at hand, lines and all', async () => {
    await writeCart('cart:u1:s1');
    expect((await find()).lines).toHaveLength(1);
    expect(proxy.waves).toBe(1);
  });

  it('are two for the cart of another session', async () => {
    await writeCart('cart:u1:s9');
    await client.set('active_cart:u1', 'cart:u1:s9');
    expect((await find()).lines).toHaveLength(1);
    expect(proxy.waves).toBe(2);
  });

  it('are two for an id of others, and one once it is known', async () => {
    await writeCart('cart:u1:s1', { cart_id: 'c1' });
    expect((await find()).lines).toHaveLength(1);
    expect(proxy.waves).toBe(2);
    proxy.reset();
    expect((await find()).lines).toHaveLength(1);
    expect(proxy.waves).toBe(1);
  });

  it('are one for a guest, who has no pointer', async () => {
    await writeCart('cart:guest:s1', { user_id: '' });
    expect((await find(GUEST)).lines).toHaveLength(1);
    expect(proxy.waves).toBe(1);
    expect(proxy.commands.map(([name]) => name)).toEqual(['HMGET', 'PTTL', 'LRANGE']);
  });

  it('ask for no lines where only the badge is wanted', async () => {
    await writeCart('cart:u1:s1');
    expect((await find(USER, false)).cart?.totalItems).toBe(2);
    expect(proxy.commands.map(([name]) => name)).not.toContain('LRANGE');
  });
});

describe('bad data', () => {
  it('costs the broken lines alone, and is counted', async () => {
    const good = shirt(1, '0.1');
    await writeCart('cart:u1:s1', {}, [
      good,
      '{"item_id":"prod_1","quantity":1,"price"',
      shirt(1, '"abc"'),
      shirt(1, '1e400'),
      shirt(1, 'NaN'),
      shirt(-1, '1'),
      shirt(0, '1'),
      '[]',
      '7',
      '',
      '{"item_id":"a b","quantity":1,"price":1}',
      '{"quantity":1,"price":1}',
      '{"__proto__":{"item_id":"prod_1","quantity":1,"price":1}}',
      '['.repeat(100_000),
      shirt(1, '"12345678901234567890.123456789"'),
    ]);
    const scope = gateway.scope();
    const { lines } = await gateway.store.find(USER, { withLines: true }, scope);
    expect(lines!.map(({ unitPrice }) => unitPrice.amount)).toEqual(['0.10', '12345678901234567890.123456789']);
    expect(Object.fromEntries(scope.faults)).toEqual({
      INVALID_JSON: 6,
      INVALID_DECIMAL: 2,
      INVALID_INTEGER: 2,
      INVALID_ID: 1,
      MISSING_FIELD: 2,
    });
  });

  it.each([
    ['total_items', 'abc', 'INVALID_INTEGER'],
    ['total_items', '-1', 'INVALID_INTEGER'],
    ['total_amount', '1e400', 'INVALID_DECIMAL'],
  ])('in %s (%s) is mended from the lines', async (field, text, fault) => {
    await writeCart('cart:u1:s1', { [field]: text }, [shirt(3, '0.1'), shirt(1, '0.2')]);
    const scope = gateway.scope();
    const { cart } = await gateway.store.find(USER, { withLines: false }, scope);
    if (field === 'total_items') expect(cart?.totalItems).toBe(4);
    else expect(cart?.totalAmount.amount).toBe('0.50');
    expect(scope.faults.get(fault as 'INVALID_INTEGER')).toBe(1);
  });

  it('of the wrong type is no cart, or no lines', async () => {
    await client.set('cart:u1:s1', 'no hash');
    expect((await find()).cart).toBeUndefined();
    await client.del('cart:u1:s1');
    await writeCart('cart:u1:s1', {}, []);
    await client.set('cart_items:{cart:u1:s1}:1', 'no list');
    expect((await find()).lines).toEqual([]);
  });

  it('gives two lines of the same product ids of their own', async () => {
    await writeCart('cart:u1:s1', {}, [shirt(1, '1'), shirt(1, '1')]);
    const { lines } = await find();
    expect(new Set(lines!.map(({ id }) => id)).size).toBe(2);
  });
});

it('looks a cart up once a request, whoever asks', async () => {
  await writeCart('cart:u1:s1');
  const loader = new CartLoader({
    store: gateway.store,
    scope: gateway.scope(),
    owner: () => Promise.resolve(USER),
    resumeMerge: () => Promise.reject(new Error('nothing to merge')),
  });
  const [cart, again] = await Promise.all([loader.current({ withLines: true }), loader.current()]);
  expect(again).toBe(cart);
  const lines = await Promise.all([loader.lines(cart!), loader.lines(cart!)]);
  expect(lines.map((of) => of.map(({ productId }) => productId))).toEqual([['prod_162'], ['prod_162']]);
  expect(proxy.commands.filter(([name]) => name === 'LRANGE')).toHaveLength(1);
});

it('fails, and does not show an empty cart, where Redis is away', async () => {
  const gone = createRedisClient(loadConfig({ REDIS_URL: 'redis://127.0.0.1:1' }).redis, 'gone');
  gone.on('error', () => undefined);
  const reader = new CommandRunner(gone, { maxQueuedCommands: 10 });
  const store = new CartStore(reader, loadConfig({}).shop, new CartIdGuesses());
  await expect(store.find(USER, { withLines: true }, gateway.scope(200))).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
  reader.close();
  gone.disconnect();
});
