import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { PROMPT_REPLICATION, startRedis } from '../support/redisServer.js';
import { trackedStore } from '../support/trackedStore.js';
import type { TrackedStore } from '../support/trackedStore.js';

const KEY = 'product:1';

let servers: [PrivateRedis, PrivateRedis];
let sentinel: PrivateRedis;
const admins: Redis[] = [];
let reader: Redis;
let store: TrackedStore;

/** A master, its replica, and one Sentinel that decides alone. */
beforeAll(async () => {
  const master = await startRedis({ config: [PROMPT_REPLICATION] });
  const replica = await startRedis({ config: [`replicaof ${master.host} ${master.port}`, PROMPT_REPLICATION] });
  servers = [master, replica];
  for (const { url } of servers) admins.push(new Redis(url, { disconnectTimeout: 100 }));
  await eventually(async () => expect(await admins[1]!.info('replication')).toContain('master_link_status:up'));
  sentinel = await startRedis({
    sentinel: true,
    config: [
      `sentinel monitor shop ${master.host} ${master.port} 1`,
      'sentinel down-after-milliseconds shop 500',
      'sentinel failover-timeout shop 3000',
    ],
  });
  reader = new Redis({
    sentinels: [{ host: sentinel.host, port: sentinel.port }],
    name: 'shop',
    commandTimeout: 500,
    socketTimeout: 1_000,
    disconnectTimeout: 100,
    connectTimeout: 1_000,
    sentinelCommandTimeout: 500,
    retryStrategy: () => 50,
    failoverDetector: true,
    autoResendUnfulfilledCommands: false,
  });
  reader.on('error', (error) => readerErrors.push(error));
  store = trackedStore(reader);
  await store.untilReady();
}, 30_000);

/** While there is no master. */
const readerErrors: Error[] = [];

afterAll(async () => {
  await store.stop();
  for (const client of [reader, ...admins]) client.disconnect();
  await Promise.all([...servers, sentinel].map((server) => server.stop()));
});

it('follows the master to which Sentinel switches', async () => {
  await admins[0]!.hset(KEY, 'name', 'old');
  await eventually(async () => expect(await store.read(KEY)).toBe('old'));
  const asked = new Redis(sentinel.port, sentinel.host, { disconnectTimeout: 100 });
  await eventually(async () => expect(await asked.call('SENTINEL', 'REPLICAS', 'shop')).toHaveLength(1), 12_000);
  await asked.call('SENTINEL', 'FAILOVER', 'shop');
  asked.disconnect();
  await eventually(async () => expect((await admins[1]!.role())[0]).toBe('master'), 10_000);

  await eventually(() => expect(store.cache.stats.trackingLosses).toBeGreaterThan(0), 10_000);
  await store.untilReady();
  for (let i = 0; i < 100; i++) {
    await admins[1]!.hset(KEY, 'name', `v${i}`);
    await eventually(async () => expect(await store.read(KEY)).toBe(`v${i}`), 200);
  }
}, 40_000);

it('leaves a master that hangs, and does not believe it when it wakes', async () => {
  // Sentinel would get round to it, some ten seconds later.
  await admins[0]!.replicaof(servers[1].host, servers[1].port);
  await eventually(async () => expect(await admins[0]!.info('replication')).toContain('master_link_status:up'), 10_000);
  await eventually(async () => {
    await store.read(KEY);
    expect(store.cache.get(KEY)).toBe('v99');
  });

  await servers[1].kill('SIGSTOP');
  const hungAt = performance.now();
  await eventually(() => expect(store.cache.stats.tracking).toBe(false));
  const offMs = performance.now() - hungAt;
  expect(store.cache.getStale(KEY)).toBe('v99');

  await eventually(async () => expect((await admins[0]!.role())[0]).toBe('master'), 15_000);
  await admins[0]!.hset(KEY, 'name', 'after the failover');
  await store.untilReady(10_000);
  console.info(
    `hung master: off after ${offMs.toFixed(0)} ms, on again after ${(performance.now() - hungAt).toFixed(0)} ms`,
  );
  expect(await store.read(KEY)).toBe('after the failover');

  await servers[1].kill('SIGCONT');
  const lossesAtWaking = store.cache.stats.trackingLosses;
  for (const until = performance.now() + 1_000; performance.now() < until; await sleep(5)) {
    expect(await store.read(KEY)).toBe('after the failover');
  }
  expect(store.cache.stats).toMatchObject({ tracking: true, trackingLosses: lossesAtWaking });
}, 60_000);
