import { Cluster, Redis } from 'ioredis';
import { askRedis, startCluster, startSentinel } from '../support/redisServer.js';
import { eventually } from '../support/eventually.js';

describe('a local Redis Cluster', () => {
  it('serves keys of all slots within five seconds of its start', async () => {
    const startedAt = performance.now();
    const cluster = await startCluster({ masters: 3 });
    try {
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(cluster.nodes).toHaveLength(3);
      const client = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
      const keys = Array.from({ length: 50 }, (_, index) => `key:${index}`);
      await Promise.all(keys.map((key) => client.set(key, key)));
      expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
      client.disconnect();

      const sizes = await Promise.all(cluster.masters.map((master) => askRedis(master, 'DBSIZE')));
      expect(sizes.map(Number).every((size) => size > 0)).toBe(true);
    } finally {
      await cluster.stop();
    }
  });

  it('gives each master a replica that takes over when the master is killed', async () => {
    const cluster = await startCluster({ masters: 3, replicas: 1 });
    try {
      const replica = cluster.replicas[0];
      if (!replica) throw new Error('no replica was started');
      await cluster.masters[0]?.kill();
      await eventually(async () => {
        expect(await askRedis(replica, 'ROLE')).toContain('master');
        expect(String(await askRedis(replica, 'CLUSTER', 'INFO'))).toContain('cluster_state:ok');
      }, 10_000);
    } finally {
      await cluster.stop();
    }
  });
});

describe('a local Sentinel', () => {
  it('names the master, and the replica once the master hangs', async () => {
    const sentinel = await startSentinel();
    try {
      expect(await sentinel.masterPort()).toBe(sentinel.master.port);
      await sentinel.master.kill('SIGSTOP');
      await eventually(async () => expect(await sentinel.masterPort()).toBe(sentinel.replica.port), 10_000);

      const client = new Redis({
        sentinels: sentinel.sentinels.map(({ host, port }) => ({ host, port })),
        name: 'shop',
      });
      expect(await client.set('k', 'v')).toBe('OK');
      client.disconnect();
    } finally {
      await sentinel.stop();
    }
  });
});
