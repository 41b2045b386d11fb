import { readFileSync } from 'node:fs';
import { ConfigError, loadConfig } from '../../src/config.js';

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('the settings', () => {
  it('have a default each', () => {
    expect(loadConfig({})).toMatchObject({
      isProduction: false,
      host: '127.0.0.1',
      port: 4_000,
      redis: { url: 'redis://127.0.0.1:6379', clusterNodes: [], sentinels: [] },
      shop: { currency: 'EUR', minorDigits: 2, productPriceUnit: 'major', guestSegment: 'guest' },
      graphql: { introspection: true },
      cache: { enabled: true },
    });
  });

  it('name every fault at once', () => {
    const faults = faultsOf({
      PORT: '70000',
      REDIS_URL: 'http://localhost',
      SHOP_CURRENCY: 'EURO',
      PRODUCT_PRICE_UNIT: 'cents',
      CART_GUEST_SEGMENT: 'a:b',
      SESSION_SECRET: 'short',
      CACHE_ENABLED: 'perhaps',
      SERVICE_API_KEYS: 'mailer:feeds:abc',
      REDIS_COMMAND_TIMEOUT_MS: 'soon',
      REDIS_CLUSTER_NODES: 'localhost',
    });
    const named = faults.map((fault) => fault.split(':')[0]);
    expect(named).toEqual(
      expect.arrayContaining([
        ...['PORT', 'REDIS_URL', 'SHOP_CURRENCY', 'PRODUCT_PRICE_UNIT', 'CART_GUEST_SEGMENT', 'SESSION_SECRET'],
        ...['CACHE_ENABLED', 'SERVICE_API_KEYS', 'REDIS_COMMAND_TIMEOUT_MS', 'REDIS_CLUSTER_NODES'],
      ]),
    );
    expect(new ConfigError(faults).message.split('\n')).toHaveLength(faults.length + 1);
  });

  it('are all in the table of the README, and nothing else is', () => {
    const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const settings = [...read('src/config.ts').matchAll(/^ {4}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1]);
    const rows = read('README.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+`/.test(line));
    const listed = rows.flatMap((row) => row.split('|')[1]!.match(/[A-Z][A-Z0-9_]+/g));
    expect(settings.length).toBeGreaterThan(40);
    expect(listed.toSorted()).toEqual(settings.toSorted());
  });

  it('that are empty count as not set', () => {
    expect(loadConfig({ PORT: '', SHOP_CURRENCY: '', SESSION_SECRET: '' })).toEqual(loadConfig({}));
  });

  it('never repeat a secret in a fault', () => {
    const text = faultsOf({ SERVICE_API_KEYS: 'mailer:feeds:the-key-itself', SESSION_SECRET: 'hunter2' }).join('\n');
    expect(text).not.toMatch(/the-key-itself|hunter2/);
    expect(text).toContain('entry 1');
  });

  it('tell service keys with their scopes apart', () => {
    const sha = 'AB'.repeat(32);
    const { serviceKeys } = loadConfig({ SERVICE_API_KEYS: `login:sessions+carts:${sha}, mailer:feeds:${sha}` });
    expect(serviceKeys).toEqual([
      { name: 'login', scopes: new Set(['sessions', 'carts']), sha256: sha.toLowerCase() },
      { name: 'mailer', scopes: new Set(['feeds']), sha256: sha.toLowerCase() },
    ]);
    for (const entry of [`x:admin:${sha}`, `x::${sha}`, `:feeds:${sha}`, `x:feeds:${sha}0`, 'x'])
      expect([entry, faultsOf({ SERVICE_API_KEYS: entry })]).toEqual([
        entry,
        [expect.stringMatching(/^SERVICE_API_KEYS/)],
      ]);
  });

  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['USD', 2],
  ])('know how many digits %s has', (currency, digits) => {
    expect(loadConfig({ SHOP_CURRENCY: currency }).shop.minorDigits).toBe(digits);
  });

  it('are stricter in production', () => {
    const sha = 'ab'.repeat(32);
    const login = { NODE_ENV: 'production', SERVICE_API_KEYS: `login:sessions:${sha}` };
    expect(faultsOf(login)).toEqual([expect.stringMatching(/^SESSION_SECRET/)]);
    expect(loadConfig({ ...login, SESSION_SECRET: 's'.repeat(32) })).toMatchObject({
      isProduction: true,
      graphql: { introspection: false, explorers: false },
      rateLimit: { enabled: true },
    });
  });

  it('know three ways to Redis, of which a Cluster and Sentinels cannot stand together', () => {
    expect(loadConfig({ REDIS_CLUSTER_NODES: 'a:1, b:2' }).redis.clusterNodes).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ]);
    expect(loadConfig({ REDIS_SENTINELS: '::1:26379' }).redis.sentinels).toEqual([{ host: '::1', port: 26_379 }]);
    expect(faultsOf({ REDIS_CLUSTER_NODES: 'a:1', REDIS_SENTINELS: 'b:2' })).toEqual([
      expect.stringMatching(/^REDIS_SENTINELS/),
    ]);
  });
});
