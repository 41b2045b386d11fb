import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import type { GraphqlAnswer, GraphqlRequest, HttpAnswer } from '../support/httpClient.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';

type Data = Record<string, unknown>;

/** A gateway over a Redis of the test's own, with the writers' side of it. */
export interface Shop {
  /** As other teams' writers reach Redis, past the proxy. */
  readonly redis: Redis;
  /** What the gateway asks Redis for passes here. */
  readonly proxy: TcpProxy;
  readonly gateway: TestGateway;
  /** Runs lines as one types them into redis-cli, and as the documents show them. Fails on the first that Redis refuses. */
  run(lines: string): Promise<void>;
  /** `product:{id}` of each, with its id as its name. */
  addProducts(...ids: string[]): Promise<void>;
  ask(query: string, request?: Omit<GraphqlRequest, 'query'>): Promise<HttpAnswer<GraphqlAnswer<Data>>>;
  /** The data of an answer that has no errors. */
  read(query: string, request?: Omit<GraphqlRequest, 'query'>): Promise<Data>;
  /** Empties Redis and, by its announcement, the gateway's cache. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param env settings of the gateway, over those of a test run
 * @param delayMs replies reach the gateway so much later: what it sends at once is then seen as sent at once
 */
export async function openShop(env: NodeJS.ProcessEnv = {}, delayMs = 0): Promise<Shop> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const proxy = await startTcpProxy(server);
  const gateway = await startGateway({ ...env, REDIS_URL: proxy.url }).catch(async (error: unknown) => {
    // What was started would keep the test run from ending.
    await proxy.stop();
    redis.disconnect();
    await server.stop();
    throw error;
  });
  await eventually(async () => {
    const { status } = await fetch(`${gateway.url}/readyz`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  });
  if (env['CACHE_ENABLED'] !== 'false') await untilCacheFollows(redis);

  proxy.delay(delayMs);

  // The announcement of a write takes another way to the gateway than the write's answer takes to the test.
  const untilAnnounced = () => sleep(delayMs + 5);
  const ask: Shop['ask'] = (query, request) => gateway.query<Data>(query, request);
  const run: Shop['run'] = async (lines) => {
    const pipeline = redis.pipeline(commandsIn(lines));
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    await untilAnnounced();
  };
  return {
    redis,
    proxy,
    gateway,
    ask,
    run,
    async addProducts(...ids) {
      await run(ids.map((id) => `HSET product:${id} id ${id} name "${id}"`).join('\n'));
    },
    async read(query, request) {
      const { body } = await ask(query, request);
      if (body.errors !== undefined) throw new Error(`the answer has errors: ${JSON.stringify(body.errors)}`);
      return body.data ?? {};
    },
    async empty() {
      await redis.flushall();
      await untilAnnounced();
      proxy.reset();
    },
    async stop() {
      await gateway.stop();
      await proxy.stop();
      redis.disconnect();
      await server.stop();
    },
  };
}

/** A customer's headers. */
export const as = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
});

/** The lines of a session, as document A has them; without a user it is a guest's. */
export const session = (token: string, sessionId: string, userId = ''): string =>
  `HSET session:${token} session_id ${sessionId} user_id "${userId}" device_type web created_at 1704902400 last_activity_at ${Date.now()}
   EXPIRE session:${token} 86400`;

/** Commands of a text in redis-cli's syntax: a line each, words with or without quotes, `#` begins a comment. */
export function commandsIn(text: string): string[][] {
  const lines = text.replace(/[ \t]+#.*$/gm, '').split('\n');
  // ioredis knows commands in lower case only.
  return lines.map(wordsIn).flatMap(([name, ...args]) => (name === undefined ? [] : [[name.toLowerCase(), ...args]]));
}

function wordsIn(line: string): string[] {
  const words = line.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g);
  return [...words].map(([, double, single, bare]) =>
    double === undefined ? (single ?? bare ?? '') : (JSON.parse(`"${double}"`) as string),
  );
}

async function untilCacheFollows(redis: Redis): Promise<void> {
  await eventually(async () => {
    const clients = (await redis.client('LIST')) as string;
    if (!/flags=\S*[tB]/.test(clients)) throw new Error('the gateway does not follow yet');
  });
}
