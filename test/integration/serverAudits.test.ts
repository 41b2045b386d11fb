import { auditServer } from 'graphql-http';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

describe('GraphQL over HTTP', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startGateway({ REDIS_URL: redis.url });
  });

  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
  });

  it('passes all 61 audits of graphql-http, with CSRF prevention on', async () => {
    const results = await auditServer({ url: `${gateway.url}/graphql`, fetchFn: fetchWithPreflight });

    expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    expect(results).toHaveLength(61);
  });

  it('refuses a GET that a foreign page could send without asking first', async () => {
    const answer = await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});

/** A browser asks before it sends this header to another origin, which is what CSRF prevention wants of a GET. */
function fetchWithPreflight(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, headers: { ...(init.headers as object), 'apollo-require-preflight': 'true' } });
}
