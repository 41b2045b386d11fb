import type { Config } from '../config.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import { CacheTracker } from '../redis/cacheTracker.js';
import { createRedisClient, type RedisClient } from '../redis/client.js';
import { CoherentCache } from '../redis/coherentCache.js';
import { CommandRunner, type CommandReader } from '../redis/commandRunner.js';
import { cacheEntryOf, trackedPrefixes } from '../redis/keyspace.js';
import { ScriptRunner } from '../redis/scriptRunner.js';
import { answersPing } from '../redis/suspects.js';
import { trackingSourceOf } from '../redis/trackingSource.js';

/** `CommandRunner` keeps the time of reads itself, and the older protocol is a tenth cheaper to decode. */
const READ_OPTIONS = { commandTimeout: undefined, protocol: 2 } as const;

/** What of the in-process cache is for decoded keys, for pages of feeds, for pages as text, and for whole answers. */
export const CACHE_SHARES = { keys: 0.5, pages: 0.2, texts: 0.1, answers: 0.2 } as const;

/** The process' ways to Redis. They connect in the background and for ever. */
export interface RedisAccess {
  reader: CommandReader;
  /** Writes have a connection of their own: `WAIT` counts one connection's, and a big read holds none up. */
  scripts: ScriptRunner;
  /** Undefined where the settings switch it off. */
  cache: CoherentCache | undefined;
  /** Whether Redis answers; settles within the command timeout. */
  answers: () => Promise<boolean>;
  close(): Promise<void>;
}

export function openRedis(config: Config, logger: Logger, metrics: Metrics): RedisAccess {
  const reads = createRedisClient(config.redis, 'reads', READ_OPTIONS);
  const writes = createRedisClient(config.redis, 'writes');
  logChanges(reads, logger.child({ connection: 'reads' }));
  logChanges(writes, logger.child({ connection: 'writes' }));
  const runner = new CommandRunner(reads, {
    ...config.redis,
    onBatch: (commands, durationMs, succeeded) => metrics.batchEnded(commands, durationMs, succeeded),
    onSuspect() {
      logger.warn('Redis does not answer');
      tracked?.tracker.renew(new Error('Redis left a read without an answer'));
    },
  });
  const tracked = config.cache.enabled ? trackedCache(reads, config, logger) : undefined;
  if (tracked) metrics.watch('gateway_cache', () => ({ ...tracked.cache.stats }));
  return {
    reader: runner,
    scripts: new ScriptRunner(writes, config.redis),
    cache: tracked?.cache,
    answers: () => answersPing(reads, config.redis.commandTimeoutMs),
    async close() {
      await tracked?.tracker.stop();
      runner.close();
      reads.disconnect();
      writes.disconnect();
    },
  };
}

function trackedCache(reads: RedisClient, config: Config, logger: Logger) {
  const cache = new CoherentCache({
    maxBytes: config.cache.maxBytes * CACHE_SHARES.keys,
    staleMs: config.cache.staleMs,
    entryKeyFor: cacheEntryOf,
  });
  const tracker = new CacheTracker({
    cache,
    source: trackingSourceOf(reads),
    prefixes: trackedPrefixes,
    onReady: () => logger.info('the cache follows Redis'),
    onLost: (reason) => logger.debug({ err: reason }, 'the cache does not follow Redis'),
  });
  tracker.start();
  return { cache, tracker };
}

/** One line when Redis goes and one when it is back, not one for each of the attempts between. */
function logChanges(client: RedisClient, logger: Logger): void {
  let isAway = false;
  client.on('error', (error: Error) => {
    if (isAway) return;
    isAway = true;
    logger.warn({ err: error }, 'Redis is away');
  });
  client.on('ready', () => {
    isAway = false;
    logger.info('Redis is there');
  });
}
