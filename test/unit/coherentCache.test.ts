import { CoherentCache, HOLD_MS } from '../../src/redis/coherentCache.js';
import type { CoherentCacheOptions, Fetched } from '../../src/redis/coherentCache.js';

const MIB = 1024 * 1024;

/** A cache on a clock that the test moves, with tracking on. */
function cacheAt(startMs: number, options: Partial<CoherentCacheOptions> = {}) {
  const clock = { ms: startMs };
  const cache = new CoherentCache({ maxBytes: MIB, staleMs: 30_000, now: () => clock.ms, ...options });
  cache.trackingReady();
  return { cache, clock };
}

function fetched<V>(value: V, ttlMs = Infinity, bytes = 100): Fetched<V> {
  return { value, ttlMs, bytes };
}

function put(cache: CoherentCache, entryKey: string, value: string, ttlMs?: number): void {
  cache.store(cache.begin(entryKey), fetched(value, ttlMs));
}

describe('what is kept', () => {
  it('serves what was stored', () => {
    const { cache } = cacheAt(0);
    put(cache, 'product:1', 'chair');

    expect(cache.get('product:1')).toBe('chair');
    expect(cache.get('product:2')).toBeUndefined();
    expect(cache.stats).toMatchObject({ hits: 1, misses: 1, entries: 1 });
  });

  it('serves null as a value: the key is known to be absent', () => {
    const { cache } = cacheAt(0);
    cache.store(cache.begin('category:1'), fetched(null));

    expect(cache.get('category:1')).toBeNull();
  });

  it('expires an entry at the time of asking plus the PTTL, however long the answer took', () => {
    const { cache, clock } = cacheAt(1_000);
    const ticket = cache.begin('product:1');
    clock.ms = 1_400;
    cache.store(ticket, fetched('chair', 500));

    clock.ms = 1_499;
    expect(cache.get('product:1')).toBe('chair');
    clock.ms = 1_500;
    expect(cache.get('product:1')).toBeUndefined();
  });

  it.each([0, -1, -2])('keeps nothing whose time to live is %d', (ttlMs) => {
    const { cache } = cacheAt(0);
    put(cache, 'product:1', 'chair', ttlMs);

    expect(cache.get('product:1')).toBeUndefined();
    expect(cache.stats.entries).toBe(0);
  });

  it('keeps nothing whose time ran out while the answer was on its way', () => {
    const { cache, clock } = cacheAt(0);
    const ticket = cache.begin('product:1');
    clock.ms = 60;
    cache.store(ticket, fetched('chair', 50));

    expect(cache.stats.entries).toBe(0);
  });

  it('stays under its byte limit and drops what was not used for longest, to the second', () => {
    const { cache, clock } = cacheAt(0, { maxBytes: 10_000 });
    put(cache, 'product:first', 'chair');
    for (let i = 0; i < 1_000; i++) {
      clock.ms += 100;
      put(cache, `product:${i}`, 'chair');
      cache.get('product:first');
      expect(cache.stats.bytes).toBeLessThanOrEqual(10_000);
    }

    expect(cache.get('product:first')).toBe('chair');
    expect(cache.get('product:0')).toBeUndefined();
    expect(cache.get('product:999')).toBe('chair');
  });

  it('leaves out a value that is larger than all it may hold, and what was there before it', () => {
    const { cache } = cacheAt(0, { maxBytes: 10_000 });
    put(cache, 'product:1', 'small');
    cache.store(cache.begin('product:1'), fetched('large', Infinity, 20_000));

    expect(cache.get('product:1')).toBeUndefined();
  });

  it('keeps nothing with a byte limit of 0', () => {
    const { cache } = cacheAt(0, { maxBytes: 0 });
    put(cache, 'product:1', 'chair');

    expect(cache.stats).toMatchObject({ entries: 0, bytes: 0 });
  });
});

