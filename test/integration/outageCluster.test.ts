import calculateSlot from 'cluster-key-slot';
import type { Cluster } from 'ioredis';
import { loadConfig } from '../../src/config.js';
import { createRedisClient } from '../../src/redis/client.js';
import { CommandRunner, type Reply } from '../../src/redis/commandRunner.js';
import { eventually } from '../support/eventually.js';
import { startCluster, type RedisCluster } from '../support/redisServer.js';

// One hung master of three: its keys fail, at once after the first time, and all others are read as ever.

let servers: RedisCluster;
let client: Cluster;
let runner: CommandRunner;
const suspected: string[] = [];

beforeAll(async () => {
  // A failover takes its time, so that what happens until then can be seen.
  servers = await startCluster({ nodeTimeoutMs: 15_000 });
  const nodes = servers.nodes.map(({ host, port }) => `${host}:${port}`).join();
  client = createRedisClient(loadConfig({ REDIS_CLUSTER_NODES: nodes }).redis, 'reads') as Cluster;
  client.on('error', () => undefined);
  runner = new CommandRunner(client, { maxQueuedCommands: 1_000, onSuspect: (node) => suspected.push(node) });
  await eventually(() => expect(client.status).toBe('ready'));
}, 30_000);

afterAll(async () => {
  runner.close();
  client.disconnect();
  await servers.stop();
});

it('is suspected alone, and trusted again as soon as it answers', async () => {
  const hung = servers.masters[0]!;
  const keys = Array.from({ length: 60 }, (_, index) => `product:${index}`);
  const isOnHung = (key: string): boolean => client.slots[calculateSlot(key)]?.[0] === `${hung.host}:${hung.port}`;
  const lost = keys.filter(isOnHung).length;
  expect(lost).toBeGreaterThan(5);
  expect(await failuresAmong(keys)).toBe(0);

  await hung.kill('SIGSTOP');
  const [first, second] = [await timed(keys), await timed(keys)];
  expect([first.failures, second.failures]).toEqual([lost, lost]);
  expect(suspected).toEqual([`${hung.host}:${hung.port}`]);
  expect(first.ms).toBeLessThan(1_000);
  expect(second.ms).toBeLessThan(250);

  await hung.kill('SIGCONT');
  const resumedAt = performance.now();
  await eventually(async () => expect(await failuresAmong(keys)).toBe(0));
  const backMs = performance.now() - resumedAt;
  console.info(
    `one hung master of three: ${first.ms.toFixed(0)} ms, then ${second.ms.toFixed(0)} ms, back after ${backMs.toFixed(0)} ms`,
  );
  expect(backMs).toBeLessThan(1_000);
});

async function timed(keys: readonly string[]): Promise<{ failures: number; ms: number }> {
  const startedAt = performance.now();
  return { failures: await failuresAmong(keys), ms: performance.now() - startedAt };
}

async function failuresAmong(keys: readonly string[]): Promise<number> {
  const replies = await runner.read(keys.map((key) => ['hmget', key, 'id']));
  return replies.filter((reply: Reply) => reply instanceof Error).length;
}
