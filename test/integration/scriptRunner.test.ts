import { createHash } from 'node:crypto';
import { loadConfig, type Config } from '../../src/config.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ScriptRunner, type Script } from '../../src/redis/scriptRunner.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { PROMPT_REPLICATION, askRedis, startCluster, startRedis, type RedisCluster } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';

/** Adds an operation to a set, so that a repeat changes nothing, and answers how many there are. */
const REMEMBER = scriptOf(`#!lua
redis.call('SADD', KEYS[1], ARGV[1])
return redis.call('SCARD', KEYS[1])`);

describe('on one node', () => {
  let redis: PrivateRedis;
  let proxy: TcpProxy;
  let client: RedisClient;
  let runner: ScriptRunner;

  beforeAll(async () => {
    redis = await startRedis({ config: [PROMPT_REPLICATION] });
    proxy = await startTcpProxy(redis);
    client = createRedisClient(settingsFor({ REDIS_URL: proxy.url }), 'writes');
    client.on('error', () => undefined);
    runner = runnerOf(client);
  });
  afterAll(async () => {
    client.disconnect();
    await proxy.stop();
    await redis.stop();
  });
  beforeEach(async () => {
    await askRedis(redis, 'FLUSHALL');
    proxy.reset();
  });

  it('sends the text only where Redis does not know the script', async () => {
    await askRedis(redis, 'SCRIPT', 'FLUSH');
    await expect(remember('a')).resolves.toBe(1);
    await expect(remember('b')).resolves.toBe(2);
    expect(proxy.commands.map(([name]) => name)).toEqual(['EVALSHA', 'EVAL', 'EVALSHA']);
  });

  it('sends all scripts of one turn in one round trip', async () => {
    await remember('warm');
    proxy.reset();
    proxy.delay(5);
    await Promise.all(Array.from({ length: 50 }, (_, i) => remember(`op${i}`)));
    proxy.delay(0);
    expect(proxy.waves).toBe(1);
    expect(proxy.commands).toHaveLength(50);
  });

  it('survives a cut connection by sending the same arguments again', async () => {
    const running = Array.from({ length: 50 }, (_, i) => remember(`op${i}`));
    proxy.cutAll();
    await Promise.all(running);
    await expect(askRedis(redis, 'SCARD', 'ops')).resolves.toBe(50);
  });

  it('sends again what was done but whose answer was lost', async () => {
    proxy.dropReplies(true);
    const running = remember('only once');
    await eventually(async () => expect(await askRedis(redis, 'SCARD', 'ops')).toBe(1));
    proxy.dropReplies(false);
    await expect(running).resolves.toBe(1);
    expect(proxy.commands.length).toBeGreaterThan(1);
  });

  it('fails at once while Redis has been away for longer than a blip, and recovers by itself', async () => {
    await proxy.refuse(true);
    proxy.cutAll();
    await expect(remember('unheard')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(remember('unheard')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const start = performance.now();
    await expect(remember('unheard')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(100);
    await proxy.refuse(false);
    await eventually(() => remember('heard'), 1_000);
  });

  it('answers by the deadline while Redis hangs', async () => {
    proxy.freeze(true);
    const start = performance.now();
    await expect(remember('late', 300)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(400);
    proxy.freeze(false);
    await eventually(() => remember('in time'));
  });

  it('hands on an error that the script itself raises, without a second try', async () => {
    await askRedis(redis, 'SET', 'ops', 'no set');
    await expect(remember('a')).rejects.toThrow('WRONGTYPE');
    expect(proxy.commands.length).toBeLessThanOrEqual(2);
  });

  it('does not wait where Redis is out of memory', async () => {
    await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '1');
    const start = performance.now();
    await expect(remember('a')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(200);
    await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '0');
  });

  it('acknowledges nothing before as many replicas as asked for have it', async () => {
    const strict = runnerOf(client, 1);
    await expect(strict.run(REMEMBER, ['ops'], ['a'], within(900))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    const replica = await startRedis({
      config: [`replicaof ${redis.host} ${redis.port}`, PROMPT_REPLICATION],
    });
    try {
      await eventually(async () => expect(await askRedis(replica, 'INFO')).toContain('master_link_status:up'), 15_000);
      await eventually(() => strict.run(REMEMBER, ['ops'], ['a'], within(900)), 15_000);
      expect(await askRedis(replica, 'SCARD', 'ops')).toBe(1);
      // A replica that has no time may be late for one WAIT, and then all is sent again.
      await eventually(async () => {
        proxy.reset();
        await Promise.all(['b', 'c', 'd'].map((id) => strict.run(REMEMBER, ['ops'], [id], within(900))));
        expect(proxy.commands.map(([name]) => name)).toEqual(['EVALSHA', 'EVALSHA', 'EVALSHA', 'WAIT']);
      });
    } finally {
      await replica.stop();
    }
  }, 45_000);

  const remember = (id: string, timeoutMs = 900) => runner.run(REMEMBER, ['ops'], [id], within(timeoutMs));
});

describe('on a Cluster', () => {
  let cluster: RedisCluster;
  let client: RedisClient;
  let runner: ScriptRunner;

  beforeAll(async () => {
    cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
    client = createRedisClient(settingsFor({ REDIS_CLUSTER_NODES: nodes }), 'writes');
    runner = runnerOf(client);
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  it('finds the owner of every key', async () => {
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, i) => runner.run(REMEMBER, [`ops${i}`], ['a'], within(2_000))),
    );
    expect(replies).toEqual(Array.from({ length: 100 }, () => 1));
  });

  it('follows a slot that is on its way to another master, and one that has arrived', async () => {
    const slot = 'ops' + '{moving}';
    const number = String(await askRedis(cluster.masters[0]!, 'CLUSTER', 'KEYSLOT', slot));
    const owner = await ownerOf(number);
    const target = cluster.masters.find((master) => master !== owner)!;
    const ids = new Map<PrivateRedis, string>();
    for (const node of [owner, target]) ids.set(node, String(await askRedis(node, 'CLUSTER', 'MYID')));
    await askRedis(target, 'CLUSTER', 'SETSLOT', number, 'IMPORTING', ids.get(owner)!);
    await askRedis(owner, 'CLUSTER', 'SETSLOT', number, 'MIGRATING', ids.get(target)!);

    await expect(runner.run(REMEMBER, [slot], ['asked'], within(2_000))).resolves.toBe(1);
    for (const node of [target, owner]) await askRedis(node, 'CLUSTER', 'SETSLOT', number, 'NODE', ids.get(target)!);
    await expect(runner.run(REMEMBER, [slot], ['moved'], within(2_000))).resolves.toBe(2);
    expect(await askRedis(target, 'SCARD', slot)).toBe(2);
  });

  async function ownerOf(slot: string): Promise<PrivateRedis> {
    for (const master of cluster.masters) {
      const count = await askRedis(master, 'GET', 'ops{moving}').catch((error: Error) => error.message);
      if (!String(count).startsWith('MOVED')) return master;
    }
    throw new Error(`nobody owns ${slot}`);
  }
});

const deadlines: Deadline[] = [];
afterAll(() => {
  for (const deadline of deadlines) deadline.clear();
});

function within(timeoutMs: number): Deadline {
  const deadline = new Deadline(timeoutMs);
  deadlines.push(deadline);
  return deadline;
}

function settingsFor(env: NodeJS.ProcessEnv): Config['redis'] {
  return loadConfig(env).redis;
}

function runnerOf(client: RedisClient, waitReplicas = 0): ScriptRunner {
  return new ScriptRunner(client, { maxQueuedCommands: 1_000, waitReplicas, waitTimeoutMs: 400 });
}

function scriptOf(text: string): Script {
  return { name: 'test', keyCount: 1, text, sha1: createHash('sha1').update(text).digest('hex') };
}
