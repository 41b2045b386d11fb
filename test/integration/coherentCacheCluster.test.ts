import { Cluster, Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redisServer.js';
import { trackedStore } from '../support/trackedStore.js';
import type { TrackedStore } from '../support/trackedStore.js';

const SLOTS = 16_384;
/** Of a slot of the first master. */
const KEY = 'product:{06S}';

interface ClusterNode {
  readonly server: PrivateRedis;
  readonly admin: Redis;
}

const nodes: ClusterNode[] = [];
let first: ClusterNode;
let second: ClusterNode;
let replica: ClusterNode;
let reader: Cluster;
let store: TrackedStore;

beforeAll(async () => {
  const masters = await Promise.all([startNode(), startNode(), startNode()]);
  [first, second, replica] = [masters[0], masters[1], await startNode()];
  await formCluster(masters, replica);

  reader = new Cluster(
    nodes.map(({ server: { host, port } }) => ({ host, port })),
    { redisOptions: { commandTimeout: 1_000, disconnectTimeout: 100 } },
  );
  store = trackedStore(reader);
  await store.untilReady();
}, 40_000);

afterAll(async () => {
  await store.stop();
  reader.disconnect();
  for (const { admin } of nodes) admin.disconnect();
  await Promise.all(nodes.map(({ server }) => server.stop()));
});

it('hears of changes on every master', async () => {
  const keys = Array.from({ length: 30 }, (_, i) => `product:${i}`);
  for (const key of keys) await store.read(key);
  expect(store.cache.stats.entries).toBe(30);
  for (const key of keys) await reader.hset(key, 'name', 'chair');

  await eventually(async () => {
    for (const key of keys) expect(await store.read(key)).toBe('chair');
  }, 100);
});

it('renews tracking after a failover, even when the old master lives on, silent, and nobody reads', async () => {
  // As a replica it would announce what it replicates; with this it is cut off from the new master.
  await first.admin.config('SET', 'masterauth', 'refused');
  await reader.hset(KEY, 'name', 'old');
  await eventually(async () => expect(await store.read(KEY)).toBe('old'));
  const losses = store.cache.stats.trackingLosses;

  await replica.admin.call('CLUSTER', 'FAILOVER');
  await eventually(async () => expect((await replica.admin.role())[0]).toBe('master'));
  const failedOverAt = performance.now();
  await eventually(() => expect(store.cache.stats.trackingLosses).toBeGreaterThan(losses), 2_000);
  console.info(`the failover was noticed after ${(performance.now() - failedOverAt).toFixed(0)} ms`);

  // Its master's silence hides nothing: each change is seen at once, with the cache on.
  await store.untilReady();
  for (let i = 0; i < 100; i++) {
    await replica.admin.hset(KEY, 'name', `v${i}`);
    await eventually(async () => expect(await store.read(KEY)).toBe(`v${i}`), 200);
  }
});

it('is off when a master has died, with stale values at hand, and on again with its successor', async () => {
  await first.admin.config('SET', 'masterauth', '');
  await eventually(async () => expect(await first.admin.info('replication')).toContain('master_link_status:up'));
  await eventually(async () => {
    await store.read(KEY);
    expect(store.cache.get(KEY)).toBe('v99');
  });

  await replica.server.kill();
  await eventually(() => expect(store.cache.stats.tracking).toBe(false));
  expect(store.cache.get(KEY)).toBeUndefined();
  expect(store.cache.getStale(KEY)).toBe('v99');

  await eventually(async () => expect((await first.admin.role())[0]).toBe('master'), 10_000);
  await first.admin.hset(KEY, 'name', 'after the failover');
  await eventually(async () => {
    expect(await store.read(KEY)).toBe('after the failover');
    expect(store.cache.get(KEY)).toBe('after the failover');
  }, 10_000);
}, 30_000);

it('renews tracking when a slot moves', async () => {
  const losses = store.cache.stats.trackingLosses;
  const [owner, taker] = [first, second];
  const [ownerId, takerId] = await Promise.all([owner, taker].map(({ admin }) => admin.call('CLUSTER', 'MYID')));
  // A slot without keys, so that there is nothing to migrate. One that was not importing it would not raise its epoch,
  // and the owner would take the slot back.
  // Each refuses until it has heard of the failover.
  await eventually(() => taker.admin.call('CLUSTER', 'SETSLOT', '1', 'IMPORTING', ownerId as string));
  await eventually(() => owner.admin.call('CLUSTER', 'SETSLOT', '1', 'MIGRATING', takerId as string));
  for (const { admin } of [taker, owner]) await admin.call('CLUSTER', 'SETSLOT', '1', 'NODE', takerId as string);
  await eventually(() => expect(store.cache.stats.trackingLosses).toBeGreaterThan(losses));
  await store.untilReady();
  expect(store.losses.join()).toContain('the slots changed');
});

async function startNode(): Promise<ClusterNode> {
  const server = await startRedis({ config: ['cluster-enabled yes', 'cluster-node-timeout 1000'] });
  const admin = new Redis(server.url, { disconnectTimeout: 100, retryStrategy: () => 100 });
  // Of the one that is killed.
  admin.on('error', () => undefined);
  const node = { server, admin };
  nodes.push(node);
  return node;
}

/** The masters share the slots evenly; the replica is the first one's. */
async function formCluster(masters: readonly ClusterNode[], replicaOfFirst: ClusterNode): Promise<void> {
  for (const [at, { admin }] of masters.entries()) {
    const from = Math.ceil((at * SLOTS) / masters.length);
    const to = Math.ceil(((at + 1) * SLOTS) / masters.length) - 1;
    await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  const [{ admin: firstAdmin }] = masters as [ClusterNode];
  for (const { server, admin } of nodes) {
    const [, busPort] = (await admin.config('GET', 'cluster-port')) as [string, string];
    await firstAdmin.call('CLUSTER', 'MEET', server.host, server.port, busPort);
  }
  const firstId = (await firstAdmin.call('CLUSTER', 'MYID')) as string;
  await eventually(() => replicaOfFirst.admin.call('CLUSTER', 'REPLICATE', firstId), 10_000);
  await eventually(async () => {
    for (const { admin } of nodes) expect(await admin.cluster('INFO')).toContain('cluster_state:ok');
    expect(await replicaOfFirst.admin.info('replication')).toContain('master_link_status:up');
  }, 15_000);
}
