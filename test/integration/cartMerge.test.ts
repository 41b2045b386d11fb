import type { Redis } from 'ioredis';
import { CartLoader } from '../../src/cart/cartLoader.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { ScriptRunner } from '../../src/redis/scriptRunner.js';
import { startRedis } from '../support/redisServer.js';
import { GUEST, line, productOf, seen, startCarts, stock, USER, type CartGateway } from './cartSetup.js';

const HOUR_SECONDS = 3_600;
let redis: PrivateRedis;
let gateway: CartGateway;
let client: Redis;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startCarts({ REDIS_URL: redis.url });
  client = gateway.client as Redis;
});
afterAll(async () => {
  gateway.stop();
  await redis.stop();
});
beforeEach(async () => {
  await client.flushall();
  stock(gateway.products);
});

const guestAdds = (productId: string, quantity: number, options = {}) =>
  gateway.writer.addLines([line(productId, quantity)], { owner: GUEST, ...options }, gateway.scope());
const userAdds = (productId: string, quantity: number, options = {}) =>
  gateway.writer.addLines([line(productId, quantity)], { owner: USER, ...options }, gateway.scope());
const merge = () => gateway.writer.mergeGuestCart(USER, gateway.scope());

it('sums, moves, cuts and drops line by line, and reports it', async () => {
  for (let i = 0; i < 98; i++) gateway.products.set(`fill${i}`, productOf('1', null));
  const fill = Array.from({ length: 97 }, (_, i) => line(`fill${i}`, 1));
  await gateway.writer.addLines([line('prod_1', 1), line('prod_3', 998), ...fill], { owner: USER }, gateway.scope());
  await gateway.writer.addLines(
    [line('prod_1', 2), line('prod_3', 5), line('prod_2', 1), line('many', 1)],
    { owner: GUEST },
    gateway.scope(),
  );
  const { merge: report, cart } = await merge();
  expect(report?.lines).toEqual([
    { productId: 'prod_1', variationId: null, quantity: 3, outcome: 'SUMMED' },
    { productId: 'prod_3', variationId: null, quantity: 999, outcome: 'CAPPED' },
    { productId: 'prod_2', variationId: null, quantity: 1, outcome: 'MOVED' },
    { productId: 'many', variationId: null, quantity: 0, outcome: 'DROPPED' },
  ]);
  expect(cart).toMatchObject({ totalItems: 3 + 999 + 97 + 1, version: 2 });
});

it('leaves a tombstone of an hour, without lines or totals', async () => {
  await guestAdds('prod_1', 1);
  await merge();
  const { hash, elements, ttls } = await seen(client, 'cart:guest:s1');
  expect(hash).toMatchObject({ status: 'abandoned', merge_to: 'cart:u1:s1', cart_id: '{cart:guest:s1}:1' });
  expect(hash).not.toHaveProperty('total_items');
  expect(elements).toEqual([]);
  expect(ttls[0]).toBeLessThanOrEqual(HOUR_SECONDS);
  expect(await client.exists('cart_ops:{cart:guest:s1}')).toBe(0);
});

it('answers the same report again, and merges nothing twice', async () => {
  await guestAdds('prod_1', 2);
  const first = await merge();
  await userAdds('prod_1', 1);
  const second = await merge();
  expect(second.merge).toEqual(first.merge);
  expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '3', version: '2' });
});

it('has nothing to report without a guest cart, but tells an add that comes too late', async () => {
  expect((await merge()).merge).toBeNull();
  await expect(guestAdds('prod_1', 1)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await merge()).merge).toBeNull();
  expect(await client.ttl('cart:guest:s1')).toBeLessThanOrEqual(HOUR_SECONDS);
});

it('goes into the cart of another session, where the user has one', async () => {
  await gateway.writer.addLines([line('prod_1', 1)], { owner: { userId: 'u1', sessionId: 's9' } }, gateway.scope());
  await guestAdds('prod_3', 1);
  await merge();
  expect((await seen(client, 'cart:u1:s9')).hash['total_items']).toBe('2');
  expect(await client.exists('cart:u1:s1')).toBe(0);
});

