import cliProgress from 'cli-progress';
import type { Redis } from 'ioredis';
import type { Shop } from './shop.js';
import { catalogueWrites } from './catalogueWrites.js';
import { customerWrites } from './customerWrites.js';
import type { KeyWrite } from './keyWrite.js';

const keysPerPipeline = 500;

/** Where the keys of the demo must not go: somebody else's data would be mixed with invented ones. */
export class RedisNotEmptyError extends Error {
  override name = 'RedisNotEmptyError';

  constructor(keyCount: number) {
    super(
      `This Redis already holds ${keyCount} keys, and the demo writes only into an empty one. ` +
        'Choose another (REDIS_URL may name a database: redis://HOST:6379/1), or leave REDIS_URL out for a private one.',
    );
  }
}

/**
 * Writes the whole shop, with a progress bar where a person is watching. Answers the number of keys.
 * Throws RedisNotEmptyError before the first write, and Redis' own error where it refuses one.
 */
export async function loadShop(redis: Redis, shop: Shop): Promise<number> {
  const keyCount = await redis.dbsize();
  if (keyCount > 0) throw new RedisNotEmptyError(keyCount);
  const writes = [...catalogueWrites(shop, shop.now), ...customerWrites(shop)];
  const bar = new cliProgress.SingleBar({
    format: 'Filling Redis [{bar}] {percentage}%  {value} of {total} keys',
    clearOnComplete: true,
    noTTYOutput: false,
  });
  const isWatched = process.stderr.isTTY;
  if (isWatched) bar.start(writes.length, 0);
  try {
    await writeKeys(redis, writes, (written) => isWatched && bar.update(written));
  } finally {
    if (isWatched) bar.stop();
  }
  return writes.length;
}

/** Writes keys with their TTLs, a pipeline at a time. Throws Redis' error where it refuses a command. */
export async function writeKeys(
  redis: Redis,
  writes: readonly KeyWrite[],
  onProgress: (written: number) => void = () => undefined,
): Promise<void> {
  for (let start = 0; start < writes.length; start += keysPerPipeline) {
    const pipeline = redis.pipeline();
    for (const { command, key, args, ttlSeconds } of writes.slice(start, start + keysPerPipeline)) {
      pipeline.call(command, key, ...args);
      if (ttlSeconds !== null) pipeline.expire(key, ttlSeconds);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    onProgress(Math.min(start + keysPerPipeline, writes.length));
  }
}
