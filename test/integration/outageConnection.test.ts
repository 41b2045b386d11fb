import { setTimeout as sleep } from 'node:timers/promises';
import { build, type Build } from '../support/builtGateway.js';
import { eventually } from '../support/eventually.js';
import { askRedis } from '../support/redisServer.js';
import { ADD, AnswerTimes, HOME, openOutage, PUBLIC, type Outage, type OutageOptions } from './outageSetup.js';

// A Redis that is out of reach: away, killed, hung, half open, slow (docs/architecture.md, When Redis does not answer).

let built: Build;
let outage: Outage;
const times = new AnswerTimes();
const STALE_SECONDS = 3;

beforeAll(async () => {
  built = await build();
}, 60_000);

afterAll(async () => {
  await built.remove();
  console.info(String(times));
});

afterEach(() => outage.stop());

const open = async (options: OutageOptions = {}): Promise<void> => {
  outage = await openOutage(built, { ...options, env: { CACHE_STALE_SECONDS: String(STALE_SECONDS), ...options.env } });
};

it('starts without Redis, says so, answers with coded errors, and is there as soon as Redis is', async () => {
  await open({ awayAtStart: true });
  expect((await fetch(`${outage.gateway.url}/healthz`)).status).toBe(200);
  expect(await outage.ready()).toBe(503);
  const [seen, home] = await times.during('away from the start', outage);

  expect(seen?.body.data).toEqual({
    recommendations: { trending: null, popular: null },
    product: null,
    category: null,
  });
  expect(home?.body.data).toEqual({
    session: null,
    cart: null,
    recommendations: { personalized: null, trending: null },
  });
  expect(home?.body.extensions).toEqual({ session: 'UNKNOWN' });

  await outage.proxy.refuse(false);
  times.recovered(await outage.recoveryMs());
  expect(await outage.ready()).toBe(200);
});

