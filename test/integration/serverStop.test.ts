import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { askRedis, startRedis } from '../support/redisServer.js';
import { startTcpProxy } from '../support/tcpProxy.js';

describe('stopping the server', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let proxy: Awaited<ReturnType<typeof startTcpProxy>>;
  let gateway: TestGateway;
  let agent: Agent;

  beforeEach(async () => {
    redis = await startRedis();
    proxy = await startTcpProxy(redis);
    await askRedis(redis, 'HSET', 'product:prod_1', 'id', 'prod_1', 'name', 'Lamp');
    gateway = await startGateway({ REDIS_URL: proxy.url, CACHE_ENABLED: 'false' });
    agent = new Agent({ keepAlive: true });
    await eventually(async () => expect((await send('/readyz')).status).toBe(200));
  });

  afterEach(async () => {
    agent.destroy();
    await gateway.stop();
    await proxy.stop();
    await redis.stop();
  });

  it('answers what it has accepted, and says that the connection closes', async () => {
    proxy.delay(300);
    const answer = send('/graphql', '{"query":"{ product(id: \\"prod_1\\") { name } }"}');
    await sleep(100);
    const stopped = gateway.stop();

    expect(await answer).toEqual({ status: 200, connection: 'close', body: '{"data":{"product":{"name":"Lamp"}}}' });
    await stopped;
  });

  it('accepts no new connection', async () => {
    await gateway.stop();

    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('still answers on a connection that stands, where /readyz now says that it is stopping', async () => {
    await send('/healthz');
    const stopped = gateway.stop();

    expect(await send('/readyz')).toEqual({ status: 503, connection: 'close', body: '{"status":"stopping"}' });
    await stopped;
  });

  it('does not wait for clients that keep a connection open for nothing', async () => {
    await send('/healthz');
    const startedAtMs = performance.now();
    await gateway.stop();

    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('does not wait for a connection that never brought a request, such as a browser opens ahead', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await send('/healthz');
    const startedAtMs = performance.now();
    const closed = once(socket.resume(), 'close');
    await gateway.stop();
    await closed;

    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('answers the first request of a connection that was opened before', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const stopped = gateway.stop();
    socket.write('GET /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    await stopped;

    expect(text).toMatch(/^HTTP\/1\.1 200 OK[^]*connection: close[^]*"ok"/i);
  });

  function send(path: string, body?: string): Promise<{ status?: number; connection?: string; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const outgoing = request(`${gateway.url}${path}`, {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        headers,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode!, connection: incoming.headers.connection!, body: text.trim() }),
        );
      });
      outgoing.end(body);
    });
  }
});
