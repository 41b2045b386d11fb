import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, type Build, type BuiltGateway } from '../support/builtGateway.js';
import { eventually } from '../support/eventually.js';
import { graphql, type GraphqlRequest } from '../support/httpClient.js';
import { askRedis, startRedis } from '../support/redisServer.js';

const PASSWORD = 'redis-password-4f1d';
const KEY = 'service-key-9a7c2e';
const SESSION_SECRET = 'session-secret-of-at-least-32-characters';
const LIVE = 'tok-live-5b8e1f';
const GUESSED = 'tok-guessed-77aa10';
/** Nothing that leaves the process may hold one of these: messages, log lines, metrics. */
const SECRETS = [PASSWORD, KEY, SESSION_SECRET, LIVE, GUESSED, 'redis://'];

/** Makes the process fail, when told by a signal, where nobody expects it, with a message that says too much. */
const SABOTAGE = `
  import crypto from 'node:crypto';
  import { syncBuiltinESMExports } from 'node:module';
  process.on('SIGUSR2', () => {
    crypto.randomBytes = () => {
      throw new Error('no randomness at ' + process.env.REDIS_URL + ' for session:' + process.env.SABOTAGE);
    };
    syncBuiltinESMExports();
    console.log('SABOTAGED');
  });`;

describe('secrets of the built gateway', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let built: Build;
  let gateway: BuiltGateway;
  const said: string[] = [];

  beforeAll(async () => {
    [redis, built] = await Promise.all([startRedis({ password: PASSWORD }), build()]);
    gateway = await built.start(
      {
        REDIS_URL: redis.url,
        LOG_LEVEL: 'trace',
        SABOTAGE: LIVE,
        RATE_LIMIT_ADDRESS_COST: '1000000',
        SESSION_SECRET,
        SERVICE_API_KEYS: `login:sessions+carts+feeds:${createHash('sha256').update(KEY).digest('hex')}`,
        REDIS_COMMAND_TIMEOUT_MS: '200',
      },
      { preload: SABOTAGE },
    );
    await askRedis(redis, 'HSET', `session:${LIVE}`, 'session_id', 'sess_1', 'user_id', '5');
    await askRedis(redis, 'HSET', 'product:prod_1', 'id', 'prod_1', 'name', 'Lamp', 'price', '9.99');
    await storm();
    // Wrong types in every place, then no rights, no memory, no Redis.
    await askRedis(redis, 'DEL', `session:${LIVE}`);
    await askRedis(redis, 'SET', `session:${LIVE}`, 'of the wrong type');
    await askRedis(redis, 'SET', 'user_sessions:5', 'of the wrong type');
    await askRedis(redis, 'SET', 'gateway:ended:{session:x}', 'of the wrong type');
    await storm();
    await askRedis(redis, 'ACL', 'SETUSER', 'default', '-hmget', '-hgetall', '-evalsha', '-eval');
    await storm();
    await redis.kill();
    await storm();
    await redis.restart();
    await sleep(300);
    await storm();
  }, 90_000);

  afterAll(async () => {
    await gateway.stop();
    await built.remove();
    await redis.stop();
  });

  /** Everything the API has, by everybody there is. */
  async function storm(): Promise<void> {
    const queries: GraphqlRequest[] = [
      { query: '{ session { id otherSessions { id } } cart { id lines { id } } product(id: "prod_1") { name } }' },
      { query: '{ recommendations(userId: "5") { personalized { nodes { id } } recentlyViewed { nodes { id } } } }' },
      { query: 'mutation { cartLinesAdd(input: { lines: [{ productId: "prod_1" }] }) { cart { id } } }' },
      { query: 'mutation { productViewRecord(input: { productId: "prod_1" }) { session { id } } }' },
      { query: 'mutation { sessionEnd(input: { sessionId: "sess_9" }) { endedSessionIds } }' },
      { query: 'mutation { cartConvert(input: { cartId: "c", sessionId: "s" }) { userErrors { code } } }' },
      {
        query: 'mutation ($t: String!) { sessionIdentify(input: { token: $t, userId: "5" }) { userErrors { code } } }',
        variables: { t: GUESSED },
      },
      {
        query:
          'mutation ($t: String!) { sessionIdentify(input: { token: $t, userId: "a:b" }) { userErrors { code } } }',
        variables: { t: `${LIVE}!` },
      },
      { query: `{ product(id: "${LIVE}") { name } }` },
      { query: '{ nothing }' },
      { query: '{' },
    ];
    const headers = [
      {},
      { authorization: `Bearer ${LIVE}` },
      { authorization: `Bearer ${GUESSED}` },
      { authorization: `Bearer ${LIVE} ${PASSWORD}` },
      { 'x-session-token': LIVE },
      { 'x-api-key': KEY },
      { 'x-api-key': `${KEY}x`, authorization: `Bearer ${LIVE}` },
    ];
    const asked = queries.flatMap((query) => headers.map((header) => ({ ...query, headers: header })));
    const answers = await Promise.all(asked.map((request) => graphql(`${gateway.url}/graphql`, request)));
    for (const { headers: answered, body } of answers) said.push(JSON.stringify([answered, body]));
    for (const path of ['/metrics', '/readyz', '/healthz', `/graphql?query=${LIVE}`, `/${LIVE}`]) {
      const answer = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${LIVE}` } });
      said.push(await answer.text());
    }
  }

  it('stand in no answer and no metric', () => {
    expect(said.length).toBeGreaterThan(300);
    for (const secret of SECRETS) expect(said.filter((text) => text.includes(secret))).toEqual([]);
  });

  it('stand in no line of the log, which is there', () => {
    const lines = gateway.output().split('\n');

    expect(lines.length).toBeGreaterThan(5);
    for (const secret of SECRETS) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('are not needed to find a masked error: its id stands in the answer and in the log', async () => {
    gateway.signal('SIGUSR2');
    await eventually(() => expect(gateway.output()).toContain('SABOTAGED'));
    const { status, body } = await graphql(`${gateway.url}/graphql`, {
      query: 'mutation { sessionStart { token } }',
    });
    const [error] = body.errors ?? [];
    const id = String(error?.extensions?.['id']);
    // The log takes another way to the test than the answer.
    const line = await eventually(() => {
      const found = gateway
        .output()
        .split('\n')
        .find((text) => text.includes(id));
      if (found === undefined) throw new Error(`no line has ${id}`);
      return found;
    });

    expect({ status, error }).toEqual({
      status: 200,
      error: {
        message: 'Something went wrong on our side.',
        path: ['sessionStart'],
        locations: expect.any(Array) as unknown,
        extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
      },
    });
    expect(line).toContain('no randomness at');
    for (const secret of SECRETS.filter((one) => one !== 'redis://')) expect(line).not.toContain(secret);
  });

  it('of the schema are kept too: production suggests no names and shows no schema', async () => {
    const ask = async (query: string) => JSON.stringify((await graphql(`${gateway.url}/graphql`, { query })).body);

    expect(await ask('{ produc(id: "a") { id } }')).toContain('Cannot query field');
    for (const query of ['{ produc(id: "a") { id } }', '{ product(idd: "a") { nam } }', '{ product(id: "a") { nam } }'])
      expect(await ask(query)).not.toMatch(/did you mean/i);
    expect(await ask('{ __schema { types { name } } }')).toContain('GRAPHQL_VALIDATION_FAILED');
  });
});