it('serves what was seen, marked as stale, when Redis is killed, and stops doing so after the time set for it', async () => {
  await open({ redis: { appendonly: true, appendfsync: 'always' } });
  await outage.redis.kill();
  const killedAt = performance.now();
  const [seen, home, add, start] = await times.during('killed', outage);

  expect(seen?.codes).toEqual([]);
  expect(seen?.body).toMatchObject({
    data: {
      recommendations: {
        trending: { source: 'TRENDING', nodes: [{ id: 'p1', name: 'p1' }, { id: 'p2' }] },
        popular: { nodes: [{ id: 'p3' }, { id: 'p4' }] },
      },
      product: { name: 'p1', price: { amount: '4.50' }, similar: { nodes: [{ id: 'p2' }] } },
      category: { name: 'Lamps' },
    },
    extensions: { stale: true },
  });
  // The page stands without what depends on who asks.
  expect(home?.body.data).toMatchObject({ session: null, cart: null, recommendations: { personalized: null } });
  expect(home?.body.data?.['recommendations']).toMatchObject({ trending: { nodes: [{ id: 'p1' }, { id: 'p2' }] } });
  expect(home?.body.extensions).toEqual({ session: 'UNKNOWN', stale: true });
  for (const refused of [add, start]) expect(refused?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(await outage.ready()).toBe(503);

  await sleep(STALE_SECONDS * 1_000 - (performance.now() - killedAt) + 200);
  const late = await outage.ask(PUBLIC);
  expect(new Set(late.codes)).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
  expect(late.body.extensions).toBeUndefined();

  await outage.redis.restart();
  times.recovered(await outage.recoveryMs());
  expect(await outage.ready()).toBe(200);
});

it('waits for a Redis that hangs no longer than a command may take, and then not at all', async () => {
  await open();
  await outage.redis.kill('SIGSTOP');
  const [seen, , add] = await times.during('hung (SIGSTOP)', outage);
  expect(seen?.body.extensions).toEqual({ stale: true });
  expect(add?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  const startedAt = performance.now();
  expect(await outage.ready()).toBe(503);
  expect(performance.now() - startedAt).toBeLessThan(1_000);

  // Long enough for connections to be given up, and for new ones that nobody accepts.
  await sleep(1_500);
  await times.during('hung for seconds', outage);
  await outage.redis.kill('SIGCONT');
  times.recovered(await outage.recoveryMs());
});

it('takes half-open connections for lost, and serves nothing stale unmarked once a read is left without an answer', async () => {
  await open();
  outage.proxy.freeze(true);
  await askRedis(outage.redis, 'HSET', 'product:p1', 'name', 'renamed');
  const frozenAt = performance.now();
  let unmarkedUntil = 0;
  let readFailedAt = Infinity;
  const isMarked = ({ body }: Awaited<ReturnType<Outage['ask']>>): boolean => body.extensions?.['stale'] === true;

  // Known products need no read, so only the heartbeat can tell; the session's read tells sooner.
  const session = outage.ask(HOME).then(({ codes }) => {
    expect(codes).toContain('UPSTREAM_UNAVAILABLE');
    readFailedAt = performance.now();
  });
  while (performance.now() - frozenAt < 2_500) {
    const askedAt = performance.now();
    const answer = await outage.ask(PUBLIC);
    if (isMarked(answer)) continue;
    unmarkedUntil = performance.now() - frozenAt;
    expect(askedAt).toBeLessThan(readFailedAt);
  }
  await session;
  console.info(`half open: answered unmarked for ${unmarkedUntil.toFixed(0)} ms`);
  expect(unmarkedUntil).toBeLessThan(700);
  await times.during('half open', outage);

  outage.proxy.freeze(false);
  times.recovered(await outage.recoveryMs());
  await eventually(async () => {
    const { body } = await outage.ask(PUBLIC);
    expect(body.data?.['product']).toMatchObject({ name: 'renamed' });
  }, 500);
});

it('bounds by the heartbeat how long a half-open connection goes unnoticed where nothing is read', async () => {
  await open();
  outage.proxy.freeze(true);
  const frozenAt = performance.now();
  let unmarkedUntil = 0;
  await eventually(async () => {
    const answer = await outage.ask(PUBLIC);
    if (answer.body.extensions === undefined) unmarkedUntil = performance.now() - frozenAt;
    expect(answer.body.extensions).toEqual({ stale: true });
  });
  console.info(`half open without a read: answered unmarked for ${unmarkedUntil.toFixed(0)} ms`);
  expect(unmarkedUntil).toBeLessThan(2_100);
  outage.proxy.freeze(false);
});

it('answers a slow Redis within a second, from the cache or as far as the time went', async () => {
  await open();
  outage.proxy.delay(300);
  await times.during('slow (300 ms a reply)', outage);

  outage.proxy.delay(0);
  times.recovered(await outage.recoveryMs());
});

it('repeats the reads that a cut connection took along', async () => {
  await open();
  outage.proxy.delay(20);
  for (let cut = 0; cut < 5; cut++) {
    const answers = [HOME, HOME, PUBLIC].map(outage.ask);
    await sleep(10);
    outage.proxy.cutAll();
    for (const { codes, ms } of await Promise.all(answers)) {
      expect(codes).toEqual([]);
      expect(ms).toBeLessThan(500);
    }
    await eventually(async () => expect(await outage.ready()).toBe(200));
  }
});

it('keeps 5,000 requests to a dead Redis neither waiting nor in memory', async () => {
  await open({ env: { LOG_LEVEL: 'info' } });
  await outage.redis.kill();
  await flood(3_000);
  const before = await outage.gateway.metrics();
  const startedAt = performance.now();
  const slowest = await flood(5_000);
  const after = await outage.gateway.metrics();
  const grownMb = (after['process_resident_memory_bytes']! - before['process_resident_memory_bytes']!) / 2 ** 20;
  console.info(
    `5,000 requests to a dead Redis: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, ` +
      `slowest ${slowest.toFixed(0)} ms, resident memory ${grownMb > 0 ? '+' : ''}${grownMb.toFixed(1)} MiB`,
  );
  expect(slowest).toBeLessThan(1_000);
  expect(grownMb).toBeLessThan(50);
});

/** The longest answer, in milliseconds, of so many requests, 50 at a time. */
async function flood(count: number): Promise<number> {
  let slowest = 0;
  const questions = [HOME, PUBLIC, ADD];
  for (let sent = 0; sent < count; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => outage.ask(questions[index % 3]!)));
    slowest = Math.max(slowest, ...answers.map(({ ms }) => ms));
  }
  return slowest;
}
