import { Redis } from 'ioredis';
import type { PrivateRedis, PrivateRedisOptions } from '../../src/demo/privateRedis.js';
import type { Build, BuiltGateway } from '../support/builtGateway.js';
import { eventually } from '../support/eventually.js';
import { graphql, type GraphqlAnswer } from '../support/httpClient.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';
import { commandsIn } from './readsSetup.js';

type Data = Readonly<Record<string, unknown>>;

/** The built gateway behind a proxy before a Redis of the test's own, with a small shop in it. */
export interface Outage {
  readonly redis: PrivateRedis;
  readonly proxy: TcpProxy;
  readonly gateway: BuiltGateway;
  ask(question: Question): Promise<Asked>;
  /** Asks until the answer is whole again; how long that took from now on, in milliseconds. */
  recoveryMs(question?: Question): Promise<number>;
  ready(): Promise<number>;
  stop(): Promise<void>;
}

export interface Question {
  readonly query: string;
  readonly token?: string;
}

export interface Asked {
  readonly ms: number;
  readonly status: number;
  readonly body: GraphqlAnswer<Data>;
  /** Of all errors, in the order of the answer. */
  readonly codes: readonly (string | undefined)[];
}

/** A customer with a session, a cart and feeds; what stands there for a minute at least. */
export const CUSTOMER = 'customer-token-0123456789';
const LINE = '{"item_id":"p3","variation_id":"","quantity":2,"price":4.50,"name":"p3"}';
export const SHOP = `
  ${['p1', 'p2', 'p3', 'p4'].map((id) => `HSET product:${id} id ${id} name ${id} price 4.50 category_id c1 stock 900`).join('\n')}
  HSET category:c1 id c1 name Lamps slug lamps
  ZADD rec:trending 3 p1 2 p2
  ZADD rec:popular 3 p3 2 p4
  ZADD rec:user:5:personalized 0.9 p4
  ZADD rec:product:p1:similar 0.9 p2
  HSET session:${CUSTOMER} session_id s5 user_id 5 device_type web created_at 1704902400 last_activity_at ${Date.now()}
  HSET cart:5:s5 cart_id {cart:5:s5}:1 user_id 5 session_id s5 status active total_items 2 total_amount 9.00 version 1
  SET active_cart:5 cart:5:s5
  RPUSH cart_items:{cart:5:s5}:1 '${LINE}'
`;

/** What needs no session. */
export const PUBLIC: Question = {
  query: `{ recommendations { trending(first: 2) { source nodes { id name } } popular(first: 2) { nodes { id name } } }
    product(id: "p1") { name price { amount } similar(first: 2) { nodes { id } } } category(id: "c1") { name } }`,
};
/** A home page: public and private fields side by side. */
export const HOME: Question = {
  token: CUSTOMER,
  query: `{ session { id } cart { totalItems lines { productId product { name } } }
    recommendations { personalized(first: 2) { source nodes { id name } } trending(first: 2) { source nodes { id name } } } }`,
};
export const ADD: Question = {
  token: CUSTOMER,
  query:
    'mutation { cartLinesAdd(input: { lines: [{ productId: "p1" }] }) { cart { totalItems } userErrors { code } } }',
};
export const CLEAR: Question = {
  token: CUSTOMER,
  query: 'mutation { cartClear { cart { totalItems } userErrors { code } } }',
};
export const START: Question = { query: 'mutation { sessionStart { token } }' };
export const END: Question = { token: CUSTOMER, query: 'mutation { sessionEnd { endedSessionIds } }' };
export const VIEW: Question = {
  token: CUSTOMER,
  query: 'mutation { productViewRecord(input: { productId: "p1" }) { product { id } } }',
};
export const EVERYTHING = [PUBLIC, HOME, ADD, START, VIEW];

export interface OutageOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly redis?: PrivateRedisOptions;
  /** Whether Redis is out of reach when the gateway starts. */
  readonly awayAtStart?: boolean;
}

