import { Redis } from 'ioredis';
import type { Cluster } from 'ioredis';
import { CacheTracker } from '../../src/redis/cacheTracker.js';
import { CoherentCache } from '../../src/redis/coherentCache.js';
import type { FetchTicket } from '../../src/redis/coherentCache.js';
import { trackingSourceOf } from '../../src/redis/trackingSource.js';
import { eventually } from './eventually.js';

/** The least store over the cache: the `name` of a hash, or null where there is none. */
export interface TrackedStore {
  readonly cache: CoherentCache;
  /** Why tracking was lost or could not be set up, each time. */
  readonly losses: string[];
  /** The keys announced so far. */
  readonly announced: string[];
  read(key: string): Promise<string | null>;
  untilReady(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TrackedStoreOptions {
  /** Registers a read only when its answer is there, as one would who knows nothing of overtaken reads. */
  readonly beginsLate?: boolean;
}

/** Reads through `reader` and tracks where `tracked` leads; both may be the same. */
export function trackedStore(
  reader: Redis | Cluster,
  tracked: Redis | Cluster = reader,
  { beginsLate = false }: TrackedStoreOptions = {},
): TrackedStore {
  const cache = new CoherentCache({ maxBytes: 32 * 1024 * 1024, staleMs: 10_000 });
  const losses: string[] = [];
  const announced: string[] = [];
  const tracker = new CacheTracker({
    cache: {
      invalidate(keys) {
        cache.invalidate(keys);
        announced.push(...(keys ?? ['(all)']));
      },
      trackingReady: () => cache.trackingReady(),
      trackingLost: () => cache.trackingLost(),
    },
    source: trackingSourceOf(tracked),
    prefixes: ['product:', 'hot_product:'],
    onLost: (reason) => losses.push(reason.message),
  });
  tracker.start();

  async function fetch(key: string): Promise<string | null> {
    let ticket: FetchTicket | undefined = beginsLate ? undefined : cache.begin(key);
    try {
      const [name, ttlMs] = await nameAndTtl(reader, key);
      ticket ??= cache.begin(key);
      cache.store(ticket, { value: name, ttlMs, bytes: 100 });
      return name;
    } catch (error) {
      if (ticket) cache.abandon(ticket);
      throw error;
    }
  }

  return {
    cache,
    losses,
    announced,
    async read(key) {
      const known = cache.get<string | null>(key);
      return known === undefined ? (cache.inFlight<string | null>(key) ?? fetch(key)) : known;
    },
    untilReady: (withinMs) => eventually(() => expect(cache.stats.tracking).toBe(true), withinMs),
    stop: () => tracker.stop(),
  };
}

async function nameAndTtl(reader: Redis | Cluster, key: string): Promise<[string | null, number]> {
  const answers = await reader.pipeline().hget(key, 'name').pttl(key).exec();
  const [[nameError, name], [ttlError, pttl]] = answers as [[Error | null, string | null], [Error | null, number]];
  const error = nameError ?? ttlError;
  if (error) throw error;
  return [name, pttl === -1 || name === null ? Infinity : pttl];
}