it('carries what the guest did: the same operation after login is known', async () => {
  await guestAdds('prod_1', 2, { idempotencyKey: 'key' });
  await merge();
  expect(await userAdds('prod_1', 2, { idempotencyKey: 'key' })).toMatchObject({ replayed: true });
  expect((await seen(client, 'cart:u1:s1')).hash['total_items']).toBe('2');
});

it('is known to be done although what is remembered of it has been broken', async () => {
  await guestAdds('prod_1', 2);
  await merge();
  const memory = (await client.hgetall('cart_ops:{cart:u1:s1}'))['merge:{cart:guest:s1}:1']!;
  await client.hset('cart_ops:{cart:u1:s1}', 'merge:{cart:guest:s1}:1', `${memory}]broken`);
  const scope = gateway.scope();
  const { merge: report, cart } = await gateway.writer.mergeGuestCart(USER, scope);
  expect(report).toEqual({ lines: [] });
  expect(cart).toMatchObject({ totalItems: 2 });
  expect([...scope.faults]).toEqual([['INVALID_JSON', 1]]);
});

it('gives the same cart to fifty callers at once', async () => {
  for (let round = 0; round < 5; round++) {
    await client.flushall();
    await guestAdds('prod_1', 2);
    await userAdds('prod_3', 1);
    const answers = await Promise.all(Array.from({ length: 50 }, merge));
    for (const { merge: report } of answers) expect(report).toEqual(answers[0]!.merge);
    expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '3', version: '2' });
  }
});

it('has an add that races the login in the cart once, on whichever side it arrives', async () => {
  for (let round = 0; round < 100; round++) {
    await client.flushall();
    await guestAdds('prod_1', 1);
    const key = { idempotencyKey: 'race' };
    const [raced] = await Promise.allSettled([guestAdds('prod_3', 1, key), merge()]);
    // What the client does who was told that its session has changed, or does not know how it went.
    const repeated = await userAdds('prod_3', 1, key);
    expect(repeated.replayed).toBe(raced.status === 'fulfilled');
    expect((await seen(client, 'cart:u1:s1')).hash['total_items']).toBe('2');
  }
});

it.each([0, 1, 2, 3, 4, 5])('may be broken off after %i of its six scripts and taken up again', async (stopAfter) => {
  await guestAdds('prod_1', 2);
  await userAdds('prod_3', 1);
  const broken = await brokenOffAfter(stopAfter);
  await expect(broken.writer.mergeGuestCart(USER, gateway.scope())).rejects.toThrow('ended');
  broken.stop();
  const { merge: report } = await merge();
  expect(report?.lines).toEqual([{ productId: 'prod_1', variationId: null, quantity: 2, outcome: 'MOVED' }]);
  expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '3', version: '2' });
  expect(await client.exists('cart_items:{cart:guest:s1}:1')).toBe(0);
});

it('is taken up by a signed-in read that finds it unmerged, at no cost to others', async () => {
  await guestAdds('prod_1', 2);
  const scope = gateway.scope();
  const loader = new CartLoader({
    store: gateway.store,
    scope,
    owner: () => Promise.resolve(USER),
    resumeMerge: (owner, within) => gateway.writer.resumeMerge(owner, within),
  });
  expect(await loader.current({ withLines: true })).toMatchObject({ totalItems: 2 });
  const found = await gateway.store.find(USER, { withLines: false }, gateway.scope());
  expect(found.hasUnmergedGuestCart).toBe(false);
});

/** A gateway that dies after so many scripts: the next ones never reach Redis. */
async function brokenOffAfter(count: number): Promise<CartGateway> {
  return startCarts({ REDIS_URL: redis.url }, (client, options) => new DyingRunner(count, client, options));
}

class DyingRunner extends ScriptRunner {
  constructor(
    private left: number,
    ...rest: ConstructorParameters<typeof ScriptRunner>
  ) {
    super(...rest);
  }

  override run(...call: Parameters<ScriptRunner['run']>): Promise<unknown> {
    if (this.left-- <= 0) return Promise.reject(new Error('The process has ended.'));
    return super.run(...call);
  }
}
