import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

const CHECKOUT = { 'x-api-key': 'key of the checkout' };
const LOGIN = { 'x-api-key': 'key of the login service' };
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

const PAYLOAD = `
  cart { id status totalItems totalAmount { amount currencyCode } version lines { id productId quantity } }
  userErrors { field code message } warnings { code lineId } replayed`;
const ADD = `mutation ($input: CartLinesAddInput!) { answer: cartLinesAdd(input: $input) { ${PAYLOAD} } }`;
const UPDATE = `mutation ($input: CartLinesUpdateInput!) { answer: cartLinesUpdate(input: $input) { ${PAYLOAD} } }`;
const REMOVE = `mutation ($input: CartLinesRemoveInput!) { answer: cartLinesRemove(input: $input) { ${PAYLOAD} } }`;
const CLEAR = `mutation { answer: cartClear { ${PAYLOAD} } }`;
const CONVERT = `mutation ($input: CartConvertInput!) { answer: cartConvert(input: $input) { ${PAYLOAD} } }`;
const CART = `{ cart { id status totalItems totalAmount { amount } version expiresAt lines {
  id quantity name unitPrice { amount } amount { amount } currentUnitPrice { amount } priceChanged isAvailable
  product { id name price { amount } } } } }`;

let server: PrivateRedis;
let redis: Redis;
let gateway: TestGateway;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  gateway = await startGateway({
    REDIS_URL: server.url,
    SERVICE_API_KEYS: `checkout:carts:${sha256(CHECKOUT['x-api-key'])},login:sessions:${sha256(LOGIN['x-api-key'])}`,
    SESSION_SECRET: 's'.repeat(32),
  });
});
afterAll(async () => {
  await gateway.stop();
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await redis.hset('session:token-of-user', { session_id: 's1', user_id: 'u1' });
  await redis.hset('session:token-of-guest', { session_id: 's2', user_id: '' });
  await redis.hset('product:prod_1', { id: 'prod_1', name: 'Shirt', price: '29.99', stock: '50' });
  await redis.hset('hot_product:prod_2', {
    product_id: 'prod_2',
    name: 'Hat',
    price: '5',
    stock: '3',
    is_available: 'true',
  });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const USER = bearer('token-of-user');
const GUEST = bearer('token-of-guest');
const ask = async (query: string, headers: Record<string, string>, input?: object) =>
  (await gateway.query(query, { headers, variables: { input } })).body;

interface Answer {
  cart: { id: string; totalItems: number; version: number; lines: { id: string; quantity: number }[] } | null;
  userErrors: { field: string[]; code: string }[];
  warnings: { code: string }[];
  replayed: boolean;
}
async function change(query: string, headers: Record<string, string>, input?: object): Promise<Answer> {
  const { data, errors } = await ask(query, headers, input);
  expect(errors).toBeUndefined();
  return (data as { answer: Answer }).answer;
}
const one = (productId: string, quantity = 1) => ({ lines: [{ productId, quantity }] });

it('adds, shows, updates, removes, clears and converts', async () => {
  const added = await change(ADD, USER, { lines: [{ productId: 'prod_1' }, { productId: 'prod_2', quantity: 9 }] });
  expect(added).toMatchObject({ cart: { totalItems: 4, version: 1 }, userErrors: [], replayed: false });
  expect(added.warnings).toEqual([{ code: 'QUANTITY_CUT_TO_STOCK', lineId: added.cart!.lines[1]!.id }]);

  await redis.hset('product:prod_1', 'price', '31.00');
  const { data } = await ask(CART, USER);
  expect(data).toMatchObject({
    cart: {
      status: 'ACTIVE',
      totalAmount: { amount: '44.99' },
      lines: [
        {
          name: 'Shirt',
          unitPrice: { amount: '29.99' },
          currentUnitPrice: { amount: '31.00' },
          priceChanged: true,
          isAvailable: true,
          product: { id: 'prod_1', name: 'Shirt', price: { amount: '31.00' } },
        },
        { unitPrice: { amount: '5.00' }, amount: { amount: '15.00' }, priceChanged: false },
      ],
    },
  });

  const [shirt, hat] = added.cart!.lines;
  const updated = await change(UPDATE, USER, { lines: [{ lineId: shirt!.id, quantity: 7 }], expectedVersion: 1 });
  expect(updated.cart).toMatchObject({ totalItems: 10, version: 2 });
  const removed = await change(REMOVE, USER, { lineIds: [hat!.id] });
  expect(removed.cart?.lines.map(({ id }) => id)).toEqual([shirt!.id]);
  expect((await change(CLEAR, USER)).cart).toMatchObject({ totalItems: 0, lines: [] });

  const input = { cartId: added.cart!.id, userId: 'u1', sessionId: 's1' };
  expect((await change(CONVERT, CHECKOUT, input)).cart).toMatchObject({ status: 'CONVERTED' });
  expect((await ask(CART, USER)).data).toEqual({ cart: null });
});

it('keeps a line whose product is gone', async () => {
  await change(ADD, USER, one('prod_1'));
  await redis.del('product:prod_1');
  const { data } = await ask(CART, USER);
  expect(data).toMatchObject({
    cart: { lines: [{ name: 'Shirt', product: null, currentUnitPrice: null, priceChanged: null, isAvailable: null }] },
  });
});

it("changes the public shop data's carts", async () => {
  await redis.hset('session:tok-emilys', { session_id: 'sess_emilys', user_id: '1' });
  await redis.hset('cart:1:sess_emilys', {
    cart_id: 'c1',
    user_id: '1',
    session_id: 'sess_emilys',
    status: 'active',
    total_items: '4',
    total_amount: '119.96',
  });
  const element = '{"item_id":"prod_162","variation_id":"prod_162-std","quantity":4,"price":29.99,"name":"Blue Frock"}';
  await redis.rpush('cart_items:c1', element);
  await redis.set('active_cart:1', 'cart:1:sess_emilys');
  const { cart } = await change(ADD, bearer('tok-emilys'), one('prod_1'));
  expect(cart).toMatchObject({ id: 'c1', totalItems: 5, totalAmount: { amount: '149.95' } });
  expect(await redis.lindex('cart_items:c1', 0)).toBe(element);
});

it('changes once what stands beside an error, whether it is interpreted or compiled', async () => {
  const beside = `mutation ($input: CartLinesAddInput!, $bad: CartLinesAddInput!) {
    answer: cartLinesAdd(input: $input) { cart { totalItems version } }
    refused: cartLinesAdd(input: $bad) { cart { id } }
  }`;
  for (const times of [1, 2, 3]) {
    const variables = { input: one('prod_1'), bad: { lines: [{ productId: 'a}b', quantity: 1 }] } };
    const { errors } = (await gateway.query(beside, { headers: USER, variables })).body;
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['refused'], 'BAD_USER_INPUT'],
    ]);
    expect((await ask(CART, USER)).data).toMatchObject({ cart: { totalItems: times, version: times } });
  }
});

