import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy } from '../support/tcpProxy.js';
import type { TcpProxy } from '../support/tcpProxy.js';
import { trackedStore } from '../support/trackedStore.js';
import type { TrackedStore } from '../support/trackedStore.js';

let server: PrivateRedis;
let proxy: TcpProxy;
const clients: Redis[] = [];
const stores: TrackedStore[] = [];

beforeAll(async () => {
  server = await startRedis();
  proxy = await startTcpProxy(server);
});

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.stop()));
  for (const client of clients.splice(0)) client.disconnect();
  proxy.freeze(false);
  proxy.delay(0);
});

afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

function client(url = server.url): Redis {
  const redis = new Redis(url, {
    commandTimeout: 1_000,
    retryStrategy: () => 20,
    autoResendUnfulfilledCommands: false,
  });
  redis.on('error', (error) => connectionErrors.push(error));
  clients.push(redis);
  return redis;
}

/** Of servers that a test has taken away. */
const connectionErrors: Error[] = [];

async function readyStore(...options: Parameters<typeof trackedStore>): Promise<TrackedStore> {
  const store = trackedStore(...options);
  stores.push(store);
  await store.untilReady();
  return store;
}

/** Reads for a while and says which values came. */
async function valuesSeen(store: TrackedStore, key: string, forMs: number): Promise<Set<string | null>> {
  const seen = new Set<string | null>();
  for (const until = performance.now() + forMs; performance.now() < until; await turn()) {
    seen.add(await store.read(key));
  }
  return seen;
}

describe('writes, each followed by a read', () => {
  it('are never stale once their announcement is here, 1,000 of them among busy readers', async () => {
    const KEYS = 20;
    const WRITES = 1_000;
    const writer = client();
    const store = await readyStore(client());
    const staleMs: number[] = [];
    const timesAnnounced = (key: string): number => store.announced.filter((announced) => announced === key).length;

    let writing = true;
    const reads = { count: 0 };
    const busyReader = async (): Promise<void> => {
      for (let i = 0; writing; i++) {
        await store.read(`product:${i % KEYS}`);
        reads.count++;
        await turn();
      }
    };
    const readers = [busyReader(), busyReader(), busyReader()];

    for (let written = 0; written < WRITES; written++) {
      const key = `product:${written % KEYS}`;
      const turnOfKey = Math.floor(written / KEYS) + 1;
      await writer.hset(key, 'name', `v${written}`);
      const writtenAt = performance.now();
      for (;;) {
        const isAnnounced = timesAnnounced(key) >= turnOfKey;
        const value = await store.read(key);
        if (value === `v${written}`) break;
        expect({ isAnnounced, value }).toEqual({ isAnnounced: false, value });
        await turn();
      }
      staleMs.push(performance.now() - writtenAt);
    }
    writing = false;
    await Promise.all(readers);

    const { hits, misses, discarded } = store.cache.stats;
    console.info(
      `${WRITES} writes, ${reads.count} other reads: fresh after p50 ${percentile(staleMs, 50)} ms, ` +
        `p99 ${percentile(staleMs, 99)} ms, max ${percentile(staleMs, 100)} ms; ${hits} hits, ${misses} misses, ${discarded} discarded`,
    );
    expect(hits).toBeGreaterThan(reads.count / 2);
    expect(percentile(staleMs, 99)).toBeLessThan(50);
  });

  /** Reads whose answer is held up on the way while another client writes: how many stay stale? */
  async function overtakeReads(beginsLate: boolean): Promise<{ overtaken: number; stale: number }> {
    const ROUNDS = 200;
    const writer = client();
    const store = await readyStore(client(proxy.url), writer, { beginsLate });
    await store.read('product:warm-up');
    proxy.delay(30);

    const rounds = Array.from({ length: ROUNDS }, async (_, round) => {
      const key = `product:overtaken-${round}`;
      await writer.hset(key, 'name', 'old');
      await eventually(() => expect(store.announced).toContain(key));
      const reading = store.read(key);
      await sleep(10);
      await writer.hset(key, 'name', 'new');
      return { overtaken: (await reading) === 'old', stale: (await store.read(key)) === 'old' };
    });
    const done = await Promise.all(rounds);
    return {
      overtaken: done.filter(({ overtaken }) => overtaken).length,
      stale: done.filter(({ stale }) => stale).length,
    };
  }

  it('are never hidden by a read that they overtook', async () => {
    const { overtaken, stale } = await overtakeReads(false);
    expect(overtaken).toBeGreaterThan(20);
    expect(stale).toBe(0);
  });

  it('would be hidden if reads were registered only when answered (negative control)', async () => {
    const { overtaken, stale } = await overtakeReads(true);
    console.info(`of ${overtaken} reads that were overtaken, ${stale} stayed stale without the check, 0 with it`);
    expect(stale).toBeGreaterThan(20);
  });
});

