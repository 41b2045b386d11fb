import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { askRedis } from '../support/redisServer.js';
import { moveSlotsOfCarts } from './reshard.js';
import type { Fault } from './storm.js';
import {
  startClusterWorld,
  startOneNode,
  startSentinelWorld,
  type ClusterWorld,
  type OneNode,
  type SentinelWorld,
} from './worlds.js';

/** Longer than a request may take, so that those under way end unknown. */
const LONGER_THAN_A_REQUEST_MS = 1_200;
const FAILED_OVER_WITHIN_MS = 15_000;
const REPLICA_AGAIN_WITHIN_MS = 30_000;

const now = (): number => performance.now();

export const connectionsCut: Fault<OneNode> = {
  name: 'connections cut',
  start: () => startOneNode(),
  async strike({ proxy }) {
    proxy.cutAll();
    return now();
  },
};

export const repliesDropped: Fault<OneNode> = {
  name: 'replies dropped',
  start: () => startOneNode(),
  async strike({ proxy }) {
    proxy.dropReplies(true);
    await sleep(100);
    proxy.dropReplies(false);
    return now();
  },
};

/** `kill -9` of a Redis that keeps what the settings say. */
export const killed = (name: string, persistence: Parameters<typeof startOneNode>[0]): Fault<OneNode> => ({
  name: `kill -9, ${name}`,
  start: () => startOneNode(persistence),
  async strike({ server }) {
    await server.kill('SIGKILL');
    await server.restart();
    return now();
  },
});

export const paused: Fault<OneNode> = {
  name: 'CLIENT PAUSE',
  start: () => startOneNode(),
  async strike({ server }, turn) {
    await askRedis(server, 'CLIENT', 'PAUSE', String(LONGER_THAN_A_REQUEST_MS), turn % 2 === 0 ? 'ALL' : 'WRITE');
    await sleep(LONGER_THAN_A_REQUEST_MS);
    return now();
  },
};

export const asleep: Fault<OneNode> = {
  name: 'DEBUG SLEEP',
  start: () => startOneNode(),
  async strike({ server }) {
    await askRedis(server, 'DEBUG', 'SLEEP', String(LONGER_THAN_A_REQUEST_MS / 1_000));
    return now();
  },
};

/**
 * The master's process stops and keeps its connections. It goes on once another one is master, and is a replica when
 * Sentinel has made it one: until then, some ten seconds, a second failover would promote what is out of date.
 */
export const masterHung: Fault<SentinelWorld> = {
  name: 'Sentinel, master hung',
  start: () => startSentinelWorld(),
  async strike({ sentinel }) {
    const hungPort = await sentinel.masterPort();
    const since = now();
    await nodesOf(sentinel)
      .find(({ port }) => port === hungPort)!
      .kill('SIGSTOP');
    await eventually(async () => {
      if ((await sentinel.masterPort()) === hungPort) throw new Error('no failover yet');
    }, FAILED_OVER_WITHIN_MS);
    return since;
  },
  async heal({ sentinel }) {
    const masterPort = await sentinel.masterPort();
    const hung = nodesOf(sentinel).find(({ port }) => port !== masterPort)!;
    await hung.kill('SIGCONT');
    await untilReplica(hung);
  },
};

const nodesOf = ({ master, replica }: SentinelWorld['sentinel']): readonly PrivateRedis[] => [master, replica];

/** Each time another master dies; it comes back as the replica of its successor. */
export const clusterFailover = (name: string, settings: NodeJS.ProcessEnv): Fault<ClusterWorld> => ({
  name: `Cluster, kill -9 of a master, ${name}`,
  start: () => startClusterWorld(settings),
  async strike({ cluster }, turn) {
    const masters = await mastersOf(cluster.nodes);
    const victim = masters[turn % masters.length]!;
    const since = now();
    await victim.kill('SIGKILL');
    await eventually(async () => {
      const others = cluster.nodes.filter((node) => node !== victim);
      if ((await mastersOf(others)).length < masters.length) throw new Error('no failover yet');
      for (const node of others)
        if (!String(await askRedis(node, 'CLUSTER', 'INFO')).includes('cluster_state:ok')) throw new Error('not whole');
    }, FAILED_OVER_WITHIN_MS);
    await victim.restart();
    await untilReplica(victim);
    return since;
  },
});

/** Half of the slots in which carts are go to another master and the next time on to a third, while they are written. */
export const resharding: Fault<ClusterWorld> = {
  name: 'Cluster, resharding',
  start: () => startClusterWorld(),
  async strike({ cluster, redis }) {
    await moveSlotsOfCarts(redis, cluster.masters);
    return now();
  },
};

async function untilReplica(node: PrivateRedis): Promise<void> {
  await eventually(async () => {
    const info = String(await askRedis(node, 'INFO', 'replication'));
    if (!info.includes('master_link_status:up')) throw new Error('not a replica yet');
  }, REPLICA_AGAIN_WITHIN_MS);
}

async function mastersOf(nodes: readonly PrivateRedis[]): Promise<PrivateRedis[]> {
  const roles = await Promise.all(nodes.map((node) => askRedis(node, 'ROLE') as Promise<[string]>));
  return nodes.filter((_, index) => roles[index]![0] === 'master');
}
