import { createHash } from 'node:crypto';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { eventually } from '../support/eventually.js';
import { askRedis, startRedis } from '../support/redisServer.js';

const KEY = 'only-for-feeds';
const OWNER = 'tok-owner';
const OWNERS_CART = 'cart_of_owner';
const LINE = JSON.stringify({ item_id: 'prod_1', variation_id: '', quantity: 2, price: 9.99, name: 'Lamp' });

/** Whoever is nobody: all of them must be answered alike. */
const NOBODIES: Record<string, Record<string, string>> = {
  'without a token': {},
  'with a token that has expired': { authorization: 'Bearer tok-expired' },
  'with a guessed token': { authorization: 'Bearer tok-guessed' },
  'with a malformed token': { authorization: 'Bearer session:tok-owner' },
  "with a token like the owner's": { authorization: `Bearer ${OWNER}x` },
  'with an empty token': { authorization: 'Bearer ' },
  'with another scheme': { authorization: `Basic ${OWNER}` },
};

/** Every field that is somebody's, and every mutation. */
const PRIVATE: readonly string[] = [
  '{ session { id userId deviceType createdAt lastActivityAt expiresAt isCurrent } }',
  '{ session { otherSessions { id userId } } }',
  '{ session { cart { id } recommendations { id } } }',
  '{ cart { id status totalItems totalAmount { amount } updatedAt expiresAt version } }',
  '{ cart { lines { id productId quantity } recommendations { source } } }',
  '{ recommendations { id personalized { source nodes { id } } } }',
  '{ recommendations { sessionBased { source nodes { id } } recentlyViewed { source nodes { id } } } }',
  '{ recommendations(userId: "5") { id } }',
  '{ recommendations(userId: "nobody") { id } }',
  'mutation { sessionEnd { endedSessionIds } }',
  'mutation { sessionEnd(input: { sessionId: "sess_owner" }) { endedSessionIds } }',
  'mutation { sessionEnd(input: { sessionId: "sess_none" }) { endedSessionIds } }',
  'mutation { sessionEndOthers { endedSessionIds } }',
  `mutation { sessionIdentify(input: { token: "${OWNER}", userId: "5" }) { token } }`,
  'mutation { sessionIdentify(input: { token: "tok-none", userId: "5" }) { token } }',
  'mutation { cartLinesAdd(input: { lines: [{ productId: "prod_1" }] }) { cart { id } } }',
  'mutation { cartLinesUpdate(input: { lines: [{ lineId: "a", quantity: 1 }] }) { cart { id } } }',
  'mutation { cartLinesRemove(input: { lineIds: ["a"] }) { cart { id } } }',
  'mutation { cartClear { cart { id } } }',
  `mutation { cartConvert(input: { cartId: "${OWNERS_CART}", userId: "5", sessionId: "sess_owner" }) { cart { id } } }`,
  'mutation { cartConvert(input: { cartId: "none", userId: "6", sessionId: "sess_none" }) { cart { id } } }',
  'mutation { productViewRecord(input: { productId: "prod_1" }) { session { id } } }',
];

interface Asked {
  readonly query: string;
  readonly token: string;
}
const NEAR_AND_FAR: readonly [Asked, Asked] = [
  { query: '{ session { id } cart { id } }', token: 'tok-guessed' },
  { query: '{ session { id } cart { id } }', token: `${OWNER}x` },
];
const SESSIONS: readonly [Asked, Asked] = [
  { query: 'mutation { sessionEnd(input: { sessionId: "sess_owner" }) { endedSessionIds } }', token: 'tok-other' },
  { query: 'mutation { sessionEnd(input: { sessionId: "sess_none" }) { endedSessionIds } }', token: 'tok-other' },
];