describe('a lost connection', () => {
  it('that was killed puts the cache off at once, and on again only when all is tracked anew', async () => {
    const admin = client();
    const store = await readyStore(client());
    await admin.hset('product:1', 'name', 'old');
    await sleep(20);
    await store.read('product:1');

    // In one go, so that the change falls after the end of the connection that would announce it.
    await admin.pipeline().call('CLIENT', 'KILL', 'TYPE', 'pubsub').hset('product:1', 'name', 'new').exec();
    const killedAt = performance.now();
    await eventually(() => expect(store.cache.stats.trackingLosses).toBe(1));
    console.info(`the end of the connection was noticed after ${(performance.now() - killedAt).toFixed(1)} ms`);
    expect(await valuesSeen(store, 'product:1', 300)).toEqual(new Set(['new']));

    await store.untilReady(500);
    await admin.hset('product:1', 'name', 'newer');
    await eventually(async () => expect(await store.read('product:1')).toBe('newer'), 100);
    expect(store.losses).toEqual(['the connection was closed']);
  });

  it('that is half open is given up within two seconds, and not believed when it thaws', async () => {
    const admin = client();
    const store = await readyStore(admin, client(proxy.url));
    await admin.hset('product:1', 'name', 'old');
    await sleep(20);
    await store.read('product:1');

    proxy.freeze(true);
    const frozenAt = performance.now();
    await admin.hset('product:1', 'name', 'new');
    await eventually(() => expect(store.cache.stats.trackingLosses).toBe(1));
    const noticedMs = performance.now() - frozenAt;
    console.info(`the half-open connection was given up after ${noticedMs.toFixed(0)} ms`);
    expect(noticedMs).toBeLessThan(2_500);
    expect(await valuesSeen(store, 'product:1', 200)).toEqual(new Set(['new']));

    await admin.hset('product:1', 'name', 'newer');
    proxy.freeze(false);
    await store.untilReady();
    expect(await valuesSeen(store, 'product:1', 200)).toEqual(new Set(['newer']));
  });

  it('of a Redis that was killed leaves stale values for the outage and none of them after its return', async () => {
    const admin = client();
    const store = await readyStore(admin);
    await admin.hset('product:1', 'name', 'before the crash');
    await sleep(20);
    await store.read('product:1');

    await server.kill();
    await eventually(() => expect(store.cache.stats.tracking).toBe(false));
    expect(store.cache.get('product:1')).toBeUndefined();
    expect(store.cache.getStale('product:1')).toBe('before the crash');

    await server.restart();
    const returnedAt = performance.now();
    await store.untilReady();
    console.info(`the cache was on again ${(performance.now() - returnedAt).toFixed(0)} ms after Redis' return`);
    expect(performance.now() - returnedAt).toBeLessThan(1_000);
    expect(store.cache.getStale('product:1')).toBeUndefined();
    expect(await valuesSeen(store, 'product:1', 100)).toEqual(new Set([null]));
  });

  it('of the reads renews tracking too, for they may come back to another server', async () => {
    const store = await readyStore(client(proxy.url), client(proxy.url));
    proxy.cutAll();
    await eventually(() => expect(store.cache.stats.trackingLosses).toBeGreaterThan(0));
    await store.untilReady();
  });
});

