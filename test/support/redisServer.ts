import { startPrivateRedis } from '../../src/demo/privateRedis.js';
import type { PrivateRedis, PrivateRedisOptions } from '../../src/demo/privateRedis.js';

/** A redis-server of the test's own; the caller stops it. */
export function startRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  return startPrivateRedis(options);
}
