import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../src/demo/privateRedis.js';
import type { PrivateRedis, PrivateRedisOptions } from '../../src/demo/privateRedis.js';
import type { Certificate } from './certificate.js';
import { eventually } from './eventually.js';

const SLOTS = 16_384;
const SET_UP_WITHIN_MS = 15_000;
// By default a master waits five seconds for more replicas before it sends its data to the first one.
export const PROMPT_REPLICATION = 'repl-diskless-sync-delay 0';

/** A redis-server of the test's own; the caller stops it. */
export function startRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  return startPrivateRedis(options);
}

/** Sends one command on a connection of its own, outside any proxy; numbers and lists as ioredis gives them. */
export async function askRedis(redis: { readonly url: string }, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(redis.url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  // Without a listener ioredis logs the error that connect and the command report anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    // On a connection that never came to be, ioredis would still wait two seconds for its end.
    if (client.status !== 'end') client.disconnect();
  }
}

/** Where a server that was started with a certificate speaks TLS. */
export async function tlsPortOf({ dir }: PrivateRedis): Promise<number> {
  const [, port] = /^tls-port (\d+)$/m.exec(await readFile(join(dir, 'redis.conf'), 'utf8')) ?? [];
  if (port === undefined) throw new Error('this server speaks no TLS');
  return Number(port);
}

export interface RedisCluster {
  /** All nodes, the first masters first; failovers change who is what. */
  readonly nodes: readonly PrivateRedis[];
  readonly masters: readonly PrivateRedis[];
  /** The replica at an index belongs to the master at that index. Empty with `replicas: 0`. */
  readonly replicas: readonly PrivateRedis[];
  stop(): Promise<void>;
}

export interface RedisClusterOptions {
  /** Default 3. */
  readonly masters?: number;
  /** Replicas of each master. Default 0. */
  readonly replicas?: 0 | 1;
  /** After how long without an answer a node counts as failing. Default 1000. */
  readonly nodeTimeoutMs?: number;
  /** For each node, such as `{ appendonly: true, appendfsync: 'always' }`. */
  readonly node?: PrivateRedisOptions;
  /** The nodes speak TLS with one another, and are known to clients as `localhost`. */
  readonly certificate?: Certificate;
}

/** Starts a Redis Cluster of local processes and waits until all nodes agree that it is whole. */
export async function startCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const masterCount = options.masters ?? 3;
  const config = [
    'cluster-enabled yes',
    `cluster-node-timeout ${options.nodeTimeoutMs ?? 1_000}`,
    PROMPT_REPLICATION,
    ...(options.certificate
      ? ['tls-cluster yes', 'cluster-announce-hostname localhost', 'cluster-preferred-endpoint-type hostname']
      : []),
    ...(options.node?.config ?? []),
  ];
  const count = masterCount * (1 + (options.replicas ?? 0));
  const nodes = await startAll(count, { ...options.node, config }, options.certificate);
  const masters = nodes.slice(0, masterCount);
  const replicas = nodes.slice(masterCount);

  return orStopAll(nodes, async () => {
    await Promise.all(masters.map((master, index) => takeSlots(master, index, masterCount)));
    await introduce(nodes);
    await Promise.all(replicas.map((replica, index) => replicate(replica, masters[index])));
    await eventually(async () => {
      for (const node of nodes) expectText(await askRedis(node, 'CLUSTER', 'INFO'), 'cluster_state:ok');
      for (const replica of replicas) expectText(await askRedis(replica, 'INFO'), 'master_link_status:up');
    }, SET_UP_WITHIN_MS);
    return { nodes, masters, replicas, stop: () => stopAll(nodes) };
  });
}

export interface RedisSentinel {
  /** The name under which the sentinels watch the master. */
  readonly name: string;
  /** The master at first; a failover changes that. */
  readonly master: PrivateRedis;
  readonly replica: PrivateRedis;
  readonly sentinels: readonly PrivateRedis[];
  /** Where the sentinels think the master is now. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

export interface RedisSentinelOptions {
  /** After how long without an answer the master counts as down. Default 500. */
  readonly downAfterMs?: number;
  /** For master and replica. */
  readonly node?: PrivateRedisOptions;
  /** All of them speak TLS with one another, and tell clients the ports of that. */
  readonly certificate?: Certificate;
}

