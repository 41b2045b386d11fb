import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { askRedis, startRedis } from '../support/redisServer.js';
import { startTcpProxy } from '../support/tcpProxy.js';

/** Costs 16: the request, a feed, its ten products. */
const WIDGET = '{ recommendations { trending { nodes { id } } } }';
const WIDGET_COST = 16;
const KEY = 'the-mail-renderer-key';

describe('the rate limit', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let proxy: Awaited<ReturnType<typeof startTcpProxy>>;
  let gateways: TestGateway[];

  beforeEach(async () => {
    redis = await startRedis();
    proxy = await startTcpProxy(redis);
    gateways = [];
    for (const token of ['alice', 'bob']) await askRedis(redis, 'HSET', `session:${token}`, 'session_id', `s-${token}`);
  });

  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await proxy.stop();
    await redis.stop();
  });

  async function start(env: NodeJS.ProcessEnv = {}): Promise<TestGateway> {
    const gateway = await startGateway({
      REDIS_URL: proxy.url,
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_SESSION_COST: '200',
      RATE_LIMIT_ADDRESS_COST: '100000',
      RATE_LIMIT_WINDOW_SECONDS: '60',
      SERVICE_API_KEYS: `mail:feeds:${createHash('sha256').update(KEY).digest('hex')}`,
      TRUST_PROXY: '1',
      ...env,
    });
    gateways.push(gateway);
    await eventually(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200));
    return gateway;
  }

  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const from = (address: string, headers = {}) => ({ headers: { 'x-forwarded-for': address, ...headers } });
  const rateKeys = async () => (await askRedis(redis, 'KEYS', 'gateway:rate_limit:*')) as string[];

  it('says in each answer what is left, and for how long', async () => {
    const gateway = await start();
    const first = await gateway.query(WIDGET, as('alice'));
    await gateway.query(WIDGET, as('alice'));
    const third = await gateway.query(WIDGET, as('alice'));

    expect(first.headers).toMatchObject({
      'ratelimit-limit': '200',
      'ratelimit-remaining': String(200 - WIDGET_COST),
      'ratelimit-reset': '60',
    });
    expect(third.headers['ratelimit-remaining']).toBe(String(200 - 3 * WIDGET_COST));
  });

  it('refuses a session that has spent its cost, with 429 and the time to wait, and no other session', async () => {
    const gateway = await start();
    for (let cost = 0; cost < 200; cost += WIDGET_COST) {
      expect((await gateway.query(WIDGET, as('alice'))).status).toBe(200);
    }
    const refused = await gateway.query(WIDGET, as('alice'));

    expect(refused).toMatchObject({
      status: 429,
      body: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
      headers: { 'ratelimit-remaining': '0', 'cache-control': 'no-store' },
    });
    expect(refused.body.data).toBeUndefined();
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(55);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await gateway.query(WIDGET, as('bob'))).status).toBe(200);
  });

  it('serves it again in the next window', async () => {
    const gateway = await start({ RATE_LIMIT_WINDOW_SECONDS: '1', RATE_LIMIT_SESSION_COST: '10' });
    expect((await gateway.query(WIDGET, as('alice'))).status).toBe(200);
    const refused = await gateway.query(WIDGET, as('alice'));
    expect(refused.status).toBe(429);
    await sleep(1_000 * Number(refused.headers['retry-after']));

    expect((await gateway.query(WIDGET, as('alice'))).status).toBe(200);
  });

  it('counts an address over all its sessions and none, as the proxy in front tells it', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS_COST: '40' });
    await gateway.query(WIDGET, from('192.0.2.1'));
    await gateway.query(WIDGET, from('192.0.2.1', as('alice').headers));
    await gateway.query(WIDGET, from('192.0.2.1', as('bob').headers));

    expect((await gateway.query(WIDGET, from('192.0.2.1'))).status).toBe(429);
    // What the client wrote in front of the proxy's own entry is not believed.
    expect((await gateway.query(WIDGET, from('198.51.100.9, 192.0.2.1'))).status).toBe(429);
    expect((await gateway.query(WIDGET, from('192.0.2.2'))).status).toBe(200);
  });

  it('believes no forwarded address where no proxy is trusted', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS_COST: '10', TRUST_PROXY: 'false' });
    await gateway.query(WIDGET, from('192.0.2.1'));

    expect((await gateway.query(WIDGET, from('192.0.2.2'))).status).toBe(429);
  });

  it('is one limit over several gateways, to a twentieth each', async () => {
    const two = await Promise.all([start(), start()]);
    let served = 0;
    for (let round = 0; round < 40; round++) {
      const { status } = await two[round % 2]!.query(WIDGET, as('alice'));
      if (status === 200) served++;
      await sleep(5);
    }

    expect(served * WIDGET_COST).toBeGreaterThanOrEqual(200);
    expect(served * WIDGET_COST).toBeLessThanOrEqual(200 + 2 * (200 / 20) + WIDGET_COST);
  });

  it('is known to a gateway that has just been started', async () => {
    const first = await start();
    for (let round = 0; round < 14; round++) await first.query(WIDGET, as('alice'));
    const second = await start();
    await second.query(WIDGET, as('alice'));
    await sleep(50);

    expect((await second.query(WIDGET, as('alice'))).status).toBe(429);
  });

  it('keeps neither tokens nor addresses in its keys, and for one window only', async () => {
    const gateway = await start();
    await gateway.query(WIDGET, from('192.0.2.1', as('alice').headers));
    const [key = ''] = await eventually(async () => {
      const found = await rateKeys();
      expect(found).toHaveLength(1);
      return found;
    });

    expect(key).toMatch(/^gateway:rate_limit:session:[\w-]{22}$/);
    expect(await askRedis(redis, 'TTL', key)).toBeGreaterThan(55);
    expect(await askRedis(redis, 'TTL', key)).toBeLessThanOrEqual(60);
    expect(await askRedis(redis, 'TYPE', key)).toBe('hash');
  });

  it('costs a caller who stays below a twentieth of the limit nothing in Redis', async () => {
    const gateway = await start({ RATE_LIMIT_SESSION_COST: '10000' });
    for (let round = 0; round < 20; round++) await gateway.query(WIDGET, as('alice'));
    await sleep(100);

    expect(await rateKeys()).toEqual([]);
  });

  it('lets requests pass within the limit of each process while Redis is away', async () => {
    const gateway = await start({ CACHE_ENABLED: 'false', REDIS_COMMAND_TIMEOUT_MS: '100' });
    await redis.kill();
    const statuses: number[] = [];
    for (let round = 0; round < 16; round++) statuses.push((await gateway.query(WIDGET, as('alice'))).status);

    expect(statuses.filter((status) => status !== 429)).toHaveLength(13);
    expect(statuses.slice(-3)).toEqual([429, 429, 429]);
  });

  it('adds no round trip: a request does not wait for Redis to be told', async () => {
    const gateway = await start({ RATE_LIMIT_SESSION_COST: '100', CACHE_ENABLED: 'false' });
    proxy.delay(300);
    const startedAtMs = performance.now();
    const { status } = await gateway.query('{ __typename }', from('192.0.2.1'));

    expect(status).toBe(200);
    expect(performance.now() - startedAtMs).toBeLessThan(250);
  });

  it('does not limit a service with its key', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS_COST: '10' });
    for (let round = 0; round < 4; round++) {
      const { status, headers } = await gateway.query(WIDGET, from('192.0.2.1', { 'x-api-key': KEY }));
      expect(status).toBe(200);
      expect(headers['ratelimit-limit']).toBeUndefined();
    }
    await gateway.query(WIDGET, from('192.0.2.1'));
    expect((await gateway.query(WIDGET, from('192.0.2.1'))).status).toBe(429);
    expect((await gateway.query(WIDGET, from('192.0.2.1', { 'x-api-key': KEY }))).status).toBe(200);
  });

  it('stops an address that guesses tokens or keys', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS_COST: '1000' });
    const guess = (headers: (round: number) => Record<string, string>, address: string) =>
      Promise.all(
        Array.from({ length: 6 }, (_, round) => gateway.query('{ __typename }', from(address, headers(round)))),
      );
    await guess((round) => as(`guess-${round}`).headers, '192.0.2.1');
    await guess((round) => ({ 'x-api-key': `guess-${round}` }), '192.0.2.2');

    expect((await gateway.query('{ __typename }', from('192.0.2.1', as('alice').headers))).status).toBe(429);
    expect((await gateway.query('{ __typename }', from('192.0.2.2'))).status).toBe(429);
    expect((await gateway.query('{ __typename }', from('192.0.2.3', as('alice').headers))).status).toBe(200);
  });

  it('shows each refusal in the metrics, of a session and of an address', async () => {
    const gateway = await start({ RATE_LIMIT_SESSION_COST: '10', RATE_LIMIT_ADDRESS_COST: '30' });
    const statuses: number[] = [];
    for (const request of [as('alice'), as('alice'), {}, {}, {}])
      statuses.push((await gateway.query(WIDGET, request)).status);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();

    expect(statuses).toEqual([200, 429, 200, 429, 429]);
    expect(/^gateway_errors_total\{code="RATE_LIMITED"\} (\d+)$/m.exec(metrics)?.[1]).toBe('3');
  });

  it('counts what is refused before it runs', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS_COST: '50' });
    for (const query of ['{', '{ nothing }', `{ ${'a '.repeat(3_000)} }`, '{ cart { nothing } }', '{ a: }'])
      expect((await gateway.query(query, from('192.0.2.1'))).status).toBe(400);

    expect((await gateway.query('{ __typename }', from('192.0.2.1'))).status).toBe(429);
  });
});
