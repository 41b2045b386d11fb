import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/freePort.js';
import { loadConfig } from '../../src/config.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { createRedisClient } from '../../src/redis/client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

/** A Redis that speaks TLS, with a certificate that nobody knows but who is given it as the authority's. */
const START = 'mutation { sessionStart { token } }';

let dir: string;
let redis: PrivateRedis;
let tlsPort: number;
let gateway: TestGateway;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gateway-tls-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'certificate.pem'), '-days', '2'];
  const { status, stderr } = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...subject,
    ...made,
  ]);
  if (status !== 0) throw new Error(`openssl made no certificate: ${String(stderr)}`);
  tlsPort = await freePort();
  const certificate = ['cert-file', 'ca-cert-file'].map((name) => `tls-${name} ${join(dir, 'certificate.pem')}`);
  const key = `tls-key-file ${join(dir, 'key.pem')}`;
  redis = await startRedis({ config: [`tls-port ${tlsPort}`, ...certificate, key, 'tls-auth-clients no'] });
  gateway = await startGateway({
    REDIS_URL: `rediss://127.0.0.1:${tlsPort}`,
    REDIS_TLS_CA_FILE: join(dir, 'certificate.pem'),
  });
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
  await rm(dir, { recursive: true });
});

it('reads and writes over TLS by settings alone', async () => {
  const { body } = await eventually(async () => {
    const answer = await gateway.query<{ sessionStart: { token: string } }>(START);
    expect(answer.body.errors).toBeUndefined();
    return answer;
  });
  const headers = { authorization: `Bearer ${body.data!.sessionStart.token}` };
  const { body: read } = await gateway.query('{ session { isCurrent } }', { headers });
  expect(read).toEqual({ data: { session: { isCurrent: true } } });
});

it('does not talk to a server whose certificate it does not know', async () => {
  const client = createRedisClient(loadConfig({ REDIS_URL: `rediss://127.0.0.1:${tlsPort}` }).redis, 'test');
  const error = await new Promise((resolve) => client.once('error', resolve));
  // Between two attempts: ioredis lets the second error of one handshake go unheard, which ends a process.
  await new Promise((resolve) => client.once('reconnecting', resolve));
  client.disconnect();
  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