describe('what is announced', () => {
  it('drops the entry of a key that changed, and no other', () => {
    const { cache } = cacheAt(0);
    put(cache, 'product:1', 'chair');
    put(cache, 'product:2', 'table');
    cache.invalidate(['product:1', 'product:unknown']);

    expect(cache.get('product:1')).toBeUndefined();
    expect(cache.get('product:2')).toBe('table');
    expect(cache.stats.invalidations).toBe(2);
  });

  it('drops one entry for either of the two keys that it comes from', () => {
    const { cache } = cacheAt(0, { entryKeyFor: (redisKey) => redisKey.replace(/^hot_product:/, 'product:') });
    for (const redisKey of ['hot_product:1', 'product:1']) {
      put(cache, 'product:1', 'chair');
      cache.invalidate([redisKey]);
      expect(cache.get('product:1')).toBeUndefined();
    }
  });

  it('drops everything on a flush', () => {
    const { cache } = cacheAt(0);
    put(cache, 'product:1', 'chair');
    const ticket = cache.begin('product:2');
    cache.invalidate(null);
    cache.store(ticket, fetched('table'));

    expect(cache.stats).toMatchObject({ entries: 0, discarded: 1 });
  });

  it('does not keep a read that a change overtook', () => {
    const { cache } = cacheAt(0);
    const ticket = cache.begin('product:1');
    cache.invalidate(['product:1']);
    cache.store(ticket, fetched('old chair'));

    expect(cache.get('product:1')).toBeUndefined();
    expect(cache.stats.discarded).toBe(1);
  });

  it('does not let an overtaken read replace what was read after the change', () => {
    const { cache } = cacheAt(0);
    const overtaken = cache.begin('product:1');
    cache.invalidate(['product:1']);
    put(cache, 'product:1', 'new chair');
    cache.store(overtaken, fetched('old chair'));

    expect(cache.get('product:1')).toBe('new chair');
  });

  it('marks all reads of a key as overtaken, not only the latest', () => {
    const { cache } = cacheAt(0);
    const tickets = [cache.begin('product:1'), cache.begin('product:1')];
    cache.invalidate(['product:1']);
    for (const ticket of tickets) cache.store(ticket, fetched('old chair'));

    expect(cache.get('product:1')).toBeUndefined();
  });
});

describe('one fetch for all who ask', () => {
  it('gives those who joined what the read brought', async () => {
    const { cache } = cacheAt(0);
    const ticket = cache.begin('product:1');
    const joined = [cache.inFlight<string>('product:1'), cache.inFlight<string>('product:1')];
    cache.store(ticket, fetched('chair'));

    expect(await Promise.all(joined.map(async (read) => read))).toEqual(['chair', 'chair']);
    expect(cache.inFlight('product:1')).toBeUndefined();
  });

  it('fails those who joined when the read failed', async () => {
    const { cache } = cacheAt(0);
    const ticket = cache.begin('product:1');
    const joined = cache.inFlight('product:1');
    cache.abandon(ticket, new Error('Redis went away'));

    await expect(joined).rejects.toThrow('Redis went away');
    expect(cache.inFlight('product:1')).toBeUndefined();
  });

  it('needs nobody to hear of a failure that nobody joined', () => {
    const { cache } = cacheAt(0);
    expect(() => cache.abandon(cache.begin('product:1'))).not.toThrow();
  });

  it('lets nobody join a read after a change, while those who came before it still get its answer', async () => {
    const { cache } = cacheAt(0);
    const ticket = cache.begin('product:1');
    const before = cache.inFlight('product:1');
    cache.invalidate(['product:1']);
    const after = cache.inFlight('product:1');
    cache.store(ticket, fetched('old chair'));

    expect(after).toBeUndefined();
    expect(await before).toBe('old chair');
  });

  it('joins the read that began after the change', async () => {
    const { cache } = cacheAt(0);
    const overtaken = cache.begin('product:1');
    cache.invalidate(['product:1']);
    const fresh = cache.begin('product:1');
    const joined = cache.inFlight('product:1');
    cache.store(overtaken, fetched('old chair'));
    cache.store(fresh, fetched('new chair'));

    expect(await joined).toBe('new chair');
  });

  it('joins the latest of two reads of a key, and the other one when the latest has ended', async () => {
    const { cache } = cacheAt(0);
    const first = cache.begin('product:1');
    const second = cache.begin('product:1');
    const joinedSecond = cache.inFlight('product:1');
    cache.store(second, fetched('two fields'));
    const joinedFirst = cache.inFlight('product:1');
    cache.store(first, fetched('one field'));

    expect(await Promise.all([joinedSecond, joinedFirst])).toEqual(['two fields', 'one field']);
  });
});

