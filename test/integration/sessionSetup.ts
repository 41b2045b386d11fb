import { Cluster, Redis } from 'ioredis';
import { loadConfig } from '../../src/config.js';
import { ViewStore } from '../../src/feed/viewStore.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { CommandRunner } from '../../src/redis/commandRunner.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ReadScope } from '../../src/redis/readScope.js';
import { ScriptRunner } from '../../src/redis/scriptRunner.js';
import { SessionKeeper } from '../../src/session/sessionKeeper.js';
import { SessionStore } from '../../src/session/sessionStore.js';
import { SessionWriter } from '../../src/session/sessionWriter.js';
import { eventually } from '../support/eventually.js';
import { startCluster, startRedis } from '../support/redisServer.js';

/** The parts that read and write sessions and views, over a Redis of the test's own. */
export interface SessionSetup {
  /** What `redis-cli` would show. */
  redis: RedisClient;
  store: SessionStore;
  writer: SessionWriter;
  keeper: SessionKeeper;
  views: ViewStore;
  /** What failed beside the requests. */
  besideErrors: unknown[];
  /** A request's. */
  scope(): ReadScope;
  stop(): Promise<void>;
}

export type Mode = 'one node' | 'a Cluster';

export async function setUpSessions(mode: Mode): Promise<SessionSetup> {
  const server = mode === 'one node' ? await startRedis() : await startCluster();
  const nodes = 'nodes' in server ? server.nodes.map(({ host, port }) => `${host}:${port}`).join() : '';
  const config = loadConfig('nodes' in server ? { REDIS_CLUSTER_NODES: nodes } : { REDIS_URL: server.url });
  const clients = ['reads', 'writes', 'test'].map((name) => createRedisClient(config.redis, name));
  const [reads, writes, redis] = clients as [RedisClient, RedisClient, RedisClient];
  for (const client of clients) client.on('error', () => undefined);
  await eventually(() => {
    if (clients.some(({ status }) => status !== 'ready')) throw new Error('not connected yet');
  });

  const besideErrors: unknown[] = [];
  const reader = new CommandRunner(reads, config.redis);
  const scripts = new ScriptRunner(writes, config.redis);
  const store = new SessionStore(reader, config.shop);
  const keeper = new SessionKeeper({ scripts, store, onError: (error) => besideErrors.push(error) });
  const writer = new SessionWriter({ scripts, store, keeper, secret: 's'.repeat(32), ...config.shop });
  const scopes: ReadScope[] = [];
  return {
    redis,
    store,
    writer,
    keeper,
    views: new ViewStore(reader, scripts),
    besideErrors,
    scope() {
      const scope = new ReadScope(new Deadline(5_000));
      scopes.push(scope);
      return scope;
    },
    async stop() {
      await keeper.idle();
      for (const scope of scopes) scope.deadline.clear();
      reader.close();
      for (const client of clients) client.disconnect();
      await server.stop();
    },
  };
}

/** Empties Redis, so that each test begins with nothing. */
export async function emptyRedis(redis: RedisClient): Promise<void> {
  await Promise.all(mastersOf(redis).map((node) => node.flushall()));
}

/** All keys there are, in order. */
export async function allKeys(redis: RedisClient): Promise<string[]> {
  const keys = await Promise.all(mastersOf(redis).map((node) => node.keys('*')));
  return keys.flat().sort();
}

const mastersOf = (redis: RedisClient): Redis[] => (redis instanceof Cluster ? redis.nodes('master') : [redis]);
