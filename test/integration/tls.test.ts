import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { createRedisClient } from '../../src/redis/client.js';
import { makeCertificate, type Certificate } from '../support/certificate.js';
import { eventually } from '../support/eventually.js';
import { startGateway } from '../support/gateway.js';
import { startCluster, startRedis, startSentinel, tlsPortOf } from '../support/redisServer.js';

const START = 'mutation { sessionStart { token } }';

let certificate: Certificate;
afterEach(() => certificate.remove());

describe('one node', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let url: string;

  beforeEach(async () => {
    certificate = await makeCertificate('DNS:localhost', 'IP:127.0.0.1');
    redis = await startRedis({ config: await certificate.serverConfig() });
    url = `rediss://127.0.0.1:${await tlsPortOf(redis)}`;
  });
  afterEach(() => redis.stop());

  it('is read and written over TLS by settings alone', async () => {
    await expectSession({ REDIS_URL: url });
  });

  it('is not talked to where its certificate is not known', async () => {
    const client = createRedisClient(loadConfig({ REDIS_URL: url }).redis, 'test');
    const error = await new Promise((resolve) => client.once('error', resolve));
    client.disconnect();
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('is given up in the middle of a refused handshake without an error that nobody hears', async () => {
    const errors = new Set<unknown>();
    // Without our own connector about every fifteenth try ends the process.
    for (let tries = 0; tries < 150; tries++) {
      const client = createRedisClient(loadConfig({ REDIS_URL: url }).redis, 'test');
      client.on('error', ({ code }: NodeJS.ErrnoException) => errors.add(code));
      await sleep(tries % 4);
      client.disconnect();
      await sleep(5);
    }
    await sleep(100);
    expect(errors).toEqual(new Set(['DEPTH_ZERO_SELF_SIGNED_CERT']));
  });
});

it('Sentinels, and the master that they name, are talked to over TLS alone', async () => {
  certificate = await makeCertificate('IP:127.0.0.1');
  const sentinel = await startSentinel({ certificate });
  try {
    await expectSession({
      REDIS_URL: 'rediss://redis',
      REDIS_SENTINELS: await addressesOf(sentinel.sentinels, '127.0.0.1'),
      REDIS_SENTINEL_MASTER: sentinel.name,
    });
  } finally {
    await sentinel.stop();
  }
});

it("a Cluster's nodes are talked to over TLS by their names, which their certificate vouches for", async () => {
  certificate = await makeCertificate('DNS:localhost');
  const cluster = await startCluster({ certificate });
  try {
    await expectSession({
      REDIS_URL: 'rediss://redis',
      REDIS_CLUSTER_NODES: await addressesOf(cluster.nodes, 'localhost'),
    });
  } finally {
    await cluster.stop();
  }
});

async function addressesOf(servers: readonly PrivateRedis[], host: string): Promise<string> {
  const ports = await Promise.all(servers.map(tlsPortOf));
  return ports.map((port) => `${host}:${port}`).join(',');
}

/** A session is written and read, and the cache hears of changes. */
async function expectSession(settings: NodeJS.ProcessEnv & { REDIS_URL: string }): Promise<void> {
  const gateway = await startGateway({ REDIS_TLS_CA_FILE: certificate.caFile, ...settings });
  try {
    const { body } = await eventually(async () => {
      const answer = await gateway.query<{ sessionStart: { token: string } }>(START);
      expect(answer.body.errors).toBeUndefined();
      return answer;
    });
    const headers = { authorization: `Bearer ${body.data!.sessionStart.token}` };
    const { body: read } = await gateway.query('{ session { isCurrent } }', { headers });
    expect(read).toEqual({ data: { session: { isCurrent: true } } });
    await eventually(async () => {
      expect(await (await fetch(`${gateway.url}/metrics`)).text()).toContain('\ngateway_cache_tracking 1\n');
    });
  } finally {
    await gateway.stop();
  }
}
