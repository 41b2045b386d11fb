import calculateSlot from 'cluster-key-slot';
import { loadConfig } from '../../src/config.js';
import { createRedisClient } from '../../src/redis/client.js';
import { defineScript, ScriptRunner } from '../../src/redis/scriptRunner.js';
import { askRedis, startCluster, type RedisCluster } from '../support/redisServer.js';
import { line, seen, startCarts, USER, type CartGateway } from './cartSetup.js';

/**
 * While a slot moves, a key that is not there could be on the other master, so a script that lets a key vanish and
 * then touches it breaks off in the middle: what it had written stays.
 */
describe('while their slot is moving, keys that become empty', () => {
  let cluster: RedisCluster;
  let gateway: CartGateway;

  beforeAll(async () => {
    cluster = await startCluster();
    gateway = await startCarts({ REDIS_CLUSTER_NODES: nodes() });
  }, 30_000);
  afterAll(async () => {
    gateway.stop();
    await cluster.stop();
  });

  const nodes = () => cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');

  it('do not keep a cart from being cleared', async () => {
    await gateway.writer.addLines([line('prod_1', 2)], { owner: USER }, gateway.scope());
    await beginToMove('cart:u1:s1');
    const { content, userErrors } = await gateway.writer.clear({ owner: USER }, gateway.scope());
    expect({ userErrors, totalItems: content?.cart.totalItems }).toEqual({ userErrors: [], totalItems: 0 });
    const { hash, elements } = await seen(gateway.client, 'cart:u1:s1');
    expect(hash).toMatchObject({ total_items: '0', total_amount: '0.00', version: '2' });
    expect(elements).toEqual([]);
  });

  it.each([
    ['viewSession', 'rec:session:s1:viewed', ['prod_1', 20, 60], 'lrange', ['prod_1']],
    ['viewRecent', 'recent_views:u1', ['prod_1', 7, 1704902400, 10, 60], 'zrange', ['prod_1:7']],
  ] as const)('take the same view again: %s', async (name, key, args, range, stored) => {
    if (range === 'zrange') await gateway.client.zadd(key, 1, 'prod_1:3');
    else await gateway.client.lpush(key, 'prod_1');
    await beginToMove(key);
    await runScript(name, key, args);
    const { client } = gateway;
    expect(await (range === 'zrange' ? client.zrange(key, '0', '-1') : client.lrange(key, 0, -1))).toEqual(stored);
  });

  it("do not keep a user's last sessions from being taken off the list", async () => {
    await gateway.client.sadd('user_sessions:u1', 'a', 'b');
    await beginToMove('user_sessions:u1');
    expect(await runScript('sessionListRemove', 'user_sessions:u1', ['b', 'a', 'c'])).toBe(2);
  });

  async function runScript(name: string, key: string, args: readonly (string | number)[]): Promise<unknown> {
    const { redis } = loadConfig({ REDIS_CLUSTER_NODES: nodes() });
    const client = createRedisClient(redis, 'writes');
    await new Promise((resolve) => client.once('ready', resolve));
    const runner = new ScriptRunner(client, redis);
    return runner
      .run(defineScript(name, { keys: 1 }), [key], args, gateway.scope().deadline)
      .finally(() => client.disconnect());
  }

  /** The slot stays with its owner, half on its way. */
  async function beginToMove(key: string): Promise<void> {
    const slot = String(calculateSlot(key));
    type Range = [from: number, to: number, master: [host: string, port: number]];
    const ranges = (await askRedis(cluster.masters[0]!, 'CLUSTER', 'SLOTS')) as Range[];
    const [, , [, port]] = ranges.find(([from, to]) => from <= Number(slot) && Number(slot) <= to)!;
    const owner = cluster.masters.find((master) => master.port === port)!;
    const other = cluster.masters.find((master) => master !== owner)!;
    await askRedis(other, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(await askRedis(owner, 'CLUSTER', 'MYID')));
    await askRedis(owner, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(await askRedis(other, 'CLUSTER', 'MYID')));
  }
});