it('forgets everything on FLUSHALL', async () => {
  const admin = client();
  const store = await readyStore(client());
  for (let i = 0; i < 100; i++) await admin.hset(`product:${i}`, 'name', 'chair');
  await sleep(20);
  for (let i = 0; i < 100; i++) await store.read(`product:${i}`);
  expect(store.cache.stats.entries).toBe(100);

  await admin.flushall();
  await eventually(() => expect(store.cache.stats.entries).toBe(0));
  expect(await store.read('product:1')).toBeNull();
  expect(store.losses).toEqual([]);
});

it('announces an absent key when it appears', async () => {
  const admin = client();
  const store = await readyStore(client());
  expect(await store.read('product:absent')).toBeNull();
  expect(store.cache.get('product:absent')).toBeNull();

  await admin.hset('product:absent', 'name', 'chair');
  await eventually(async () => expect(await store.read('product:absent')).toBe('chair'), 100);
});

it('serves none of 2,000 expiring keys beyond its time, though Redis hardly announces any', async () => {
  const KEYS = 2_000;
  const admin = client();
  const store = await readyStore(client());
  const writing = admin.pipeline();
  for (let i = 0; i < KEYS; i++)
    writing.hset(`product:brief-${i}`, 'name', 'chair').pexpire(`product:brief-${i}`, 300 + (i % 500));
  await writing.exec();
  const writtenAt = performance.now();
  await eventually(() => expect(store.announced.length).toBeGreaterThanOrEqual(KEYS));
  const read = await Promise.all(Array.from({ length: KEYS }, (_, i) => store.read(`product:brief-${i}`)));
  expect(read.filter((name) => name === 'chair').length).toBeGreaterThan(KEYS / 2);

  let tooLate = 0;
  let served = 0;
  while (performance.now() < writtenAt + 900) {
    for (let i = 0; i < KEYS; i++) {
      const isServed = store.cache.get(`product:brief-${i}`) === 'chair';
      if (isServed) served++;
      // 1 ms for PTTL's rounding.
      if (isServed && performance.now() > writtenAt + 300 + (i % 500) + 1) tooLate++;
    }
    await sleep(5);
  }
  expect(served).toBeGreaterThan(KEYS);
  expect(tooLate).toBe(0);
});

it('does not track a replica, and starts as soon as it is a master', async () => {
  const replica = await startRedis({ config: [`replicaof ${server.host} ${server.port}`] });
  try {
    const reader = client(replica.url);
    const store = trackedStore(reader);
    stores.push(store);
    await eventually(() => expect(store.losses).toContain('only a master may be tracked, and this is a slave'));
    expect(store.cache.stats.tracking).toBe(false);

    await reader.replicaof('NO', 'ONE');
    await store.untilReady(1_000);
  } finally {
    await replica.stop();
  }
});

it('waits for a Redis that hangs while tracking is set up', async () => {
  const reader = client();
  await reader.ping();
  await server.kill('SIGSTOP');
  const store = trackedStore(reader);
  stores.push(store);
  await eventually(() => expect(store.losses).toContain('tracking was not set up within 2000 ms'));
  expect(store.cache.stats.tracking).toBe(false);

  await server.kill('SIGCONT');
  await store.untilReady(1_000);
});

it('closes its connections and leaves the cache off when it is stopped', async () => {
  const admin = client();
  const store = await readyStore(admin);
  await store.stop();

  expect(store.cache.stats.tracking).toBe(false);
  await eventually(async () => expect(await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub')).toBe(''));
});

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1);
  return Number((sorted[at] ?? NaN).toFixed(2));
}
