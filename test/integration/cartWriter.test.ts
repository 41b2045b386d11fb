import type { Redis } from 'ioredis';
import { decodeLineId } from '../../src/cart/cartLines.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { startRedis } from '../support/redisServer.js';
import {
  allKeys,
  GUEST,
  line,
  productOf,
  seen,
  startCarts,
  stock,
  USER,
  WEEK_SECONDS,
  type CartGateway,
} from './cartSetup.js';

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

const add = (productId: string, quantity: number, options = {}, owner = USER as typeof USER | typeof GUEST) =>
  gateway.writer.addLines([line(productId, quantity)], { owner, ...options }, gateway.scope());

describe('an add', () => {
  it('writes exactly what the documents describe', async () => {
    const { content, userErrors, warnings, replayed } = await add('prod_1', 2);
    expect({ userErrors, warnings, replayed }).toEqual({ userErrors: [], warnings: [], replayed: false });
    expect(content?.cart).toMatchObject({ status: 'ACTIVE', totalItems: 2, version: 1 });
    expect(content?.cart.totalAmount).toEqual({ amount: '59.98', currencyCode: 'EUR' });

    expect(await allKeys(client)).toEqual([
      'active_cart:u1',
      'cart:u1:s1',
      'cart_items:{cart:u1:s1}:1',
      'cart_ops:{cart:u1:s1}',
    ]);
    const { hash, elements, ttls, types } = await seen(client, 'cart:u1:s1');
    expect(hash).toEqual({
      cart_id: '{cart:u1:s1}:1',
      user_id: 'u1',
      session_id: 's1',
      status: 'active',
      total_items: '2',
      total_amount: '59.98',
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      version: '1',
    });
    expect(elements).toEqual(['{"item_id":"prod_1","variation_id":null,"quantity":2,"price":29.99,"name":"Product"}']);
    expect(types).toEqual(['hash', 'list', 'hash']);
    for (const ttl of ttls) expect(ttl).toBeGreaterThan(WEEK_SECONDS - 5);
    expect(await client.get('active_cart:u1')).toBe('cart:u1:s1');
    expect(await client.ttl('active_cart:u1')).toBeGreaterThan(WEEK_SECONDS - 5);
  });

  it('gives a guest a cart without a pointer', async () => {
    await add('prod_1', 1, {}, GUEST);
    expect(await allKeys(client)).toEqual([
      'cart:guest:s1',
      'cart_items:{cart:guest:s1}:1',
      'cart_ops:{cart:guest:s1}',
    ]);
  });

  it('adds up with the line of the same product and variation, and with no other', async () => {
    await add('prod_1', 2);
    await gateway.writer.addLines(
      [line('prod_1', 3), line('prod_1', 1, 'blue'), line('prod_1', 1)],
      { owner: USER },
      gateway.scope(),
    );
    const { elements, hash } = await seen(client, 'cart:u1:s1');
    expect(elements.map((text) => JSON.parse(text) as object)).toMatchObject([
      { variation_id: null, quantity: 6 },
      { variation_id: 'blue', quantity: 1 },
    ]);
    expect(hash).toMatchObject({ total_items: '7', total_amount: '209.93', version: '2' });
  });

  it('sums exactly where floats would not', async () => {
    gateway.products.set('prod_2', productOf('0.1', 500));
    await add('prod_2', 3);
    gateway.products.set('prod_4', productOf('99999999.999', 500));
    const { content } = await add('prod_4', 99);
    expect(content?.cart.totalAmount.amount).toBe('9900000000.201');
  });

  it('is cut to the stock, over all variations of the product, and says so', async () => {
    await add('prod_2', 3);
    const { content, warnings } = await gateway.writer.addLines(
      [line('prod_2', 9, 'blue')],
      { owner: USER },
      gateway.scope(),
    );
    expect(content?.lines.map(({ quantity }) => quantity)).toEqual([3, 2]);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'QUANTITY_CUT_TO_STOCK', lineId: content?.lines[1]?.id }),
    ]);
  });

  it('is cut to what a line may hold', async () => {
    await add('prod_3', 999);
    const { content, warnings } = await add('prod_3', 1);
    expect(content?.cart.totalItems).toBe(999);
    expect(warnings[0]?.code).toBe('QUANTITY_CUT_TO_LIMIT');
  });

  it.each([
    ['quantity 0', [line('prod_1', 0)], 'INVALID_QUANTITY'],
    ['quantity -1', [line('prod_1', -1)], 'INVALID_QUANTITY'],
    ['quantity 1e9', [line('prod_1', 1e9)], 'INVALID_QUANTITY'],
    ['an unknown product', [line('nope', 1)], 'PRODUCT_NOT_FOUND'],
    ['a product without stock', [line('gone', 1)], 'PRODUCT_UNAVAILABLE'],
    ['a product without a price', [line('free', 1)], 'PRODUCT_UNAVAILABLE'],
    ['no line', [], 'INVALID_INPUT'],
    ['too many lines', Array.from({ length: 101 }, (_, i) => line('prod_1', 1, `v${i}`)), 'TOO_MANY_LINES'],
    ['a price beyond exact reckoning', [line('dear', 1)], 'AMOUNT_TOO_LARGE'],
    ['a good line beside a bad one', [line('prod_1', 1), line('nope', 1)], 'PRODUCT_NOT_FOUND'],
  ])('refuses %s and writes no key', async (_what, lines, code) => {
    gateway.products
      .set('gone', productOf('1', 0))
      .set('free', productOf(null, 5))
      .set('dear', productOf('100000000001.00', 5));
    const { userErrors, content } = await gateway.writer.addLines(lines, { owner: USER }, gateway.scope());
    expect(userErrors.map((error) => error.code)).toEqual([code]);
    expect(content).toBeUndefined();
    expect(await allKeys(client)).toEqual([]);
  });

  it('refuses a malformed idempotency key', async () => {
    await expect(add('prod_1', 1, { idempotencyKey: 'a\nb' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await allKeys(client)).toEqual([]);
  });
});