describe('when tracking is lost', () => {
  it('serves nothing as coherent, neither at once nor when tracking is back', () => {
    const { cache } = cacheAt(0);
    put(cache, 'product:1', 'chair');
    cache.trackingLost();
    expect(cache.get('product:1')).toBeUndefined();
    cache.trackingReady();
    expect(cache.get('product:1')).toBeUndefined();
    expect(cache.stats.trackingLosses).toBe(1);
  });

  it('keeps no read that was on its way at the loss, not even after tracking is back', () => {
    const { cache } = cacheAt(0);
    const ticket = cache.begin('product:1');
    cache.trackingLost();
    cache.trackingReady();
    cache.store(ticket, fetched('chair'));

    expect(cache.get('product:1')).toBeUndefined();
  });

  it('neither keeps nor shares a read that began without tracking', () => {
    const { cache } = cacheAt(0);
    cache.trackingLost();
    const ticket = cache.begin('product:1');
    expect(cache.inFlight('product:1')).toBeUndefined();
    cache.trackingReady();
    cache.store(ticket, fetched('chair'));

    expect(cache.get('product:1')).toBeUndefined();
  });

  it('keeps nothing before tracking has come up the first time', () => {
    const cache = new CoherentCache({ maxBytes: MIB, staleMs: 30_000 });
    put(cache, 'product:1', 'chair');

    expect(cache.get('product:1')).toBeUndefined();
    expect(cache.getStale('product:1')).toBeUndefined();
  });

  it('serves as stale what was coherent at the loss, for the stale window and no longer', () => {
    const { cache, clock } = cacheAt(0, { staleMs: 10_000 });
    put(cache, 'product:1', 'chair', 60_000);
    expect(cache.getStale('product:1')).toBeUndefined();

    clock.ms = 5_000;
    cache.trackingLost();
    clock.ms = 14_999;
    expect(cache.getStale('product:1')).toBe('chair');
    clock.ms = 15_000;
    expect(cache.getStale('product:1')).toBeUndefined();
  });

  it('serves as stale what expires during the outage, and not what had expired before it', () => {
    const { cache, clock } = cacheAt(0, { staleMs: 10_000 });
    put(cache, 'product:short', 'lamp', 4_000);
    put(cache, 'product:longer', 'chair', 6_000);
    clock.ms = 5_000;
    cache.trackingLost();
    clock.ms = 7_000;

    expect(cache.getStale('product:short')).toBeUndefined();
    expect(cache.getStale('product:longer')).toBe('chair');
  });

  it('counts the stale window from the first of several losses', () => {
    const { cache, clock } = cacheAt(0, { staleMs: 10_000 });
    put(cache, 'product:1', 'chair');
    for (clock.ms = 0; clock.ms < 10_000; clock.ms += 2_500) {
      cache.trackingLost();
      expect(cache.getStale('product:1')).toBe('chair');
      cache.trackingLost();
      cache.trackingReady();
      expect(cache.getStale('product:1')).toBeUndefined();
    }
    cache.trackingLost();

    expect(cache.getStale('product:1')).toBeUndefined();
  });
});

describe('an untracked value', () => {
  it('is held for a second at most, and for less when its key lives less', () => {
    const { cache, clock } = cacheAt(0);
    cache.store(cache.beginHold('trending_products'), fetched('feed', 3_600_000));
    cache.store(cache.beginHold('trending_products:short'), fetched('feed', 300));

    clock.ms = 299;
    expect(cache.get('trending_products:short')).toBe('feed');
    clock.ms = 300;
    expect(cache.get('trending_products:short')).toBeUndefined();
    clock.ms = HOLD_MS - 1;
    expect(cache.get('trending_products')).toBe('feed');
    clock.ms = HOLD_MS;
    expect(cache.get('trending_products')).toBeUndefined();
  });

  it('is held and shared without tracking too', async () => {
    const { cache } = cacheAt(0);
    cache.trackingLost();
    const ticket = cache.beginHold('trending_products');
    const joined = cache.inFlight('trending_products');
    cache.store(ticket, fetched('feed'));

    expect(await joined).toBe('feed');
    expect(cache.get('trending_products')).toBe('feed');
  });

  it('is stale like any other when it was held at the loss', () => {
    const { cache, clock } = cacheAt(0);
    cache.store(cache.beginHold('trending_products'), fetched('feed'));
    clock.ms = 500;
    cache.trackingLost();
    clock.ms = 5_000;

    expect(cache.get('trending_products')).toBeUndefined();
    expect(cache.getStale('trending_products')).toBe('feed');
  });

  it('is stale too when it was held before the loss, for the stale window from the end of its second', () => {
    const { cache, clock } = cacheAt(0, { staleMs: 10_000 });
    cache.store(cache.beginHold('trending_products'), fetched('feed', 3_600_000));
    cache.store(cache.beginHold('trending_products:short'), fetched('feed', 2_000));
    clock.ms = 3_000;
    cache.trackingLost();

    expect(cache.getStale('trending_products:short')).toBeUndefined();
    clock.ms = HOLD_MS + 9_999;
    expect(cache.getStale('trending_products')).toBe('feed');
    clock.ms = HOLD_MS + 10_000;
    expect(cache.getStale('trending_products')).toBeUndefined();
  });
});

it('refuses a ticket that it did not give out', () => {
  const { cache } = cacheAt(0);
  expect(() => cache.store({ entryKey: 'product:1', askedAtMs: 0 }, fetched('chair'))).toThrow(TypeError);
});
