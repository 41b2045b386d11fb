import { createHash, randomBytes } from 'node:crypto';

const apolloStudio = 'https://studio.apollographql.com';

export interface DemoSettings {
  env: NodeJS.ProcessEnv;
  /** The demo's own service key in clear, or null where the environment brought its own keys. */
  serviceKey: string | null;
}

/** What the gateway of the demo is started with: settings that are set win, the others get a developer's defaults. */
export function demoSettings(env: NodeJS.ProcessEnv, redisUrl: string): DemoSettings {
  const key = randomBytes(24).toString('base64url');
  const sha256 = createHash('sha256').update(key).digest('hex');
  const defaults = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    SHOP_CURRENCY: 'EUR',
    PRODUCT_PRICE_UNIT: 'major',
    SESSION_SECRET: randomBytes(32).toString('hex'),
    SERVICE_API_KEYS: `demo:feeds+sessions+carts:${sha256}`,
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const origins = [given['CORS_ORIGINS'], apolloStudio].filter(Boolean).join(',');
  return {
    // The data are in this one Redis: a Cluster or Sentinels of the developer's shell have no part in it.
    env: {
      ...defaults,
      ...given,
      REDIS_URL: redisUrl,
      REDIS_CLUSTER_NODES: '',
      REDIS_SENTINELS: '',
      CORS_ORIGINS: origins,
    },
    serviceKey: 'SERVICE_API_KEYS' in given ? null : key,
  };
}
