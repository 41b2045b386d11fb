import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { keys } from '../../src/redis/keyspace.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';

const KEY = 'key of the login service';
const IDENTIFY =
  'mutation ($input: SessionIdentifyInput!) { sessionIdentify(input: $input) { token session { id userId } userErrors { code } } }';
const VIEW = 'mutation ($input: ProductViewRecordInput!) { productViewRecord(input: $input) { userErrors { code } } }';
const END = 'mutation { sessionEnd { endedSessionIds } }';
const ROUNDS = 12;

describe('sessions and views while connections break', () => {
  let server: PrivateRedis;
  let proxy: TcpProxy;
  let redis: Redis;
  let gateway: TestGateway;
  let isBreaking = true;
  let breaking: Promise<void>;

  beforeAll(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server, { count: false });
    redis = new Redis(server.url);
    gateway = await startGateway({
      REDIS_URL: proxy.url,
      SESSION_SECRET: 's'.repeat(32),
      SERVICE_API_KEYS: `login:sessions:${createHash('sha256').update(KEY).digest('hex')}`,
    });
    breaking = breakConnections();
  });
  afterAll(async () => {
    isBreaking = false;
    await breaking;
    await gateway.stop();
    redis.disconnect();
    await proxy.stop();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  /** By turns the connections are cut, and what Redis has done is told to nobody. */
  async function breakConnections() {
    while (isBreaking) {
      proxy.dropReplies(true);
      await sleep(3);
      proxy.dropReplies(false);
      await sleep(30);
      proxy.cutAll();
      await sleep(30);
    }
  }

  /** Sends it until it is acknowledged, as a client does that hears UPSTREAM_UNAVAILABLE. */
  async function untilAcknowledged<T>(query: string, headers: Record<string, string>, input?: object): Promise<T> {
    for (;;) {
      const variables = input ? { input } : {};
      const { body } = await gateway.query<Record<string, T>>(query, { headers, variables });
      const codes = body.errors?.map(({ extensions }) => extensions?.code) ?? [];
      if (codes.length === 0) return Object.values(body.data!)[0]!;
      if (codes.some((code) => code !== 'UPSTREAM_UNAVAILABLE')) throw new Error(JSON.stringify(body.errors));
    }
  }

  it('a login that is repeated until it succeeds leaves one session, and no old token', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [token, userId] = [`guest${round}`, `u${round}`];
      await redis.hset(keys.session(token), { session_id: `s${round}`, user_id: '' });
      await redis.rpush(keys.sessionViewed(`s${round}`), 'prod_2', 'prod_1');
      const logIn = () => untilAcknowledged<{ token: string }>(IDENTIFY, { 'x-api-key': KEY }, { token, userId });
      const payloads = await Promise.all([logIn(), logIn(), logIn()]);
      expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).toBe(1);
      expect(payloads[0]).toMatchObject({ session: { id: `s${round}`, userId }, userErrors: [] });
      expect(await redis.exists(keys.session(token))).toBe(0);
      expect(await redis.smembers(keys.userSessions(userId))).toEqual([payloads[0].token]);
      expect(await redis.zrevrange(keys.userHistory(userId), 0, -1)).toEqual(['prod_2', 'prod_1']);
    }
  });

  it('an end that is acknowledged has ended the session', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const token = `user${round}`;
      await redis.hset(keys.session(token), { session_id: `s${round}`, user_id: '5' });
      await redis.sadd(keys.userSessions('5'), token);
      // A repeat of an end that was carried out is asked by nobody known: then it has ended, too.
      await untilAcknowledged(END, { authorization: `Bearer ${token}` }).catch((error: unknown) => {
        expect(String(error)).toContain('UNAUTHENTICATED');
      });
      expect(await redis.exists(keys.session(token))).toBe(0);
    }
  });

  it('a view that is acknowledged is recorded once', async () => {
    await redis.hset(keys.session('T'), { session_id: 's', user_id: '5' });
    const viewed = Array.from({ length: ROUNDS }, (_, round) => `prod_${round}`);
    for (const id of viewed) {
      await redis.hset(keys.product(id), { id, name: id });
      await untilAcknowledged(VIEW, { authorization: 'Bearer T' }, { productId: id });
    }
    const newest = viewed.toReversed();
    expect(await redis.lrange(keys.sessionViewed('s'), 0, -1)).toEqual(newest);
    expect(await redis.zrevrange(keys.userHistory('5'), 0, -1)).toEqual(newest);
    expect(await redis.zrevrange(keys.recentViews('5'), 0, -1)).toEqual(newest.slice(0, 10).map((id) => `${id}:0`));
    const counts = await redis.zrange(keys.trendingProducts(), '0', '-1', 'WITHSCORES');
    expect(new Set(counts.filter((_, index) => index % 2 === 1))).toEqual(new Set(['1']));
  });
});
