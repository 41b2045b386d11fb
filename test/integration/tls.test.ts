import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/freePort.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

/** A Redis that speaks TLS, with a certificate that nobody knows but who is given it as the authority's. */
const START = 'mutation { sessionStart { token } }';

let dir: string;
let redis: PrivateRedis;
let tlsPort: number;
const gateways: TestGateway[] = [];

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
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
  await redis.stop();
  await rm(dir, { recursive: true });
});

async function gatewayWith(env: NodeJS.ProcessEnv): Promise<TestGateway> {
  const gateway = await startGateway({ REDIS_URL: `rediss://127.0.0.1:${tlsPort}`, ...env });
  gateways.push(gateway);
  return gateway;
}

it('reads and writes over TLS by settings alone', async () => {
  const gateway = await gatewayWith({ REDIS_TLS_CA_FILE: join(dir, 'certificate.pem') });
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
  const gateway = await gatewayWith({});
  const { body } = await gateway.query(START);
  expect(body.errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNAVAILABLE');
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
});