/** Starts a master, a replica and three sentinels (two make a majority), and waits until they all know one another. */
export async function startSentinel(options: RedisSentinelOptions = {}): Promise<RedisSentinel> {
  const { certificate } = options;
  const name = 'shop';
  const node = { ...options.node, config: [PROMPT_REPLICATION, ...(options.node?.config ?? [])] };
  const started: PrivateRedis[] = [];

  return orStopAll(started, async () => {
    const master = await startWith(node, certificate);
    started.push(master);
    const masterPort = certificate ? await tlsPortOf(master) : master.port;
    const replica = await startWith(
      { ...node, config: [...node.config, `replicaof ${master.host} ${masterPort}`] },
      certificate,
    );
    started.push(replica);
    await eventually(async () => expectText(await askRedis(replica, 'INFO'), 'master_link_status:up'));

    const config = [
      `sentinel monitor ${name} ${master.host} ${masterPort} 2`,
      `sentinel down-after-milliseconds ${name} ${options.downAfterMs ?? 500}`,
      `sentinel failover-timeout ${name} 3000`,
    ];
    const sentinels = await startAll(3, { sentinel: true, config }, certificate);
    started.push(...sentinels);
    await eventually(async () => {
      for (const sentinel of sentinels) {
        expectText(await askRedis(sentinel, 'INFO', 'sentinel'), 'status=ok', 'slaves=1', 'sentinels=3');
      }
    }, SET_UP_WITHIN_MS);

    return {
      name,
      master,
      replica,
      sentinels,
      async masterPort() {
        const [asked] = sentinels;
        if (!asked) throw new Error('no sentinel was started');
        const address = (await askRedis(asked, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as [string, string];
        return Number(address[1]);
      },
      stop: () => stopAll(started),
    };
  });
}

async function startWith(options: PrivateRedisOptions, certificate?: Certificate): Promise<PrivateRedis> {
  if (!certificate) return startPrivateRedis(options);
  return startPrivateRedis({ ...options, config: [...(await certificate.serverConfig()), ...(options.config ?? [])] });
}

async function startAll(
  count: number,
  options: PrivateRedisOptions,
  certificate?: Certificate,
): Promise<PrivateRedis[]> {
  const starts = await Promise.allSettled(Array.from({ length: count }, () => startWith(options, certificate)));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) return running;
  await stopAll(running);
  throw failed.reason;
}

async function orStopAll<T>(nodes: readonly PrivateRedis[], setUp: () => Promise<T>): Promise<T> {
  try {
    return await setUp();
  } catch (error) {
    await stopAll(nodes);
    throw error;
  }
}

async function stopAll(nodes: readonly PrivateRedis[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
}

/** The masters share all slots, in ranges of about the same length. */
async function takeSlots(master: PrivateRedis, index: number, masterCount: number): Promise<void> {
  const bound = (at: number): number => Math.floor((at * SLOTS) / masterCount);
  await askRedis(master, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  await askRedis(master, 'CLUSTER', 'ADDSLOTSRANGE', String(bound(index)), String(bound(index + 1) - 1));
}

async function introduce([first, ...others]: readonly PrivateRedis[]): Promise<void> {
  if (!first) return;
  const all = [first, ...others];
  for (const other of others) {
    await askRedis(first, 'CLUSTER', 'MEET', other.host, String(other.port), await busPort(other));
  }
  await eventually(async () => {
    for (const node of all) expectText(await askRedis(node, 'CLUSTER', 'INFO'), `cluster_known_nodes:${all.length}`);
  }, SET_UP_WITHIN_MS);
}

async function busPort(node: PrivateRedis): Promise<string> {
  const [, port] = (await askRedis(node, 'CONFIG', 'GET', 'cluster-port')) as [string, string];
  return port;
}

async function replicate(replica: PrivateRedis, master: PrivateRedis | undefined): Promise<void> {
  if (!master) throw new Error('a replica without a master');
  await askRedis(replica, 'CLUSTER', 'REPLICATE', String(await askRedis(master, 'CLUSTER', 'MYID')));
}

function expectText(answer: unknown, ...parts: string[]): void {
  const missing = parts.filter((part) => !String(answer).includes(part));
  if (missing.length > 0) throw new Error(`not there yet: ${missing.join(', ')}`);
}
