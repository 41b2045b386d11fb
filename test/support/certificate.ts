import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/freePort.js';

/** A certificate that nobody knows but who is given it as the authority's. */
export interface Certificate {
  /** Both the certificate and the authority that signed it. */
  readonly caFile: string;
  /** Lines of a `redis.conf` for a server that speaks TLS on a port of its own, to clients and to other servers. */
  serverConfig(): Promise<string[]>;
  remove(): Promise<void>;
}

/** @param names what the certificate vouches for, as OpenSSL writes it: `DNS:localhost`, `IP:127.0.0.1`. */
export async function makeCertificate(...names: readonly [string, ...string[]]): Promise<Certificate> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-tls-'));
  const caFile = join(dir, 'certificate.pem');
  const keyFile = join(dir, 'key.pem');
  const subject = ['-subj', '/CN=shop', '-addext', `subjectAltName=${names.join(',')}`];
  const files = ['-keyout', keyFile, '-out', caFile];
  const { status, stderr } = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'].concat(subject, files),
  );
  if (status !== 0) throw new Error(`openssl made no certificate: ${String(stderr)}`);
  return {
    caFile,
    serverConfig: async () => [
      `tls-port ${await freePort()}`,
      `tls-cert-file ${caFile}`,
      `tls-ca-cert-file ${caFile}`,
      `tls-key-file ${keyFile}`,
      'tls-auth-clients no',
      'tls-replication yes',
    ],
    remove: () => rm(dir, { recursive: true }),
  };
}
