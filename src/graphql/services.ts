import type { Config } from '../config.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { GatewayContext } from './context.js';
import { openRedis } from './redisAccess.js';
import { createContext, type Caller } from './requestContext.js';
import { createStores } from './stores.js';

/** What lives as long as the process, and makes what lives as long as a request. */
export interface Services {
  /** @throws UNAUTHENTICATED, as HTTP 401, where an `x-api-key` came that is nobody's. */
  createContext: (caller: Caller) => GatewayContext;
  /** Whether Redis answers; settles within its command timeout. */
  redisAnswers: () => Promise<boolean>;
  close: () => Promise<void>;
}

export function createServices(config: Config, logger: Logger, metrics: Metrics): Services {
  const redis = openRedis(config, logger, metrics);
  const stores = createStores(config, redis, logger);
  return {
    createContext: (caller) => createContext(config, stores, metrics, caller),
    redisAnswers: redis.answers,
    async close() {
      // A session's touch may still be under way; it has a deadline of its own.
      await stores.keeper.idle();
      await redis.close();
    },
  };
}