describe('what belongs to somebody', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startGateway({
      REDIS_URL: redis.url,
      SERVICE_API_KEYS: `mail:feeds:${createHash('sha256').update(KEY).digest('hex')}`,
    });
    await eventually(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200));
    const write = (command: string, ...args: string[]) => askRedis(redis, command, ...args);
    await write('HSET', 'product:prod_1', 'id', 'prod_1', 'name', 'Lamp', 'price', '9.99', 'stock', '9');
    for (const [token, user] of [
      [OWNER, '5'],
      ['tok-other', '6'],
    ] as const) {
      const session = `sess_${token.slice(4)}`;
      await write('HSET', `session:${token}`, 'session_id', session, 'user_id', user);
      await write('SADD', `user_sessions:${user}`, token);
    }
    await write(
      'HSET',
      'cart:5:sess_owner',
      'cart_id',
      OWNERS_CART,
      'user_id',
      '5',
      'session_id',
      'sess_owner',
      'status',
      'active',
      'total_items',
      '2',
      'total_amount',
      '19.98',
    );
    await write('RPUSH', `cart_items:${OWNERS_CART}`, LINE);
    await write('SET', 'active_cart:5', 'cart:5:sess_owner');
    await write('ZADD', 'rec:user:5:personalized', '0.9', 'prod_1');
    await write('ZADD', 'rec:user:5:history', '1700000000', 'prod_1');
  });

  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
  });

  /** All that can be told from an answer but for the word that the token is no good, which says nothing of others'. */
  async function answerTo(query: string, headers: Record<string, string>) {
    const { status, body, headers: answered } = await gateway.query(query, { headers });
    const { extensions = {}, ...rest } = body;
    const { session: _session, ...others } = extensions as Record<string, unknown>;
    return { status, body: rest, extensions: others, type: answered['content-type'], vary: answered['vary'] };
  }

  it('is there for its owner', async () => {
    const { body } = await gateway.query(
      '{ session { id } cart { id totalItems } recommendations { personalized { source } } }',
      {
        headers: { authorization: `Bearer ${OWNER}` },
      },
    );

    expect(body).toEqual({
      data: {
        session: { id: 'sess_owner' },
        cart: { id: OWNERS_CART, totalItems: 2 },
        recommendations: { personalized: { source: 'PERSONALIZED' } },
      },
    });
  });

  it.each(PRIVATE)("is nobody else's, and nobody can tell whether it is there: %s", async (query) => {
    const unknown = await answerTo(query, {});
    const text = JSON.stringify(unknown);
    for (const word of ['sess_owner', OWNERS_CART, OWNER, '19.98', 'PERSONALIZED']) expect(text).not.toContain(word);

    for (const [who, headers] of Object.entries(NOBODIES))
      expect({ who, ...(await answerTo(query, headers)) }).toEqual({ who, ...unknown });
  });

  it.each(PRIVATE)('is out of reach for another customer: %s', async (query) => {
    const text = JSON.stringify(await answerTo(query, { authorization: 'Bearer tok-other' }));

    for (const word of ['sess_owner', OWNERS_CART, OWNER, '19.98', 'user:5']) expect(text).not.toContain(word);
    // Mutations of the loop may have ended the other customer's session.
    await askRedis(redis, 'HSET', 'session:tok-other', 'session_id', 'sess_other', 'user_id', '6');
  });

  it.each([
    ['{ recommendations(userId: "5") { id } }', '{ recommendations(userId: "nobody") { id } }'],
    [
      'mutation { sessionEnd(input: { sessionId: "sess_owner" }) { endedSessionIds } }',
      'mutation { sessionEnd(input: { sessionId: "sess_none" }) { endedSessionIds } }',
    ],
    [
      `mutation { sessionIdentify(input: { token: "${OWNER}", userId: "5" }) { token } }`,
      'mutation { sessionIdentify(input: { token: "tok-none", userId: "5" }) { token } }',
    ],
    [
      `mutation { cartConvert(input: { cartId: "${OWNERS_CART}", userId: "5", sessionId: "sess_owner" }) { cart { id } } }`,
      'mutation { cartConvert(input: { cartId: "none", userId: "6", sessionId: "sess_none" }) { cart { id } } }',
    ],
  ])('%s is answered as if it were not there', async (there, absent) => {
    for (const headers of [...Object.values(NOBODIES), { authorization: 'Bearer tok-other' }])
      expect(await answerTo(there, headers)).toEqual(await answerTo(absent, headers));
  });

  it.each(PRIVATE)('fails as a whole with a wrong service key, and alike: %s', async (query) => {
    for (const headers of [{}, { authorization: `Bearer ${OWNER}` }, { authorization: 'Bearer tok-guessed' }]) {
      const { status, body } = await gateway.query(query, { headers: { ...headers, 'x-api-key': `${KEY}x` } });
      expect({ status, body }).toEqual({
        status: 401,
        body: { errors: [{ message: 'The service key is not known.', extensions: { code: 'UNAUTHENTICATED' } }] },
      });
    }
  });

  it.each(PRIVATE.filter((query) => /sessionIdentify|cartConvert/.test(query)))(
    'is forbidden to a service without the scope: %s',
    async (query) => {
      const { body } = await answerTo(query, { 'x-api-key': KEY });
      expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    },
  );

  it('was not changed by any of this', async () => {
    expect(await askRedis(redis, 'EXISTS', `session:${OWNER}`)).toBe(1);
    expect(await askRedis(redis, 'LRANGE', `cart_items:${OWNERS_CART}`, '0', '-1')).toEqual([LINE]);
    expect(await askRedis(redis, 'HGET', 'cart:5:sess_owner', 'status')).toBe('active');
    expect(await askRedis(redis, 'ZCARD', 'rec:user:5:history')).toBe(1);
  });

  it.each([
    ['a guessed token and one like it', NEAR_AND_FAR],
    ["another's session and none", SESSIONS],
  ])('takes as long to refuse where it is there: %s', async (_name, [one, other]) => {
    const taken: [number[], number[]] = [[], []];
    // Taken in turn, so that what else the machine does falls on both.
    for (let round = 0; round < 100; round++)
      for (const [index, { query, token }] of [one, other].entries()) {
        const startedAtMs = performance.now();
        await gateway.query(query, { headers: { authorization: `Bearer ${token}` } });
        taken[index]!.push(performance.now() - startedAtMs);
      }
    const [first, second] = taken.map((times) => times.sort((a, b) => a - b)[50]!) as [number, number];

    expect(Math.abs(first - second)).toBeLessThan(0.5 + 0.5 * Math.min(first, second));
  });
});