describe('the same operation twice', () => {
  it('changes nothing the second time, and answers the first warnings', async () => {
    const first = await add('prod_2', 9, { idempotencyKey: 'key' });
    await add('prod_1', 1);
    const second = await add('prod_2', 9, { idempotencyKey: 'key' });
    expect(first.replayed).toBe(false);
    expect(second).toMatchObject({ replayed: true, userErrors: [], warnings: first.warnings });
    expect(second.content?.cart).toMatchObject({ totalItems: 6, version: 2 });
  });

  it('changes nothing the second time although its warnings can no longer be read', async () => {
    await add('prod_2', 9, { idempotencyKey: 'key' });
    const memory = (await client.hgetall('cart_ops:{cart:u1:s1}'))['k:key']!;
    await client.hset('cart_ops:{cart:u1:s1}', 'k:key', memory.replace('QUANTITY_CUT_TO_STOCK', 'UNHEARD_OF'));
    const scope = gateway.scope();
    const second = await gateway.writer.addLines([line('prod_2', 9)], { owner: USER, idempotencyKey: 'key' }, scope);
    expect(second).toMatchObject({ replayed: true, warnings: [], content: { cart: { totalItems: 5, version: 1 } } });
    expect([...scope.faults]).toEqual([['INVALID_JSON', 1]]);
  });

  it('is once in the cart where both come at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => add('prod_1', 1, { idempotencyKey: 'key' })));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '1', version: '1' });
  });

  it('is refused with another payload', async () => {
    await add('prod_1', 1, { idempotencyKey: 'key' });
    const { userErrors } = await add('prod_1', 2, { idempotencyKey: 'key' });
    expect(userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect((await seen(client, 'cart:u1:s1')).hash['total_items']).toBe('1');
  });

  it('remembers a bounded number of operations, the last 128 versions among them', async () => {
    for (let i = 1; i <= 260; i++) await add('prod_3', 1, { idempotencyKey: `key${i}` });
    const remembered = await client.hkeys('cart_ops:{cart:u1:s1}');
    expect(remembered.length).toBeLessThanOrEqual(256);
    expect(remembered).toEqual(expect.arrayContaining(Array.from({ length: 128 }, (_, i) => `k:key${260 - i}`)));
    const bytes = (await client.hgetall('cart_ops:{cart:u1:s1}'))['k:key260']?.length;
    expect(bytes).toBeLessThan(64);
  });
});

