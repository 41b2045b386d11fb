import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { askRedis } from '../support/redisServer.js';
import { moveSlotsOfCarts } from './reshard.js';
import type { Fault } from './storm.js';
import { startClusterWorld, type ClusterWorld } from './worlds.js';

const FAILED_OVER_WITHIN_MS = 15_000;
const REPLICA_AGAIN_WITHIN_MS = 30_000;
const LEFT_BEHIND_FOR_MS = 700;

type Nodes = readonly PrivateRedis[];

/** Each time another master dies; it comes back as the replica of its successor. */
export const masterKilled = (name: string, settings: NodeJS.ProcessEnv): Fault<ClusterWorld> => ({
  name: `Cluster, kill -9 of a master, ${name}`,
  start: () => startClusterWorld(settings),
  async strike({ cluster: { nodes } }, turn) {
    const victim = await masterAt(turn, nodes);
    const since = performance.now();
    await replaceKilled(victim, nodes);
    return since;
  },
});

/** The same, after the replica has lost its master for a while and all that was acknowledged meanwhile. */
export const replicaLeftBehind = (name: string, settings: NodeJS.ProcessEnv): Fault<ClusterWorld> => ({
  name,
  start: () => startClusterWorld(settings),
  async strike({ cluster: { nodes } }, turn) {
    const victim = await masterAt(turn, nodes);
    const replica = await replicaOf(victim, nodes);
    await askRedis(replica, 'CONFIG', 'SET', 'masteruser', 'nobody', 'masterauth', 'wrong');
    await askRedis(victim, 'CLIENT', 'KILL', 'TYPE', 'REPLICA');
    await sleep(LEFT_BEHIND_FOR_MS);
    const since = performance.now();
    await replaceKilled(victim, nodes);
    await askRedis(replica, 'CONFIG', 'SET', 'masteruser', '', 'masterauth', '');
    return since;
  },
});

/** As an operator does it before maintenance: the replica takes over once it has everything. */
export const plannedFailover: Fault<ClusterWorld> = {
  name: 'Cluster, planned failover',
  start: () => startClusterWorld(),
  async strike({ cluster: { nodes } }, turn) {
    const replica = await replicaOf(await masterAt(turn, nodes), nodes);
    await askRedis(replica, 'CLUSTER', 'FAILOVER');
    await eventually(async () => {
      if (!(await mastersOf(nodes)).includes(replica)) throw new Error('no failover yet');
    }, FAILED_OVER_WITHIN_MS);
    return performance.now();
  },
};

/** Half of the slots in which carts are go to another master, and the next time on to a third, while they are written. */
export const resharding: Fault<ClusterWorld> = {
  name: 'Cluster, resharding',
  start: () => startClusterWorld(),
  async strike({ redis }) {
    await moveSlotsOfCarts(redis);
    return performance.now();
  },
};

/** Resolves when the node follows its master again. */
export async function untilReplica(node: PrivateRedis): Promise<void> {
  await eventually(async () => {
    const info = String(await askRedis(node, 'INFO', 'replication'));
    if (!info.includes('master_link_status:up')) throw new Error('not a replica yet');
  }, REPLICA_AGAIN_WITHIN_MS);
}

/** It must not start before it has a successor: it would come back as master, and empty. */
async function replaceKilled(victim: PrivateRedis, nodes: Nodes): Promise<void> {
  const others = nodes.filter((node) => node !== victim);
  const before = (await mastersOf(nodes)).length;
  await victim.kill('SIGKILL');
  await eventually(async () => {
    if ((await mastersOf(others)).length < before) throw new Error('no failover yet');
    for (const node of others)
      if (!String(await askRedis(node, 'CLUSTER', 'INFO')).includes('cluster_state:ok')) throw new Error('not whole');
  }, FAILED_OVER_WITHIN_MS);
  await victim.restart();
  await untilReplica(victim);
}

async function masterAt(turn: number, nodes: Nodes): Promise<PrivateRedis> {
  const masters = await mastersOf(nodes);
  return masters[turn % masters.length]!;
}

async function mastersOf(nodes: Nodes): Promise<PrivateRedis[]> {
  const roles = await Promise.all(nodes.map((node) => askRedis(node, 'ROLE') as Promise<[string]>));
  return nodes.filter((_, index) => roles[index]![0] === 'master');
}

async function replicaOf(master: PrivateRedis, nodes: Nodes): Promise<PrivateRedis> {
  const [, , replicas] = (await askRedis(master, 'ROLE')) as [string, number, [string, string][]];
  const port = Number(replicas[0]?.[1]);
  const replica = nodes.find((node) => node.port === port);
  if (!replica) throw new Error('the master has no replica');
  return replica;
}
