import { Cluster } from 'ioredis';
import type { PrivateRedis, PrivateRedisOptions } from '../../src/demo/privateRedis.js';
import { loadConfig } from '../../src/config.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { eventually } from '../support/eventually.js';
import { startGateway } from '../support/gateway.js';
import {
  startCluster,
  startRedis,
  startSentinel,
  type RedisCluster,
  type RedisClusterOptions,
  type RedisSentinel,
} from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';
import { serviceSettings } from './shopApi.js';
import type { World } from './storm.js';

export interface OneNode extends World {
  readonly server: PrivateRedis;
  readonly proxy: TcpProxy;
}

/** One Redis; the gateway reaches it through a proxy. */
export async function startOneNode(
  options: PrivateRedisOptions = {},
  startShop: (url: string) => Promise<{ readonly url: string; stop(): Promise<void> }> = startShopOver,
): Promise<OneNode> {
  const server = await startRedis({ ...options, config: ['enable-debug-command yes', ...(options.config ?? [])] });
  const proxy = await startTcpProxy(server, { count: false });
  const gateway = await startShop(proxy.url);
  const redis = checkersClient({ REDIS_URL: server.url });
  return {
    ...{ url: gateway.url, redis, server, proxy },
    async stop() {
      await gateway.stop();
      redis.disconnect();
      await proxy.stop();
      await server.stop();
    },
  };
}

export interface ClusterWorld extends World {
  readonly cluster: RedisCluster;
}

/** Three masters, each with a replica. */
export async function startClusterWorld(
  settings: NodeJS.ProcessEnv = {},
  options: RedisClusterOptions = {},
): Promise<ClusterWorld> {
  const cluster = await startCluster({ replicas: 1, ...options });
  const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  return { ...(await gatewayOver({ REDIS_CLUSTER_NODES: nodes, ...settings }, () => cluster.stop())), cluster };
}

export interface SentinelWorld extends World {
  readonly sentinel: RedisSentinel;
}

/** A master with a replica, watched by three sentinels. */
export async function startSentinelWorld(settings: NodeJS.ProcessEnv = {}): Promise<SentinelWorld> {
  const sentinel = await startSentinel();
  const sentinels = sentinel.sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
  const env = { REDIS_SENTINELS: sentinels, REDIS_SENTINEL_MASTER: sentinel.name, ...settings };
  return { ...(await gatewayOver(env, () => sentinel.stop())), sentinel };
}

async function startShopOver(redisUrl: string) {
  return startReady({ REDIS_URL: redisUrl });
}

async function gatewayOver(env: NodeJS.ProcessEnv, stopRedis: () => Promise<void>): Promise<World> {
  const gateway = await startReady(env);
  const redis = checkersClient(env);
  return {
    ...{ url: gateway.url, redis },
    async stop() {
      await gateway.stop();
      redis.disconnect();
      await stopRedis();
    },
  };
}

async function startReady(env: NodeJS.ProcessEnv) {
  const gateway = await startGateway({ REDIS_URL: 'redis://127.0.0.1', ...serviceSettings, ...env });
  await eventually(async () => {
    const { status } = await fetch(`${gateway.url}/readyz`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  });
  return gateway;
}

function checkersClient(env: NodeJS.ProcessEnv): RedisClient {
  const client = createRedisClient(loadConfig(env).redis, 'checker');
  // The faults break it too; its commands report that.
  client.on('error', () => undefined);
  // Masters may disagree for a while on who owns a slot that has just moved.
  if (client instanceof Cluster) Object.assign(client.options, { maxRedirections: 500, retryDelayOnMoved: 20 });
  return client;
}
