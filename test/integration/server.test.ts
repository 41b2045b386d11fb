import { createHash } from 'node:crypto';
import { askRedis, startRedis } from '../support/redisServer.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const SERVICE_KEY = 'a service key for the tests';
const SHA256 = createHash('sha256').update(SERVICE_KEY).digest('hex');

describe('the server', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startGateway({
      REDIS_URL: redis.url,
      SERVICE_API_KEYS: `mailer:feeds:${SHA256}`,
      CORS_ORIGINS: 'https://studio.apollographql.com',
    });
    await askRedis(redis, 'HSET', 'product:prod_1', 'id', 'prod_1', 'name', 'Lamp', 'price', '29.99');
    await askRedis(redis, 'HSET', 'product:prod_2', 'id', 'prod_2', 'name', 'Chair', 'price', 'abc');
    await askRedis(redis, 'ZADD', 'rec:trending', '3', 'prod_1');
    await askRedis(redis, 'EXPIRE', 'rec:trending', '20');
    await askRedis(redis, 'SET', 'session:broken', 'not a hash');
  });

  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
  });

  const send = (path: string, init?: RequestInit) => fetch(`${gateway.url}${path}`, init);
  const post = (body: string, headers: Record<string, string> = {}) =>
    send('/graphql', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const codeOf = async (answer: Response) =>
    ((await answer.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;

  describe('requests that are none', () => {
    it.each([
      ['malformed JSON', '{"query":', {}, 400],
      ['no operation', '{}', {}, 400],
      ['a batch', '[{"query":"{__typename}"}]', {}, 400],
      ['a query that does not parse', '{"query":"{"}', {}, 400],
      ['a field that does not exist', '{"query":"{nothing}"}', {}, 400],
      ['another content type', '{"query":"{__typename}"}', { 'content-type': 'application/xml' }, 415],
      ['plain text', '{"query":"{__typename}"}', { 'content-type': 'text/plain' }, 415],
      ['too large a body', `{"query":"{__typename}","x":"${'x'.repeat(100_000)}"}`, {}, 413],
      ['an operation name that is not in it', '{"query":"{__typename}","operationName":"X"}', {}, 400],
    ])('answers %s with a coded error', async (_what, body, headers, status) => {
      const answer = await post(body, headers);

      expect(answer.status).toBe(status);
      expect(await codeOf(answer)).toMatch(/^(BAD_USER_INPUT|GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED)$/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('answers 404 as JSON for a path it does not know', async () => {
      const answer = await send('/nothing');

      expect(answer.status).toBe(404);
      expect(await codeOf(answer)).toBe('BAD_USER_INPUT');
    });

    it('answers 405 and the methods it allows for any other one', async () => {
      const answer = await send('/graphql', { method: 'DELETE' });

      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, POST');
    });

    it('refuses a mutation by GET', async () => {
      const query = encodeURIComponent('mutation { sessionStart { token } }');
      const answer = await send(`/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } });

      expect(answer.status).toBe(405);
    });
  });

  describe('how long an answer may be kept', () => {
    it('is what is left of a public feed', async () => {
      const { headers } = await gateway.query('{ recommendations { trending { nodes { id } } } }');

      const maxAge = Number(/^public, max-age=(\d+)$/.exec(headers['cache-control'] ?? '')?.[1]);
      expect(maxAge).toBeGreaterThan(10);
      expect(maxAge).toBeLessThanOrEqual(20);
      expect(headers.vary).toBe('Authorization, x-session-token, x-api-key, Origin');
    });

    it('is for the caller alone where the answer depends on who asks, although no token came', async () => {
      const { headers } = await gateway.query('{ session { id } recommendations { trending { nodes { id } } } }');

      expect(headers['cache-control']).toMatch(/^private, max-age=\d+$/);
    });

    it.each([
      ['an error', '{ product(id: "{}") { id } }', {}],
      ['a token that is unknown', '{ product(id: "prod_1") { id } }', { authorization: 'Bearer unknown' }],
      ['a mutation', 'mutation { sessionEndOthers { endedSessionIds } }', {}],
    ])('is not at all with %s', async (_what, query, headers) => {
      expect((await gateway.query(query, { headers })).headers['cache-control']).toBe('no-store');
    });
  });

  describe('what an answer says beside its data', () => {
    it('tells a client to drop a token that names no session', async () => {
      const { body } = await gateway.query('{ session { id } }', { headers: { authorization: 'Bearer unknown' } });

      expect(body).toEqual({ data: { session: null }, extensions: { session: 'INVALID' } });
    });

    it('counts the broken values met, by kind', async () => {
      const { body } = await gateway.query('{ product(id: "prod_2") { name price { amount } } }');

      expect(body.data).toEqual({ product: { name: 'Chair', price: null } });
      expect(body.extensions).toEqual({ dataFaults: { INVALID_DECIMAL: 1 } });
      expect(await (await send('/metrics')).text()).toMatch(/gateway_data_faults_total\{kind="INVALID_DECIMAL"\} \d/);
    });

    it('says nothing where there is nothing to say', async () => {
      expect((await gateway.query('{ product(id: "prod_1") { name } }')).body).toEqual({
        data: { product: { name: 'Lamp' } },
      });
    });
  });

  describe('services', () => {
    it('fail with 401 as a whole when their key is wrong', async () => {
      const { status, body } = await gateway.query('{ product(id: "prod_1") { id } }', {
        headers: { 'x-api-key': `${SERVICE_KEY}!` },
      });

      expect(status).toBe(401);
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(body.data).toBeUndefined();
    });

    it('may name a user when their key is right', async () => {
      const query = '{ recommendations(userId: "5") { id } }';
      const { body } = await gateway.query(query, { headers: { 'x-api-key': SERVICE_KEY } });

      expect(body).toEqual({ data: { recommendations: { id: 'user:5' } } });
    });

    it('have no place in a browser: CORS does not allow their header', async () => {
      const answer = await send('/graphql', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://studio.apollographql.com',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-api-key, content-type',
        },
      });

      expect(answer.headers.get('access-control-allow-origin')).toBe('https://studio.apollographql.com');
      expect(answer.headers.get('access-control-allow-headers')).toContain('content-type');
      expect(answer.headers.get('access-control-allow-headers')).not.toContain('x-api-key');
    });
  });

  it('takes a persisted query by its hash once it has seen it', async () => {
    const query = '{ product(id: "prod_1") { name } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };

    expect(await codeOf(await post(JSON.stringify({ extensions })))).toBe('PERSISTED_QUERY_NOT_FOUND');
    await post(JSON.stringify({ query, extensions }));
    expect(await (await post(JSON.stringify({ extensions }))).json()).toEqual({ data: { product: { name: 'Lamp' } } });
  });

  it('counts what it does for Prometheus', async () => {
    await gateway.query('{ recommendations { trending { source } } product(id: "prod_counted") { id } }');

    const text = await (await send('/metrics')).text();
    expect(text).toMatch(/^gateway_request_duration_seconds_count\{operation="query",status="200"\} [1-9]/m);
    expect(text).toMatch(/^gateway_feed_answers_total\{feed="trending",source="TRENDING",fallback="false"\} [1-9]/m);
    expect(text).toMatch(/^gateway_redis_batch_duration_seconds_count\{outcome="answered"\} [1-9]/m);
    expect(text).toMatch(/^gateway_redis_commands_total [1-9]/m);
    expect(text).toMatch(/^gateway_cache_misses [1-9]/m);
  });

  it('lets a browser do nothing with its answers', async () => {
    for (const path of ['/healthz', '/nothing', '/graphql']) {
      const { headers } = await send(path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age');
    }
  });

  it('shows the explorers, each with a policy that lets in nothing else', async () => {
    const sandbox = await send('/');
    expect(await sandbox.text()).toContain('embeddable-sandbox');
    expect(sandbox.headers.get('content-security-policy')).toContain("default-src 'none'");

    const explorer = await send('/explorer');
    expect(await explorer.text()).not.toMatch(/<(script|link)[^>]+(src|href)="http/);
    expect(explorer.headers.get('content-security-policy')).not.toContain('http');
  });
});

describe('a server in production', () => {
  it('shows neither explorers, nor its schema, nor the names of fields that nobody asked for', async () => {
    const redis = await startRedis();
    const gateway = await startGateway({ REDIS_URL: redis.url, NODE_ENV: 'production' });
    try {
      expect((await fetch(`${gateway.url}/`)).status).toBe(404);
      expect((await fetch(`${gateway.url}/explorer`)).status).toBe(404);
      expect((await gateway.query('{ __schema { types { name } } }')).status).toBe(400);
      const { body } = await gateway.query('{ produc(id: "1") { id } }');
      expect(body.errors?.[0]?.message).toBe('Cannot query field "produc" on type "Query".');
    } finally {
      await gateway.stop();
      await redis.stop();
    }
  });
});

describe('a server whose Redis is away', () => {
  it('starts, says so on /readyz, and recovers by itself', async () => {
    const redis = await startRedis();
    await redis.kill();
    const gateway = await startGateway({ REDIS_URL: redis.url });
    try {
      expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
      const startedAtMs = performance.now();
      const { status, body } = await gateway.query('{ product(id: "prod_1") { name } }');
      expect(performance.now() - startedAtMs).toBeLessThan(1_000);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        data: { product: null },
        errors: [{ path: ['product'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
      });

      await redis.restart();
      await eventually(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200), 2_000);
      await eventually(async () => {
        expect((await gateway.query('{ product(id: "prod_1") { name } }')).body).toEqual({ data: { product: null } });
      }, 1_000);
    } finally {
      await gateway.stop();
      await redis.stop();
    }
  });
});
