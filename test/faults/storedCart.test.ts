import calculateSlot from 'cluster-key-slot';
import { loadConfig } from '../../src/config.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { askRedis, startCluster, type RedisCluster } from '../support/redisServer.js';
import { readCart } from './storedCart.js';

/** What the checker sees of a cart must be one moment's, or nothing: half a cart would look like a lost one. */
describe("the checker's look at a cart", () => {
  const KEY = 'cart:u1:s1';
  const LIST = `cart_items:{${KEY}}:1`;
  let cluster: RedisCluster;
  let client: RedisClient;

  beforeAll(async () => {
    cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
    client = createRedisClient(loadConfig({ REDIS_CLUSTER_NODES: nodes }).redis, 'checker');
    await client.hset(KEY, { cart_id: `{${KEY}}:1`, status: 'active' });
    await client.rpush(LIST, 'a line');
  }, 30_000);
  afterAll(async () => {
    client?.disconnect();
    await cluster?.stop();
  });

  it('fails while its slot moves and only half of it has arrived', async () => {
    expect((await readCart(client, KEY)).elements).toEqual(['a line']);
    const slot = String(calculateSlot(KEY));
    const [owner, other] = await ownerAndAnother();
    await askRedis(other, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(await askRedis(owner, 'CLUSTER', 'MYID')));
    await askRedis(owner, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(await askRedis(other, 'CLUSTER', 'MYID')));
    await askRedis(owner, 'MIGRATE', other.host, String(other.port), KEY, '0', '5000');
    await expect(readCart(client, KEY)).rejects.toThrow();

    await askRedis(owner, 'MIGRATE', other.host, String(other.port), LIST, '0', '5000');
    expect((await readCart(client, KEY)).elements).toEqual(['a line']);
  });

  async function ownerAndAnother(): Promise<[PrivateRedis, PrivateRedis]> {
    const holdings = await Promise.all(cluster.masters.map((master) => askRedis(master, 'KEYS', KEY)));
    const at = holdings.findIndex((keys) => Array.isArray(keys) && keys.length > 0);
    return [cluster.masters[at]!, cluster.masters[(at + 1) % cluster.masters.length]!];
  }
});
