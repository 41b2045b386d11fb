import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { keys } from '../../src/redis/keyspace.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const LOGIN = { 'x-api-key': 'key of the login service' };
const MAIL = { 'x-api-key': 'key of the mail service' };
const SERVICE_API_KEYS = [
  `login:sessions:${sha256(LOGIN['x-api-key'])}`,
  `mail:feeds+carts:${sha256(MAIL['x-api-key'])}`,
];

const START =
  'mutation ($input: SessionStartInput) { sessionStart(input: $input) { token session { id userId deviceType isCurrent } userErrors { field code } } }';
const SESSION =
  '{ session { id userId deviceType isCurrent lastActivityAt expiresAt otherSessions { id isCurrent } } }';
const IDENTIFY =
  'mutation ($input: SessionIdentifyInput!) { sessionIdentify(input: $input) { token session { id userId } userErrors { field code } } }';
const END = 'mutation ($input: SessionEndInput) { sessionEnd(input: $input) { endedSessionIds userErrors { code } } }';
const END_OTHERS = 'mutation { sessionEndOthers { endedSessionIds userErrors { code } } }';

describe('sessions over HTTP', () => {
  let server: PrivateRedis;
  let redis: Redis;
  let gateway: TestGateway;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    gateway = await startGateway({
      REDIS_URL: server.url,
      SERVICE_API_KEYS: SERVICE_API_KEYS.join(),
      SESSION_SECRET: 's'.repeat(32),
    });
  });
  afterAll(async () => {
    await gateway.stop();
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const ask = async (query: string, headers: Record<string, string> = {}, input?: Record<string, unknown>) =>
    (await gateway.query<Record<string, unknown>>(query, { headers, variables: input ? { input } : {} })).body;
  const codeOf = async (...request: Parameters<typeof ask>) => (await ask(...request)).errors?.[0]?.extensions?.code;

  async function given(token: string, fields: Record<string, string>) {
    await redis.hset(keys.session(token), fields);
    await redis.expire(keys.session(token), 86_400);
    if (fields['user_id']) await redis.sadd(keys.userSessions(fields['user_id']), token);
  }

  async function start(): Promise<{ token: string; id: string }> {
    const { data } = await ask(START);
    const { token, session } = data!['sessionStart'] as { token: string; session: { id: string } };
    return { token, id: session.id };
  }

  const identify = async (token: string, userId: string, headers: Record<string, string> = LOGIN) =>
    (await ask(IDENTIFY, headers, { token, userId })).data?.['sessionIdentify'] as {
      token: string | null;
      session: { id: string; userId: string } | null;
      userErrors: { code: string }[];
    };

  it('knows nobody without a token', async () => {
    expect(await ask(SESSION)).toEqual({ data: { session: null } });
  });

  it.each([{ authorization: 'Bearer T' }, { 'x-session-token': 'T' }])('shows the session of %j', async (headers) => {
    await given('T', { session_id: 's', user_id: '5', device_type: 'ios' });
    const { data, extensions } = await ask(SESSION, headers);
    expect(data).toMatchObject({
      session: { id: 's', userId: '5', deviceType: 'ios', isCurrent: true, otherSessions: [] },
    });
    expect(extensions).toBeUndefined();
  });

  it('lets only the customer keep an answer that depends on who asks', async () => {
    await given('T', { session_id: 's', user_id: '5' });
    const { headers } = await gateway.query(SESSION, { headers: bearer('T') });
    expect(headers['cache-control']).toMatch(/^private/);
    expect((await gateway.query(SESSION)).headers['cache-control']).toMatch(/^private/);
  });

  it.each(['unknown', 'mal formed', 'S:viewed', '{T}', 'x'.repeat(200), '..', 'T%0a'])(
    'answers as without a token to the token %j, and says so',
    async (token) => {
      await given('T', { session_id: 's', user_id: '5' });
      expect(await ask(SESSION, bearer(token))).toEqual({
        data: { session: null },
        extensions: { session: 'INVALID' },
      });
      expect((await gateway.query(SESSION, { headers: bearer(token) })).headers['cache-control']).toBe('no-store');
    },
  );

  it('starts a session whose token opens it', async () => {
    const { data } = await ask(START, {}, { deviceType: 'web' });
    const { token, session, userErrors } = data!['sessionStart'] as {
      token: string;
      session: { id: string };
      userErrors: unknown[];
    };
    expect(userErrors).toEqual([]);
    expect(session).toMatchObject({ userId: null, deviceType: 'web', isCurrent: false });
    const seen = await ask(SESSION, bearer(token));
    expect(seen.data).toMatchObject({
      session: { id: session.id, deviceType: 'web', isCurrent: true },
    });
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  it('refuses a device type that is too long, and writes nothing', async () => {
    const { data } = await ask(START, {}, { deviceType: 'x'.repeat(513) });
    const expected = { token: null, session: null, userErrors: [{ field: ['deviceType'], code: 'INVALID_INPUT' }] };
    expect(data!['sessionStart']).toEqual(expected);
    expect(await redis.dbsize()).toBe(0);
  });

  it('notes the activity of a session that is used, beside the request', async () => {
    await given('T', { session_id: 's', user_id: '5', last_activity_at: '2026-01-31T12:00:00Z' });
    await redis.expire(keys.session('T'), 100);
    await ask(SESSION, bearer('T'));
    await eventually(async () => {
      expect(await redis.ttl(keys.session('T'))).toBeGreaterThan(86_000);
      expect(await redis.ttl(keys.userSessions('5'))).toBeGreaterThan(86_000);
    });
    expect(Date.parse((await redis.hget(keys.session('T'), 'last_activity_at'))!)).toBeGreaterThan(Date.now() - 5_000);
  });

  describe('other sessions', () => {
    beforeEach(async () => {
      const used = (minute: number) => ({ last_activity_at: new Date(Date.now() - minute * 60_000).toISOString() });
      await given('T', { session_id: 'mine', user_id: '5' });
      await given('older', { session_id: 's-older', user_id: '5', ...used(20) });
      await given('newer', { session_id: 's-newer', user_id: '5', ...used(10) });
      await given('foreign', { session_id: 's-foreign', user_id: '6' });
      await redis.sadd(keys.userSessions('5'), 'foreign', 'gone');
    });

    it('are listed, newest activity first, without their tokens, and dead members go', async () => {
      const answer = await ask(SESSION, bearer('T'));
      expect((answer.data!['session'] as Record<string, unknown>)['otherSessions']).toEqual([
        { id: 's-newer', isCurrent: false },
        { id: 's-older', isCurrent: false },
      ]);
      expect(JSON.stringify(answer)).not.toMatch(/"(older|newer|foreign|T)"/);
      await eventually(async () => {
        expect((await redis.smembers(keys.userSessions('5'))).sort()).toEqual(['T', 'newer', 'older']);
      });
    });

    it('end one by one, by id', async () => {
      expect((await ask(END, bearer('T'), { sessionId: 's-older' })).data).toEqual({
        sessionEnd: { endedSessionIds: ['s-older'], userErrors: [] },
      });
      expect((await ask(SESSION, bearer('older'))).extensions).toEqual({ session: 'INVALID' });
      expect((await ask(SESSION, bearer('T'))).data).toMatchObject({ session: { id: 'mine' } });
    });

    it('end all at once, but the one that asks', async () => {
      const { data } = await ask(END_OTHERS, bearer('T'));
      const { endedSessionIds } = data!['sessionEndOthers'] as { endedSessionIds: string[] };
      expect(endedSessionIds.sort()).toEqual(['s-newer', 's-older']);
      expect((await ask(SESSION, bearer('T'))).data).toMatchObject({ session: { id: 'mine', otherSessions: [] } });
      expect(await redis.exists(keys.session('foreign'))).toBe(1);
    });

    it.each(['s-foreign', 'nobodys'])('end nothing for %j, with the same answer', async (sessionId) => {
      const expected = { data: { sessionEnd: { endedSessionIds: [], userErrors: [] } } };
      expect(await ask(END, bearer('T'), { sessionId })).toEqual(expected);
      expect(await redis.exists(keys.session('foreign'))).toBe(1);
    });

    it('are none of a guest’s', async () => {
      await given('G', { session_id: 'guest1', user_id: '' });
      expect((await ask(SESSION, bearer('G'))).data).toMatchObject({ session: { otherSessions: [] } });
      expect((await ask(END_OTHERS, bearer('G'))).data).toMatchObject({ sessionEndOthers: { endedSessionIds: [] } });
      expect((await ask(END, bearer('G'), { sessionId: 'mine' })).data).toMatchObject({
        sessionEnd: { endedSessionIds: [] },
      });
    });
  });

  describe('the end', () => {
    it.each([[undefined], [{}], [{ sessionId: 's' }]])('comes to the session that asks with %j', async (input) => {
      await given('T', { session_id: 's', user_id: '5' });
      expect((await ask(END, bearer('T'), input)).data).toEqual({
        sessionEnd: { endedSessionIds: ['s'], userErrors: [] },
      });
      expect(await ask(SESSION, bearer('T'))).toEqual({ data: { session: null }, extensions: { session: 'INVALID' } });
      expect(await codeOf(END, bearer('T'))).toBe('UNAUTHENTICATED');
      expect(await redis.exists(keys.session('T'), keys.userSessions('5'))).toBe(0);
    });

    it('holds for what follows in the same request', async () => {
      await given('T', { session_id: 's', user_id: '5' });
      const twice = 'mutation { sessionEnd { endedSessionIds } sessionEndOthers { endedSessionIds } }';
      const { errors } = await ask(twice, bearer('T'));
      expect(errors).toMatchObject([{ path: ['sessionEndOthers'], extensions: { code: 'UNAUTHENTICATED' } }]);
    });

    it.each([END, END_OTHERS])('needs a session: %s', async (mutation) => {
      expect(await codeOf(mutation)).toBe('UNAUTHENTICATED');
      expect(await codeOf(mutation, bearer('unknown'))).toBe('UNAUTHENTICATED');
      expect(await codeOf(mutation, LOGIN)).toBe('UNAUTHENTICATED');
    });

    it.each(['S:viewed', 'a}b', 'a\nb', ''])('refuses the malformed id %j', async (sessionId) => {
      await given('T', { session_id: 's', user_id: '5' });
      expect(await codeOf(END, bearer('T'), { sessionId })).toBe('BAD_USER_INPUT');
      expect(await redis.exists(keys.session('T'))).toBe(1);
    });
  });

  describe('login', () => {
    it('turns the guest into the user under a new token, and the old one is nobody', async () => {
      const { token, id } = await start();
      const payload = await identify(token, '5');
      expect(payload).toMatchObject({ session: { id, userId: '5' }, userErrors: [] });
      expect(payload.token).not.toBe(token);
      expect((await ask(SESSION, bearer(payload.token!))).data).toMatchObject({ session: { id, userId: '5' } });
      expect((await ask(SESSION, bearer(token))).extensions).toEqual({ session: 'INVALID' });
    });

    it('answers a repeat the same', async () => {
      const { token } = await start();
      const first = await identify(token, '5');
      expect(await identify(token, '5')).toEqual(first);
    });

    it('answers fifty callers at once the same', async () => {
      const { token } = await start();
      const payloads = await Promise.all(Array.from({ length: 50 }, () => identify(token, '5')));
      expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).toBe(1);
      expect(payloads[0]).toMatchObject({ session: { userId: '5' }, userErrors: [] });
      expect(await redis.scard(keys.userSessions('5'))).toBe(1);
    });

    it.each([
      ['nobody', {}],
      ['a customer', bearer('own')],
      ['a service without the scope', MAIL],
    ])('is FORBIDDEN to %s, whether the session exists or not', async (_, headers) => {
      await given('own', { session_id: 's', user_id: '' });
      const forbidden = await ask(IDENTIFY, headers, { token: 'own', userId: '5' });
      expect(forbidden.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      for (const input of [
        { token: 'unknown', userId: '5' },
        { token: 'a}b', userId: '5:6' },
      ]) {
        const { errors } = await ask(IDENTIFY, headers, input);
        expect(errors).toEqual(forbidden.errors);
      }
      expect(await redis.hget(keys.session('own'), 'user_id')).toBe('');
    });

    it('fails as a whole with 401 for a wrong service key', async () => {
      const { status, body } = await gateway.query(SESSION, { headers: { 'x-api-key': 'guessed' } });
      expect(status).toBe(401);
      expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(body.data ?? null).toBeNull();
    });

    it('says that a session belongs to another user, and changes nothing', async () => {
      await given('T', { session_id: 's', user_id: '6' });
      const expected = { token: null, session: null, userErrors: [{ field: ['token'], code: 'ALREADY_IDENTIFIED' }] };
      expect(await identify('T', '5')).toEqual(expected);
      expect((await ask(SESSION, bearer('T'))).data).toMatchObject({ session: { userId: '6' } });
    });

    it('says that a token names no session', async () => {
      const expected = { token: null, session: null, userErrors: [{ field: ['token'], code: 'SESSION_NOT_FOUND' }] };
      expect(await identify('unknown', '5')).toEqual(expected);
      expect(await redis.dbsize()).toBe(0);
    });

    it.each([
      ['T}', '5'],
      ['T\n', '5'],
      ['', '5'],
      ['T', '5:6'],
      ['T', 'guest'],
      ['T', 'a}b'],
      ['T', ''],
      ['T', 'x'.repeat(129)],
    ])('refuses the token %j with the user %j before a key is written', async (token, userId) => {
      await given('T', { session_id: 's', user_id: '' });
      expect(await codeOf(IDENTIFY, LOGIN, { token, userId })).toBe('BAD_USER_INPUT');
      expect(await redis.keys('*')).toEqual([keys.session('T')]);
    });

    it("brings what the guest viewed into the user's history, before what was there", async () => {
      for (const id of ['a', 'b', 'c']) await redis.hset(keys.product(id), { id, name: id });
      await redis.zadd(keys.userHistory('5'), 1_704_902_400, 'c');
      const { token } = await start();
      const view =
        'mutation ($input: ProductViewRecordInput!) { productViewRecord(input: $input) { userErrors { code } } }';
      await ask(view, bearer(token), { productId: 'a' });
      await ask(view, bearer(token), { productId: 'b' });
      const { token: userToken } = await identify(token, '5');
      const viewed = '{ recommendations { recentlyViewed { nodes { id } } } }';
      expect((await ask(viewed, bearer(userToken!))).data).toEqual({
        recommendations: { recentlyViewed: { nodes: [{ id: 'b' }, { id: 'a' }, { id: 'c' }] } },
      });
    });
  });

  describe("login of a guest with a cart (the user's own cart has prod_1 too)", () => {
    const IDENTIFY_WITH_CART = `mutation ($input: SessionIdentifyInput!) { sessionIdentify(input: $input) {
      token cart { totalItems totalAmount { amount } lines { productId quantity } }
      merge { lines { productId quantity outcome } } userErrors { code } } }`;
    const line = (id: string, quantity: number) =>
      JSON.stringify({ item_id: id, variation_id: '', quantity, price: '1.50', name: id });

    /** As another writer of document A would. */
    async function givenCart(user: string, sessionId: string, lines: [id: string, quantity: number][]) {
      const cartId = `cart-of-${sessionId}`;
      const total = lines.reduce((sum, [, quantity]) => sum + quantity, 0);
      const fields = { cart_id: cartId, user_id: user, session_id: sessionId, status: 'active', total_items: total };
      await redis.hset(keys.cart(user || 'guest', sessionId), { ...fields, total_amount: (1.5 * total).toFixed(2) });
      await redis.rpush(keys.cartItems(cartId), ...lines.map(([id, quantity]) => line(id, quantity)));
    }

    it.each([1, 20])('merges the carts, once for %d callers', async (callers) => {
      const { token, id } = await start();
      await givenCart('', id, [
        ['prod_1', 2],
        ['prod_2', 1],
      ]);
      await givenCart('5', 'before', [['prod_1', 1]]);
      await redis.set(keys.activeCart('5'), keys.cart('5', 'before'));
      const logIn = () => ask(IDENTIFY_WITH_CART, LOGIN, { token, userId: '5' });
      const answers = await Promise.all(Array.from({ length: callers }, logIn));
      for (const { data, errors } of [...answers, await logIn()]) {
        expect(errors).toBeUndefined();
        expect(data!['sessionIdentify']).toMatchObject({
          cart: {
            totalItems: 4,
            totalAmount: { amount: '6.00' },
            lines: [
              { productId: 'prod_1', quantity: 3 },
              { productId: 'prod_2', quantity: 1 },
            ],
          },
          merge: {
            lines: [
              { productId: 'prod_1', quantity: 3, outcome: 'SUMMED' },
              { productId: 'prod_2', quantity: 1, outcome: 'MOVED' },
            ],
          },
          userErrors: [],
        });
      }
      const { token: userToken } = answers[0]!.data!['sessionIdentify'] as { token: string };
      expect((await ask('{ session { cart { totalItems } } }', bearer(userToken))).data).toEqual({
        session: { cart: { totalItems: 4 } },
      });
    });

    it('reports no merge where the guest had no cart', async () => {
      const { token } = await start();
      const { data } = await ask(IDENTIFY_WITH_CART, LOGIN, { token, userId: '5' });
      expect(data!['sessionIdentify']).toMatchObject({ cart: null, merge: null, userErrors: [] });
    });
  });

  it('keeps the token of a client whom Redis could not be asked about', async () => {
    await given('T', { session_id: 's', user_id: '5' });
    await server.kill();
    const { data, errors, extensions } = await ask(SESSION, bearer('T'));
    expect(data).toEqual({ session: null });
    expect(errors).toMatchObject([{ path: ['session'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(extensions).toMatchObject({ session: 'UNKNOWN' });
    expect(await codeOf(START)).toBe('UPSTREAM_UNAVAILABLE');
    expect(await codeOf(IDENTIFY, LOGIN, { token: 'T', userId: '5' })).toBe('UPSTREAM_UNAVAILABLE');
    await server.restart();
    await eventually(async () => expect((await ask(START)).errors).toBeUndefined());
  });
});