it('tells a repeat, a reused key and a lost race', async () => {
  const input = { ...one('prod_1', 2), idempotencyKey: 'key' };
  expect(await change(ADD, USER, input)).toMatchObject({ replayed: false, cart: { totalItems: 2 } });
  expect(await change(ADD, USER, input)).toMatchObject({ replayed: true, cart: { totalItems: 2 }, userErrors: [] });
  const reused = await change(ADD, USER, { ...input, ...one('prod_1', 3) });
  expect(reused.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  const late = await change(ADD, USER, { ...one('prod_1'), expectedVersion: 0 });
  expect(late).toMatchObject({ userErrors: [{ code: 'CONFLICT' }], cart: { totalItems: 2, version: 1 } });
});

describe('writes no key and says why', () => {
  const untouched = async (act: () => Promise<unknown>) => {
    // The session may be touched, which is not the cart's business.
    const carts = async () => (await redis.keys('*cart*')).sort();
    const before = await carts();
    await act();
    expect(await carts()).toEqual(before);
  };

  it.each(['a}b', 'a\nb', '', 'x'.repeat(129), '{}'])('for the product id %j', (productId) =>
    untouched(async () => {
      const { errors } = await ask(ADD, USER, one(productId));
      expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }),
  );

  it.each(['}', 'nope', '', 'a\nb'])('for the line id %j', (lineId) =>
    untouched(async () => {
      const { errors } = await ask(REMOVE, USER, { lineIds: [lineId] });
      expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }),
  );

  it.each([0, -1, 1e9])('for the quantity %i', (quantity) =>
    untouched(async () => {
      const { userErrors, cart } = await change(ADD, USER, one('prod_1', quantity));
      expect(userErrors).toMatchObject([{ code: 'INVALID_QUANTITY', field: ['lines', '0', 'quantity'] }]);
      expect(cart).toBeNull();
    }),
  );

  it.each([{}, bearer('unknown-token'), bearer('bad token}')])('for nobody known (%j)', (headers) =>
    untouched(async () => {
      for (const [query, input] of [
        [ADD, one('prod_1')],
        [CLEAR, undefined],
      ] as const) {
        const { errors } = await ask(query, headers, input);
        expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
      }
    }),
  );

  it.each([{}, USER, LOGIN])('for a checkout without the scope (%j)', (headers) =>
    untouched(async () => {
      const { errors } = await ask(CONVERT, headers, { cartId: 'c1', userId: 'u1', sessionId: 's1' });
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }),
  );
});

it("does not let one customer reach another's cart by its line ids", async () => {
  const { cart } = await change(ADD, GUEST, one('prod_1', 2));
  const taken = await change(REMOVE, USER, { lineIds: [cart!.lines[0]!.id] });
  expect(taken).toMatchObject({ userErrors: [{ code: 'LINE_NOT_FOUND' }], cart: null });
  expect((await ask(CART, GUEST)).data).toMatchObject({ cart: { totalItems: 2 } });
});

it('merges the guest cart at login and reports it; a repeat says the same', async () => {
  await change(ADD, GUEST, one('prod_1', 2));
  const IDENTIFY = `mutation ($input: SessionIdentifyInput!) { sessionIdentify(input: $input) {
    token cart { totalItems lines { productId } } merge { lines { productId quantity outcome } } userErrors { code } } }`;
  const input = { token: 'token-of-guest', userId: 'u7' };
  const first = await ask(IDENTIFY, LOGIN, input);
  expect(first.data).toMatchObject({
    sessionIdentify: {
      cart: { totalItems: 2, lines: [{ productId: 'prod_1' }] },
      merge: { lines: [{ productId: 'prod_1', quantity: 2, outcome: 'MOVED' }] },
    },
  });
  expect((await ask(IDENTIFY, LOGIN, input)).data).toEqual(first.data);
  const { errors } = await ask(ADD, GUEST, one('prod_1'));
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
