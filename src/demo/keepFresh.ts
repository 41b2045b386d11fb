import type { Redis } from 'ioredis';
import { writeKeys } from './load.js';
import type { Shop } from './shop.js';
import { catalogueWrites } from './catalogueWrites.js';
import type { KeyWrite } from './keyWrite.js';

export interface Refresher {
  stop: () => void;
}

/**
 * Stands in for the teams that would go on writing: rewrites the catalogue and the feeds when half of their TTL is
 * over, so that a demo left running does not empty itself. Sessions, carts and views are the gateway's and run out
 * as they would. A failed round is reported and made up for by the next.
 */
export function keepFresh(redis: Redis, shop: Shop, onError: (error: unknown) => void, intervalMs = 60_000): Refresher {
  const writtenAt = new Map<number | null, number>();
  let isBusy = false;
  const refresh = async (): Promise<void> => {
    const now = epochSeconds();
    const due = catalogueWrites(shop, now).filter((write) =>
      isDue(write, now - (writtenAt.get(write.ttlSeconds) ?? shop.now)),
    );
    await writeKeys(redis, due);
    for (const { ttlSeconds } of due) writtenAt.set(ttlSeconds, now);
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    refresh()
      .catch(onError)
      .finally(() => (isBusy = false));
  }, intervalMs);
  return { stop: () => clearInterval(timer) };
}

/** Whether a key of this TTL should be written again, so many seconds after it was. Those without a TTL always are. */
export function isDue({ ttlSeconds }: Pick<KeyWrite, 'ttlSeconds'>, ageSeconds: number): boolean {
  return ttlSeconds === null || ageSeconds >= ttlSeconds / 2;
}

export function epochSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
