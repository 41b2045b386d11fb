import type { Config } from '../config.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { CoherentCache } from '../redis/coherentCache.js';
import { RateLimiter } from '../limits/rateLimiter.js';
import type { GatewayContext } from '../graphql/context.js';
import { openRedis, type RedisAccess } from './redisAccess.js';
import { createContext, type Caller } from './requestContext.js';
import { createStores } from './stores.js';

/** What lives as long as the process, and makes what lives as long as a request. */
export interface Services {
  /** @throws UNAUTHENTICATED, as HTTP 401, where an `x-api-key` came that is nobody's. */
  createContext: (caller: Caller) => GatewayContext;
  /** The in-process cache; undefined where the settings switch it off. */
  cache: CoherentCache | undefined;
  /** Undefined where the settings switch it off. */
  limiter: RateLimiter | undefined;
  /** Whether Redis answers; settles within its command timeout. */
  redisAnswers: () => Promise<boolean>;
  close: () => Promise<void>;
}

export function createServices(config: Config, logger: Logger, metrics: Metrics): Services {
  const redis = openRedis(config, logger, metrics);
  const stores = createStores(config, redis, logger);
  return {
    createContext: (caller) => createContext(config, stores, metrics, caller),
    cache: redis.cache,
    limiter: config.rateLimit.enabled ? createLimiter(config, redis.scripts, logger) : undefined,
    redisAnswers: redis.answers,
    async close() {
      // A session's touch may still be under way; it has a deadline of its own.
      await stores.keeper.idle();
      await redis.close();
    },
  };
}

function createLimiter({ rateLimit }: Config, scripts: RedisAccess['scripts'], logger: Logger): RateLimiter {
  return new RateLimiter({
    scripts,
    ...rateLimit,
    onLost: (error) => logger.warn({ err: error }, 'the rate limit cannot be shared; each process limits by itself'),
  });
}
