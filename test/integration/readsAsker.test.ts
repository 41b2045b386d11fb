import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { as, openShop, session, type Shop } from './readsSetup.js';

const KEYS = { feeds: 'key of the mailer', carts: 'key of the checkout' };
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** Who gets to read what, and how long the answer may be kept by whom. */
describe('who asks', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop({
      SERVICE_API_KEYS: `mailer:feeds:${hashOf(KEYS.feeds)},checkout:carts:${hashOf(KEYS.carts)}`,
      CACHE_STALE_SECONDS: '60',
    });
  });
  afterAll(() => shop?.stop());
  beforeEach(async () => {
    await shop.empty();
    await shop.addProducts('p', 'q', 'own');
    await shop.run(`
      ${session('tok_5', 'sess_5', '5')}
      ${session('tok_6', 'sess_6', '6')}
      ZADD rec:user:5:personalized 1 own
      EXPIRE rec:user:5:personalized 1800
      ZADD rec:user:5:history 1704902400 p
      ZADD rec:user:6:history 1704902400 q
      HSET cart:5:sess_5 cart_id c5 user_id 5 session_id sess_5 status active total_items 1 total_amount 1
      RPUSH cart_items:c5 '{"item_id":"p","variation_id":"","quantity":1,"price":1,"name":"p"}'
      SET active_cart:5 cart:5:sess_5
      ZADD rec:trending 2 p 1 q
      EXPIRE rec:trending 20
      ZADD rec:popular 2 p 1 q`);
  });

  const PRIVATE = `{ session { id userId } cart { id } recommendations {
    personalized(fallback: NONE) { nodes { id } } recentlyViewed { nodes { id } } sessionBased(fallback: NONE) { nodes { id } }
  } }`;
  const nothing = {
    session: null,
    cart: null,
    recommendations: { personalized: { nodes: [] }, recentlyViewed: { nodes: [] }, sessionBased: { nodes: [] } },
  };

  it('gets its own session, cart and feeds', async () => {
    expect(await shop.read(PRIVATE, as('tok_5'))).toEqual({
      session: { id: 'sess_5', userId: '5' },
      cart: { id: 'c5' },
      recommendations: {
        personalized: { nodes: [{ id: 'own' }] },
        recentlyViewed: { nodes: [{ id: 'p' }] },
        sessionBased: { nodes: [] },
      },
    });
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['no token', {}, undefined],
    ['an unknown token', { authorization: 'Bearer nobody' }, 'INVALID'],
    ['a malformed token', { authorization: 'Bearer tok_5:viewed' }, 'INVALID'],
    ['a token that is too long', { authorization: `Bearer ${'x'.repeat(500)}` }, 'INVALID'],
    ['another header', { 'x-session-token': 'nobody' }, 'INVALID'],
    ['a service key of another scope', { 'x-api-key': KEYS.carts }, undefined],
  ])('gets nothing of anybody with %s', async (_what, headers, state) => {
    const { status, body } = await shop.ask(PRIVATE, { headers });
    expect({ status, data: body.data, errors: body.errors }).toEqual({ status: 200, data: nothing, errors: undefined });
    expect(body.extensions?.['session']).toBe(state);
  });

  it('gets nothing by a token that has just expired', async () => {
    await shop.run('PEXPIRE session:tok_5 1');
    await eventually(async () => expect(await shop.redis.exists('session:tok_5')).toBe(0));
    const { body } = await shop.ask(PRIVATE, as('tok_5'));
    expect(body).toMatchObject({ data: nothing, extensions: { session: 'INVALID' } });
  });

  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['the user itself', { authorization: 'Bearer tok_5' }],
    ['another user', { authorization: 'Bearer tok_6' }],
    ['a service without the scope', { 'x-api-key': KEYS.carts }],
  ])('may not name a user, whether there is one or not: %s', async (_who, headers) => {
    const answers = [];
    for (const userId of ['5', 'no-such-user']) {
      const { status, body } = await shop.ask(
        'query ($userId: ID) { recommendations(userId: $userId) { id personalized { nodes { id } } } }',
        { headers, variables: { userId } },
      );
      answers.push({
        status,
        data: body.data,
        code: body.errors?.[0]?.extensions?.code,
        message: body.errors?.[0]?.message,
      });
    }
    expect(answers[0]).toMatchObject({ data: null, code: 'FORBIDDEN' });
    expect(answers[1]).toEqual(answers[0]);
  });

  describe('decides who may keep the answer', () => {
    const VARY = 'Authorization, x-session-token, x-api-key, Origin';
    it.each<[string, string, Record<string, string>, RegExp]>([
      [
        'a public feed, as long as its key lives',
        '{ recommendations { trending { nodes { id } } } }',
        {},
        /^public, max-age=(1\d|20)$/,
      ],
      [
        'the same for a customer',
        '{ recommendations { trending { nodes { id } } } }',
        { authorization: 'Bearer tok_5' },
        /^public, max-age=(1\d|20)$/,
      ],
      ['a feed without a TTL', '{ recommendations { popular { nodes { id } } } }', {}, /^public, max-age=60$/],
      [
        'a fallback, half as long',
        '{ recommendations { newArrivals(fallback: FILL) { nodes { id } } } }',
        {},
        /^public, max-age=30$/,
      ],
      ['an empty feed', '{ recommendations { newArrivals { nodes { id } } } }', {}, /^public, max-age=30$/],
      ['a product', '{ product(id: "p") { name } }', {}, /^public, max-age=60$/],
      [
        'a personal feed',
        '{ recommendations { personalized { nodes { id } } } }',
        { authorization: 'Bearer tok_5' },
        /^private, max-age=60$/,
      ],
      [
        'a personal feed of nobody',
        '{ recommendations { personalized { nodes { id } } } }',
        {},
        /^private, max-age=30$/,
      ],
      [
        'a public feed without what is in the cart',
        '{ recommendations { popular(excludeInCart: true) { nodes { id } } } }',
        {},
        /^private, max-age=60$/,
      ],
      [
        'a cart that there is not, which the next change may bring',
        '{ cart { id } product(id: "p") { name } }',
        {},
        /^private, max-age=0$/,
      ],
      ['a session', '{ session { id } }', { authorization: 'Bearer tok_5' }, /^private, max-age=0$/],
      [
        'a user that a service names',
        '{ recommendations(userId: "5") { popular { nodes { id } } } }',
        { 'x-api-key': KEYS.feeds },
        /^private, max-age=60$/,
      ],
      ['the health', '{ recommendationHealth { totalUsers } }', {}, /^public, max-age=10$/],
      ['an invalid token', '{ product(id: "p") { name } }', { authorization: 'Bearer nobody' }, /^no-store$/],
      [
        'an error',
        '{ product(id: "p") { name } recommendations { popular(first: 0) { nodes { id } } } }',
        {},
        /^no-store$/,
      ],
    ])('%s', async (_what, query, headers, expected) => {
      for (let time = 0; time < 2; time++) {
        const { headers: answered } = await shop.ask(query, { headers });
        expect(answered['cache-control']).toMatch(expected);
        expect(answered.vary).toBe(VARY);
      }
    });
  });

  it('is unknown while Redis is away: private fields fail, public ones seen before answer as stale', async () => {
    const query =
      '{ session { id } cart { id } recommendations { trending { nodes { id } } personalized { nodes { id } } } product(id: "p") { name } }';
    await shop.ask(query, as('tok_5'));
    try {
      await shop.proxy.refuse(true);
      shop.proxy.cutAll();
      await eventually(async () => {
        const started = performance.now();
        const { status, body, headers } = await shop.ask(query, as('tok_5'));
        expect(performance.now() - started).toBeLessThan(1_000);
        expect(status).toBe(200);
        expect(body.data).toEqual({
          session: null,
          cart: null,
          recommendations: { trending: { nodes: [{ id: 'p' }, { id: 'q' }] }, personalized: null },
          product: { name: 'p' },
        });
        expect(body.errors?.map(({ path, extensions }) => `${path?.join('.')} ${extensions?.code}`).sort()).toEqual([
          'cart UPSTREAM_UNAVAILABLE',
          'recommendations.personalized UPSTREAM_UNAVAILABLE',
          'session UPSTREAM_UNAVAILABLE',
        ]);
        expect(body.extensions).toMatchObject({ session: 'UNKNOWN', stale: true });
        expect(headers['cache-control']).toBe('no-store');
        expect(JSON.stringify(body)).not.toMatch(/ECONN|127\.0\.0\.1|redis/i);
      });
    } finally {
      await shop.proxy.refuse(false);
    }
    await eventually(async () => expect(await shop.read(PRIVATE, as('tok_5'))).toMatchObject({ cart: { id: 'c5' } }));
  });
});