describe('a version', () => {
  it('refuses a change that was made on an older one', async () => {
    await add('prod_1', 1);
    const { userErrors, content } = await add('prod_1', 1, { expectedVersion: 0 });
    expect(userErrors.map(({ code }) => code)).toEqual(['CONFLICT']);
    expect(content?.cart).toMatchObject({ version: 1, totalItems: 1 });
    expect((await add('prod_1', 1, { expectedVersion: 1 })).userErrors).toEqual([]);
  });

  it('lets one of many through', async () => {
    await add('prod_1', 1);
    const answers = await Promise.all(Array.from({ length: 10 }, () => add('prod_1', 1, { expectedVersion: 1 })));
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
  });
});

describe('update, remove and clear', () => {
  it('set, take away and empty, with totals that follow', async () => {
    await add('prod_1', 2);
    const { content } = await add('prod_3', 1);
    const [first, second] = content!.lines;
    const ref = (id: string) => decodeLineId(id)!;
    const updated = await gateway.writer.updateLines(
      [{ ref: ref(first!.id), quantity: 5 }],
      { owner: USER },
      gateway.scope(),
    );
    expect(updated.content?.cart).toMatchObject({ totalItems: 6, totalAmount: { amount: '1149.95' } });
    const removed = await gateway.writer.removeLines([ref(first!.id)], { owner: USER }, gateway.scope());
    expect(removed.content?.lines.map(({ id }) => id)).toEqual([second!.id]);
    const again = await gateway.writer.removeLines([ref(first!.id)], { owner: USER }, gateway.scope());
    expect(again.userErrors).toEqual([expect.objectContaining({ code: 'LINE_NOT_FOUND', field: ['lineIds', '0'] })]);
    const cleared = await gateway.writer.clear({ owner: USER }, gateway.scope());
    expect(cleared.content).toMatchObject({ cart: { totalItems: 0, totalAmount: { amount: '0.00' } }, lines: [] });
    expect(await client.exists('cart_items:{cart:u1:s1}:1')).toBe(0);
  });

  it('refuse quantity 0, a line named twice, and the line of another cart', async () => {
    const { content } = await add('prod_1', 2);
    const foreign = (await add('prod_1', 2, {}, GUEST)).content!.lines[0]!;
    const update = async (lineId: string, quantity: number, more: string[] = []) =>
      (
        await gateway.writer.updateLines(
          [lineId, ...more].map((id) => ({ ref: decodeLineId(id)!, quantity })),
          { owner: USER },
          gateway.scope(),
        )
      ).userErrors.map(({ code }) => code);
    const own = content!.lines[0]!;
    expect(await update(own.id, 0)).toEqual(['INVALID_QUANTITY']);
    expect(await update(own.id, 1, [own.id])).toEqual(['INVALID_INPUT']);
    expect(await update(foreign.id, 1)).toEqual(['LINE_NOT_FOUND']);
    expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ version: '1', total_items: '2' });
  });

  it('take away also where Redis has no memory left', async () => {
    const { content } = await add('prod_1', 2);
    await client.config('SET', 'maxmemory', '1');
    try {
      await expect(add('prod_1', 1)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      const refs = content!.lines.map(({ id }) => decodeLineId(id)!);
      const removed = await gateway.writer.removeLines(refs, { owner: USER }, gateway.scope());
      expect(removed.content?.lines).toEqual([]);
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
  });
});

