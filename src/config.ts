import { isIP } from 'node:net';
import { z } from 'zod';

/** Every setting of the gateway, checked. Built once at start from the environment; nothing else reads `process.env`. */
export type Config = ReturnType<typeof toConfig>;

/** A key that a service of the shop calls with: who it is, what it may, and the SHA-256 of the key. */
export interface ServiceKey {
  name: string;
  scopes: ReadonlySet<ServiceScope>;
  /** Hex, 64 characters. The key itself is known to the service alone. */
  sha256: string;
}

export type ServiceScope = 'feeds' | 'sessions' | 'carts';

/** Settings that are wrong, all of them, for the operator to read. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the settings.
 * @throws ConfigError listing every fault at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = settings.safeParse(set);
  if (parsed.success) return toConfig(parsed.data);
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`),
  );
}

const whole = (fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(min).max(max).default(fallback);

/** On, off, or left to the caller's default (which may hang on NODE_ENV). */
const flag = z
  .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
  .transform((word) => word === 'true' || word === '1')
  .optional();

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const hostAndPort = list.transform((items, context) =>
  items.flatMap((item) => {
    const match = /^(.+):(\d{1,5})$/.exec(item);
    if (match) return [{ host: match[1]!, port: Number(match[2]) }];
    context.addIssue({ code: 'custom', message: `"${item}" must be host:port` });
    return [];
  }),
);

const SCOPES: readonly string[] = ['feeds', 'sessions', 'carts'];

const serviceKeys = list.transform((items, context) =>
  items.flatMap((item, index): ServiceKey[] => {
    const [name, scopes = '', sha256 = ''] = item.split(':');
    const wanted = scopes.split('+');
    if (name && wanted.every((scope) => SCOPES.includes(scope)) && /^[0-9a-f]{64}$/i.test(sha256))
      return [{ name, scopes: new Set(wanted as ServiceScope[]), sha256: sha256.toLowerCase() }];
    // The entry is not repeated: somebody may have put the key itself there.
    context.addIssue({
      code: 'custom',
      message: `entry ${index + 1} must be name:scopes:sha256, scopes out of ${SCOPES.join(', ')} joined by +, sha256 as 64 hex digits`,
    });
    return [];
  }),
);

/** Whoever believes all of `X-Forwarded-For` believes what the client put there, so "true" is one proxy. */
const proxies = z.string().transform((text, context): number | string[] | false => {
  if (text === 'true') return 1;
  if (text === 'false') return false;
  if (/^\d{1,2}$/.test(text)) return Number(text) || false;
  const addresses = text.split(',').map((item) => item.trim());
  if (addresses.every((item) => isIP(item.split('/', 1)[0]!) > 0)) return addresses;
  context.addIssue({ code: 'custom', message: 'must be true, false, a number of proxies, or addresses (with /bits)' });
  return false;
});

const currencies = new Set(Intl.supportedValuesOf('currency'));

const settings = z
  .object({
    NODE_ENV: z.string().default('development'),
    HOST: z.string().default('127.0.0.1'),
    PORT: whole(4000, { max: 65_535 }),
    CORS_ORIGINS: list.default([]),
    TRUST_PROXY: proxies.default(false),
    SHUTDOWN_GRACE_MS: whole(10_000, { min: 100 }),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),

    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\/\S+$/, 'must begin with redis:// or rediss://')
      .default('redis://127.0.0.1:6379'),
    REDIS_CLUSTER_NODES: hostAndPort.default([]),
    REDIS_SENTINELS: hostAndPort.default([]),
    REDIS_SENTINEL_MASTER: z.string().default('mymaster'),
    REDIS_SENTINEL_PASSWORD: z.string().optional(),
    REDIS_TLS_CA_FILE: z.string().optional(),
    REDIS_COMMAND_TIMEOUT_MS: whole(500, { min: 20, max: 60_000 }),
    REDIS_MAX_QUEUED_COMMANDS: whole(20_000, { min: 1 }),
    REDIS_WAIT_REPLICAS: whole(0, { max: 16 }),
    REDIS_WAIT_TIMEOUT_MS: whole(200, { min: 1, max: 60_000 }),

    SERVICE_API_KEYS: serviceKeys.default([]),
    SESSION_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),

    SHOP_CURRENCY: z
      .string()
      .default('EUR')
      .refine((code) => currencies.has(code), 'must be an ISO 4217 code'),
    PRODUCT_PRICE_UNIT: z.enum(['major', 'minor'], { error: 'must be major or minor' }).default('major'),
    CART_GUEST_SEGMENT: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - or _')
      .default('guest'),
    CART_MAX_LINES: whole(100, { min: 1, max: 1_000 }),
    CART_MAX_QUANTITY: whole(999, { min: 1, max: 100_000 }),
    RECOMMENDATIONS_STALE_AFTER_SECONDS: whole(3_600, { min: 1 }),

    GRAPHQL_EXECUTOR: z.enum(['jit', 'graphql-js'], { error: 'must be jit or graphql-js' }).default('jit'),
    GRAPHQL_COMPILE_AFTER: whole(1),
    GRAPHQL_PAGE_TEXTS: flag,
    INTROSPECTION: flag,
    EXPLORERS: flag,
    REQUEST_TIMEOUT_MS: whole(800, { min: 50, max: 60_000 }),
    MAX_BODY_BYTES: whole(100_000, { min: 1_000 }),
    MAX_TOKENS: whole(2_000, { min: 10 }),
    MAX_DEPTH: whole(14, { min: 1 }),
    MAX_ALIASES: whole(50, { min: 0 }),
    MAX_DIRECTIVES: whole(50, { min: 0 }),
    MAX_ROOT_FIELDS: whole(20, { min: 1 }),
    MAX_SELECTIONS: whole(600, { min: 10 }),
    MAX_COST: whole(2_500, { min: 10 }),

    CACHE_ENABLED: flag,
    CACHE_ANSWERS: flag,
    CACHE_MAX_BYTES: whole(128 * 1024 * 1024, { min: 1_024 }),
    CACHE_STALE_SECONDS: whole(60),

    RATE_LIMIT_ENABLED: flag,
    RATE_LIMIT_SESSION_COST: whole(20_000, { min: 1 }),
    RATE_LIMIT_ADDRESS_COST: whole(100_000, { min: 1 }),
    RATE_LIMIT_WINDOW_SECONDS: whole(60, { min: 1, max: 3_600 }),
  })
  .superRefine((env, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (env.REDIS_CLUSTER_NODES.length > 0 && env.REDIS_SENTINELS.length > 0)
      fault('REDIS_SENTINELS', 'cannot stand beside REDIS_CLUSTER_NODES');
    const canIdentify = env.SERVICE_API_KEYS.some((key) => key.scopes.has('sessions'));
    if (env.NODE_ENV === 'production' && canIdentify && env.SESSION_SECRET === undefined)
      fault('SESSION_SECRET', 'is needed in production where a service key has the scope sessions');
  });

