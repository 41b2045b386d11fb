import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/config.js';
import { demoSettings } from '../../src/demo/settings.js';
import { generateShop } from '../../src/demo/shop.js';
import { homePageQuery, welcomeText } from '../../src/demo/welcome.js';
import { demoWords } from './demoWords.js';

const url = 'redis://127.0.0.1:7001';

describe('settings of the demo', () => {
  it('are all that the gateway needs, and its service key matches the hash', () => {
    const { env, serviceKey } = demoSettings({}, url);
    expect(() => loadConfig(env)).not.toThrow();
    const sha256 = createHash('sha256').update(String(serviceKey)).digest('hex');
    expect(env['SERVICE_API_KEYS']).toBe(`demo:feeds+sessions+carts:${sha256}`);
    expect(env['CORS_ORIGINS']).toBe('https://studio.apollographql.com');
  });

  it('give way to what is set, but keep to the one Redis and to Apollo Studio', () => {
    const { env, serviceKey } = demoSettings(
      {
        SHOP_CURRENCY: 'CHF',
        LOG_LEVEL: '',
        SERVICE_API_KEYS: 'mine',
        CORS_ORIGINS: 'https://a.example',
        REDIS_CLUSTER_NODES: 'x:1',
      },
      url,
    );
    expect(env).toMatchObject({ SHOP_CURRENCY: 'CHF', LOG_LEVEL: 'warn', REDIS_URL: url, REDIS_CLUSTER_NODES: '' });
    expect(env['CORS_ORIGINS']).toBe('https://a.example,https://studio.apollographql.com');
    expect(serviceKey).toBeNull();
  });

  it('have secrets of their own at each start', () => {
    const [first, second] = [demoSettings({}, url), demoSettings({}, url)];
    expect(first.serviceKey).not.toBe(second.serviceKey);
    expect(first.env['SESSION_SECRET']).not.toBe(second.env['SESSION_SECRET']);
  });
});

describe('the welcome', () => {
  const size = { productCount: 480, userCount: 100, basketCount: 500, guestCount: 2 };
  const shop = generateShop(demoWords(), 7, 1_760_000_000, size);
  const welcome = { shop, baseUrl: 'http://127.0.0.1:4000', redisUrl: url, serviceKey: 'KEY', secondsToReady: 1.23 };

  it('tells the URLs, four ways to ask, and a command that carries the query unbroken', () => {
    const text = welcomeText(welcome);
    expect(text).toContain('http://127.0.0.1:4000/explorer');
    expect(text.match(/^ {2}a (regular|new user|guest) +[\w-]{43} /gm)).toHaveLength(3);
    expect(text).toContain('KEY');
    const body = /^curl .* -d '([^']+)'$/m.exec(text)?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ query: homePageQuery });
  });

  it('hides the password of a Redis that was brought along', () => {
    const text = welcomeText({ ...welcome, redisUrl: 'redis://shop:s3cret@db.example:6379/1' });
    expect(text).toContain('redis://shop:***@db.example:6379/1');
    expect(text).not.toContain('s3cret');
  });
});