describe('many at once', () => {
  it('two clients adding at the same moment, a hundred times, lose nothing', async () => {
    const other = await startCarts({ REDIS_URL: redis.url });
    for (let round = 0; round < 100; round++) {
      await Promise.all([
        gateway.writer.addLines([line('many', 1)], { owner: USER }, gateway.scope()),
        other.writer.addLines([line('many', 1, 'other')], { owner: { userId: 'u1', sessionId: 's2' } }, other.scope()),
      ]);
    }
    other.stop();
    const pointer = await client.get('active_cart:u1');
    const { hash } = await seen(client, pointer!);
    expect(hash).toMatchObject({ total_items: '200', total_amount: '2.00', version: '200' });
    expect((await client.keys('cart:u1:*')).length).toBe(1);
  });

  it('fifty at once all get through', async () => {
    await Promise.all(Array.from({ length: 50 }, () => add('many', 1)));
    expect((await seen(client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '50', version: '50' });
  });

  it('two sessions of one user make one cart, however they race', async () => {
    for (let round = 0; round < 50; round++) {
      await client.flushall();
      await Promise.all(
        ['s1', 's2'].map((sessionId) =>
          gateway.writer.addLines([line('prod_1', 1)], { owner: { userId: 'u1', sessionId } }, gateway.scope()),
        ),
      );
      const { hash } = await seen(client, (await client.get('active_cart:u1'))!);
      expect(hash['total_items']).toBe('2');
    }
  });

  it('what others push beside us is neither lost nor left out of the total', async () => {
    await add('prod_1', 1);
    const foreign = '{"item_id":"prod_9","variation_id":"v","quantity":1,"price":"1.00","name":"Theirs"}';
    await Promise.all([
      ...Array.from({ length: 20 }, () => add('prod_3', 1)),
      ...Array.from({ length: 20 }, () => client.rpush('cart_items:{cart:u1:s1}:1', foreign)),
    ]);
    const { content } = await add('prod_3', 1);
    expect(content?.cart).toMatchObject({ totalItems: 42, totalAmount: { amount: '21049.99' } });
    expect((await client.lrange('cart_items:{cart:u1:s1}:1', 0, -1)).filter((text) => text === foreign)).toHaveLength(
      20,
    );
  });
});

describe('a cart that others wrote', () => {
  const element = '{ "item_id": "prod_7", "quantity": 2, "price": 19.990, "name": "Shirt", "extra": [1] }';
  beforeEach(async () => {
    await client.hset('cart:u1:s9', {
      cart_id: 'c1',
      user_id: 'u1',
      session_id: 's9',
      status: 'abandoned',
      total_items: '2',
      total_amount: '39.98',
    });
    await client.rpush('cart_items:c1', element, 'broken{');
    await client.set('active_cart:u1', 's9');
  });

  it('is changed in place; untouched elements keep their bytes, and it is active again', async () => {
    const { content } = await add('prod_1', 1);
    expect(content?.cart).toMatchObject({ id: 'c1', status: 'ACTIVE', totalItems: 3, version: 1 });
    const { elements, hash } = await seen(client, 'cart:u1:s9');
    expect(elements.slice(0, 2)).toEqual([element, 'broken{']);
    expect(hash).toMatchObject({ cart_id: 'c1', status: 'active', total_amount: '69.97', session_id: 's9' });
    expect(await client.exists('cart:u1:s1')).toBe(0);
  });

  it('keeps what its writer put into a line that we change', async () => {
    const found = await gateway.store.find(USER, { withLines: true }, gateway.scope());
    const ref = decodeLineId(found.lines![0]!.id)!;
    await gateway.writer.updateLines([{ ref, quantity: 1 }], { owner: USER }, gateway.scope());
    const [changed] = await client.lrange('cart_items:c1', 0, 0);
    expect(changed).toBe(
      '{"item_id":"prod_7","quantity":1,"price":19.990,"name":"Shirt","extra":[1],"variation_id":null}',
    );
  });

  it('is unreadable where its keys hold other types', async () => {
    await client.del('cart_items:c1');
    await client.set('cart_items:c1', 'no list');
    expect((await add('prod_1', 1)).userErrors.map(({ code }) => code)).toEqual(['CART_UNREADABLE']);
  });

  it.each([
    ["another user's", async () => client.hset('cart:u1:s9', 'user_id', 'u2')],
    ['no cart of this user by its key', async () => client.set('active_cart:u1', 'cart:u2:s9')],
    ['a text that is no key', async () => client.set('active_cart:u1', '}\n')],
    ['of another type', async () => (await client.del('active_cart:u1'), client.lpush('active_cart:u1', 'x'))],
  ])('is not written to where the pointer is %s', async (_what, spoil) => {
    await spoil();
    await add('prod_1', 1);
    expect(await client.get('active_cart:u1')).toBe('cart:u1:s1');
    expect((await seen(client, 'cart:u1:s1')).hash['total_items']).toBe('1');
    expect(await client.hget('cart:u1:s9', 'total_items')).toBe('2');
  });
});

describe('a converted cart', () => {
  const convert = (cartId: string, options = {}) =>
    gateway.writer.convert(cartId, { owner: USER, ...options }, gateway.scope());

  it('is no cart any more, its pointer is gone, and the next add begins a new one', async () => {
    const { content } = await add('prod_1', 2);
    const converted = await convert(content!.cart.id);
    expect(converted).toMatchObject({
      userErrors: [],
      replayed: false,
      content: { cart: { status: 'CONVERTED', version: 2, totalItems: 2 } },
    });
    expect(await client.exists('active_cart:u1')).toBe(0);
    expect((await gateway.store.find(USER, { withLines: true }, gateway.scope())).cart).toBeUndefined();

    const next = await add('prod_3', 1);
    expect(next.content?.cart).toMatchObject({ id: '{cart:u1:s1}:2', version: 3, totalItems: 1 });
    expect(await client.ttl('cart_items:{cart:u1:s1}:1')).toBeGreaterThan(0);
    expect(await client.lrange('cart_items:{cart:u1:s1}:2', 0, -1)).toHaveLength(1);
  });

  it('stays converted when told again, and the next cart is left alone', async () => {
    const { content } = await add('prod_1', 2);
    await convert(content!.cart.id);
    expect(await convert(content!.cart.id)).toMatchObject({ userErrors: [], replayed: true });
    await add('prod_3', 1);
    expect(await convert(content!.cart.id)).toMatchObject({ userErrors: [], replayed: true });
    expect((await seen(client, 'cart:u1:s1')).hash['status']).toBe('active');
    expect(await client.get('active_cart:u1')).toBe('cart:u1:s1');
  });

  it.each([
    ['an id of our own', '{cart:u1:s1}:1'],
    ["another writer's id", 'c1'],
  ])('is found for another session of the user by the pointer, and again when told again: %s', async (_what, id) => {
    await add('prod_1', 2);
    await client.hset('cart:u1:s1', 'cart_id', id);
    if (id === 'c1') await client.rename('cart_items:{cart:u1:s1}:1', 'cart_items:c1');
    const elsewhere = { owner: { userId: 'u1', sessionId: 's2' } };

    expect((await convert(id, { owner: { userId: 'u2', sessionId: 's2' } })).userErrors).toMatchObject([
      { code: 'CART_NOT_FOUND' },
    ]);
    expect(await convert(id, elsewhere)).toMatchObject({
      userErrors: [],
      replayed: false,
      content: { cart: { id, status: 'CONVERTED', totalItems: 2 } },
    });
    expect(await client.hget('cart:u1:s1', 'status')).toBe('converted');
    expect(await client.exists('active_cart:u1')).toBe(0);

    const next = await add('prod_3', 1, {}, elsewhere.owner);
    expect(next.content?.cart.id).toBe('{cart:u1:s2}:1');
    expect(await convert(id, elsewhere)).toMatchObject({ userErrors: [], replayed: true });
    expect(await client.hget('cart:u1:s2', 'status')).toBe('active');
    expect(await client.get('active_cart:u1')).toBe('cart:u1:s2');
  });

  it('answers what is wrong', async () => {
    const { content } = await add('prod_1', 2);
    expect((await convert('nope')).userErrors.map(({ code }) => code)).toEqual(['CART_NOT_FOUND']);
    expect((await convert(content!.cart.id, { expectedVersion: 7 })).userErrors.map(({ code }) => code)).toEqual([
      'CONFLICT',
    ]);
    await convert(content!.cart.id, { idempotencyKey: 'pay' });
    const next = await add('prod_3', 1);
    expect(
      (await convert(next.content!.cart.id, { idempotencyKey: 'pay' })).userErrors.map(({ code }) => code),
    ).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });
});
