import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { build, type Build, type BuiltGateway } from '../support/builtGateway.js';
import { eventually } from '../support/eventually.js';
import { collectGarbage, GARBAGE_COLLECTOR } from '../support/garbageCollection.js';
import { graphql, type GraphqlRequest } from '../support/httpClient.js';
import { startRedis } from '../support/redisServer.js';
import { undocumentedKeys } from './documentedKeys.js';
import { fuzzRequest, LIVE_TOKEN } from './fuzzRequests.js';

const REQUESTS = 10_000;
const AT_ONCE = 20;
/** The first ones find everything cold: code to be compiled, buffers to be made. Their time and memory are not judged. */
const WARM_UP = 2_000;
const MAX_HELD_SECONDS = 0.05;
/** So often garbage is collected: V8 does so when it likes, and until then it looks like a leak. */
const REQUESTS_A_COLLECTION = 500;
/** 50 MiB would let pass a gateway that keeps its context of every request. */
const MAX_GROWTH_BYTES = 20 * 1024 * 1024;

/** Says, when told by a signal, what stands on the prototype that every object has. */
const WITNESS = `
  process.on('SIGHUP', () => {
    const added = Object.entries(Object.getOwnPropertyDescriptors(Object.prototype)).filter(([, one]) => one.enumerable);
    console.log('ON THE PROTOTYPE ' + JSON.stringify(added.map(([name]) => name)));
  });`;

describe('ten thousand requests of anything', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let built: Build;
  let gateway: BuiltGateway;

  beforeAll(async () => {
    [server, built] = await Promise.all([startRedis(), build()]);
    redis = new Redis(server.url);
    gateway = await built.start(
      { REDIS_URL: server.url, RATE_LIMIT_ENABLED: 'false' },
      { preload: WITNESS + GARBAGE_COLLECTOR },
    );
    await redis.hset(`session:${LIVE_TOKEN}`, { session_id: 'sess_live', user_id: '5' });
    for (const id of ['prod_1', 'prod_2'])
      await redis.hset(`product:${id}`, { id, name: id, price: '9.99', category_id: 'cat_1', stock: '1000000' });
    await redis.zadd('rec:trending', 2, 'prod_1', 1, 'prod_2');
    await redis.zadd('rec:popular', 2, 'prod_2', 1, 'prod_1');
  }, 60_000);

  afterAll(async () => {
    await gateway.stop();
    redis.disconnect();
    await built.remove();
    await server.stop();
  });

  it('are answered without a fault of ours, one after another, in bounded memory', async () => {
    let answered = 0;
    let rssAfterWarmUp: number | undefined;
    const codes = new Map<string, number>();

    async function answerAll(requests: readonly GraphqlRequest[]): Promise<void> {
      const answers = await Promise.all(requests.map((request) => graphql(`${gateway.url}/graphql`, request)));
      for (const [index, { status, body }] of answers.entries()) {
        const seen = body.errors?.map(({ extensions }) => extensions?.code ?? 'NONE') ?? ['OK'];
        if (status >= 500 || seen.includes('INTERNAL_SERVER_ERROR') || seen.includes('NONE'))
          throw new Error(`${status} ${JSON.stringify(body)} for ${JSON.stringify(requests[index])}`);
        for (const code of seen) codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }

    const property = fc.asyncProperty(
      fc.array(fuzzRequest, { minLength: AT_ONCE, maxLength: AT_ONCE, size: 'max' }),
      async (requests) => {
        // The session may have been ended by a request before.
        await redis.hset(`session:${LIVE_TOKEN}`, { session_id: 'sess_live', user_id: '5' });
        if (answered % REQUESTS_A_COLLECTION === 0) await collectGarbage(gateway);
        if (answered < WARM_UP) {
          await answerAll(requests);
        } else {
          rssAfterWarmUp ??= await rss();
          expect(await heldSeconds(() => answerAll(requests))).toBeLessThan(MAX_HELD_SECONDS);
        }
        answered += requests.length;
      },
    );
    await fc.assert(property, { numRuns: REQUESTS / AT_ONCE, endOnFailure: true });

    expect(answered).toBe(REQUESTS);
    await collectGarbage(gateway);
    expect((await rss()) - rssAfterWarmUp!).toBeLessThan(MAX_GROWTH_BYTES);
    // The storm came through to the features, and did not end at the door.
    for (const code of ['OK', 'BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN'])
      expect(codes.get(code)).toBeGreaterThan(50);
  }, 240_000);

  it('left no key that the documents do not know', async () => {
    const keys: string[] = [];
    for await (const found of redis.scanStream({ count: 1_000 })) keys.push(...(found as string[]));

    expect(keys.length).toBeGreaterThan(20);
    expect(undocumentedKeys(keys)).toEqual([]);
  });

  it('touched no prototype', async () => {
    gateway.signal('SIGHUP');
    await eventually(() => expect(gateway.output()).toContain('ON THE PROTOTYPE []'));
  });

  it('were no surprise: the log has no unexpected failure', () => {
    expect(gateway.output()).not.toContain('a request failed unexpectedly');
  });

  const rss = async () => (await gateway.metrics())['process_resident_memory_bytes']!;

  /** How long the loop was held at the longest; asked again where it seems too long, as the machine has other work. */
  async function heldSeconds(work: () => Promise<void>): Promise<number> {
    let least = Infinity;
    for (let round = 0; round < 5 && least >= MAX_HELD_SECONDS; round++) {
      await gateway.metrics();
      await work();
      await sleep(20);
      least = Math.min(least, (await gateway.metrics())['nodejs_eventloop_lag_max_seconds'] ?? Infinity);
    }
    return least;
  }
});