function toConfig(env: z.infer<typeof settings>) {
  const isProduction = env.NODE_ENV === 'production';
  return {
    isProduction,
    host: env.HOST,
    port: env.PORT,
    corsOrigins: env.CORS_ORIGINS,
    /** How many proxies stand in front, or their addresses: `X-Forwarded-For` is believed as far as they wrote it. */
    trustProxy: env.TRUST_PROXY,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    logLevel: env.LOG_LEVEL,
    redis: {
      url: env.REDIS_URL,
      clusterNodes: env.REDIS_CLUSTER_NODES,
      sentinels: env.REDIS_SENTINELS,
      sentinelMaster: env.REDIS_SENTINEL_MASTER,
      sentinelPassword: env.REDIS_SENTINEL_PASSWORD,
      tlsCaFile: env.REDIS_TLS_CA_FILE,
      commandTimeoutMs: env.REDIS_COMMAND_TIMEOUT_MS,
      maxQueuedCommands: env.REDIS_MAX_QUEUED_COMMANDS,
      waitReplicas: env.REDIS_WAIT_REPLICAS,
      waitTimeoutMs: env.REDIS_WAIT_TIMEOUT_MS,
    },
    serviceKeys: env.SERVICE_API_KEYS,
    /** May be undefined where nobody can log in or outside production: one is made up then, good until the process ends. */
    sessionSecret: env.SESSION_SECRET,
    shop: {
      currency: env.SHOP_CURRENCY,
      /** Digits behind the point that the currency usually has: 2 for EUR, 0 for JPY. */
      minorDigits: minorDigitsOf(env.SHOP_CURRENCY),
      /** In which unit document B's prices are written (R5). */
      productPriceUnit: env.PRODUCT_PRICE_UNIT,
      guestSegment: env.CART_GUEST_SEGMENT,
      cartMaxLines: env.CART_MAX_LINES,
      cartMaxQuantity: env.CART_MAX_QUANTITY,
      recommendationsStaleAfterSeconds: env.RECOMMENDATIONS_STALE_AFTER_SECONDS,
    },
    graphql: {
      executor: env.GRAPHQL_EXECUTOR,
      /** How often a query is interpreted before it is compiled; most of a stranger's never come again. */
      compileAfter: env.GRAPHQL_COMPILE_AFTER,
      pageTexts: env.GRAPHQL_PAGE_TEXTS ?? true,
      introspection: env.INTROSPECTION ?? !isProduction,
      explorers: env.EXPLORERS ?? !isProduction,
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
      maxBodyBytes: env.MAX_BODY_BYTES,
      maxTokens: env.MAX_TOKENS,
      maxDepth: env.MAX_DEPTH,
      maxAliases: env.MAX_ALIASES,
      maxDirectives: env.MAX_DIRECTIVES,
      maxRootFields: env.MAX_ROOT_FIELDS,
      maxSelections: env.MAX_SELECTIONS,
      maxCost: env.MAX_COST,
    },
    cache: {
      enabled: env.CACHE_ENABLED ?? true,
      /** Whether whole answers to public queries are kept, too. */
      answers: env.CACHE_ANSWERS ?? true,
      maxBytes: env.CACHE_MAX_BYTES,
      staleMs: env.CACHE_STALE_SECONDS * 1_000,
    },
    rateLimit: {
      enabled: env.RATE_LIMIT_ENABLED ?? isProduction,
      sessionCost: env.RATE_LIMIT_SESSION_COST,
      addressCost: env.RATE_LIMIT_ADDRESS_COST,
      windowSeconds: env.RATE_LIMIT_WINDOW_SECONDS,
    },
  };
}

function minorDigitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