export async function openOutage(
  build: Build,
  { env = {}, redis: redisOptions = {}, awayAtStart = false }: OutageOptions = {},
): Promise<Outage> {
  const redis = await startRedis(redisOptions);
  const proxy = await startTcpProxy(redis, { count: false });
  let gateway: BuiltGateway | undefined;
  try {
    await fill(redis);
    if (awayAtStart) await proxy.refuse(true);
    const settings = { REDIS_URL: proxy.url, RATE_LIMIT_ENABLED: 'false', ...env };
    gateway = await build.start(settings, { whenListening: awayAtStart });
    const outage = outageOf(redis, proxy, gateway);
    if (!awayAtStart) await untilSeen(outage, env['CACHE_ENABLED'] !== 'false');
    return outage;
  } catch (error) {
    await gateway?.stop();
    await proxy.stop();
    await redis.stop();
    throw error;
  }
}

/** Until the gateway knows what one that has run for a while knows. */
async function untilSeen({ gateway, ask }: Outage, withCache: boolean): Promise<void> {
  if (withCache) await eventually(() => expect(gateway.output()).toContain('the cache follows Redis'));
  for (const question of [PUBLIC, HOME]) expect((await ask(question)).codes).toEqual([]);
}

function outageOf(redis: PrivateRedis, proxy: TcpProxy, gateway: BuiltGateway): Outage {
  const ask = (question: Question): Promise<Asked> => askAt(gateway.url, question);
  return {
    redis,
    proxy,
    gateway,
    ask,
    async recoveryMs(question = HOME) {
      const startedAt = performance.now();
      await eventually(async () => {
        const { codes, body } = await ask(question);
        expect([...codes, body.extensions]).toEqual([undefined]);
      });
      return performance.now() - startedAt;
    },
    async ready() {
      return (await fetch(`${gateway.url}/readyz`)).status;
    },
    async stop() {
      await redis.kill('SIGCONT');
      gateway.signal('SIGTERM');
      const code = await gateway.exited;
      await proxy.stop();
      await redis.stop();
      // Node ends a process with an unhandled rejection at once, and with another code.
      expect({ code, said: gateway.output().match(/unhandled|uncaught|MaxListeners|\[WARN\]/gi) }).toEqual({
        code: 0,
        said: null,
      });
    },
  };
}

/** Writes lines as redis-cli takes them, past gateway and proxy. */
export async function write(redis: { readonly url: string }, lines: string): Promise<void> {
  const client = new Redis(redis.url);
  try {
    for (const [error] of (await client.pipeline(commandsIn(lines)).exec()) ?? []) if (error) throw error;
  } finally {
    client.disconnect();
  }
}

export const fill = (redis: { readonly url: string }): Promise<void> => write(redis, SHOP);

async function askAt(url: string, { query, token }: Question): Promise<Asked> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const startedAt = performance.now();
  const { status, body } = await graphql(`${url}/graphql`, { query, headers });
  const ms = performance.now() - startedAt;
  return { ms, status, body, codes: (body.errors ?? []).map(({ extensions }) => extensions?.code) };
}

/** Rows of a table: what was done to Redis, and the longest answer to each question while it lasted. */
export class AnswerTimes {
  readonly #rows: string[] = [];

  /** Asks each question some times over and checks that all is answered within a second, with coded errors alone. */
  async during(what: string, { ask }: Outage, questions: readonly Question[] = EVERYTHING): Promise<Asked[]> {
    const asked: Asked[] = [];
    for (let round = 0; round < 3; round++) asked.push(...(await Promise.all(questions.map(ask))));
    const times = asked.map(({ ms }) => ms);
    this.#rows.push(
      `${what.padEnd(34)} first ${format(times.slice(0, questions.length))}  later ${format(times.slice(questions.length))}`,
    );
    for (const { ms, codes, status } of asked) {
      expect(ms).toBeLessThan(1_000);
      expect(status).toBe(200);
      expect(codes.filter((code) => code !== 'UPSTREAM_UNAVAILABLE' && code !== 'UNAUTHENTICATED')).toEqual([]);
    }
    return asked.slice(-questions.length);
  }

  recovered(ms: number): void {
    this.#rows[this.#rows.length - 1] += `  back after ${ms.toFixed(0)} ms`;
    expect(ms).toBeLessThan(1_000);
  }

  toString(): string {
    return `longest answers:\n${this.#rows.join('\n')}`;
  }
}

const format = (times: readonly number[]): string =>
  `${Math.max(...times)
    .toFixed(0)
    .padStart(4)} ms`;
