import fc from 'fast-check';
import { Redis } from 'ioredis';
import { loadConfig } from '../../src/config.js';
import { loadShop } from '../../src/demo/load.js';
import { generateShop } from '../../src/demo/shop.js';
import type { GatewayContext } from '../../src/graphql/context.js';
import { PageTexts } from '../../src/graphql/pageTexts.js';
import { buildSchema } from '../../src/graphql/schema.js';
import { createServices, type Services } from '../../src/gateway/services.js';
import { createLogger } from '../../src/observability/logger.js';
import { Metrics } from '../../src/observability/metrics.js';
import { runByBoth } from '../support/bothExecutors.js';
import { eventually } from '../support/eventually.js';
import { queriesOf } from '../support/queryGenerator.js';
import { startRedis } from '../support/redisServer.js';
import { demoWords } from '../unit/demoWords.js';

const size = { productCount: 120, userCount: 20, basketCount: 300, guestCount: 2 };
const shop = generateShop(demoWords(), 11, Math.floor(Date.now() / 1_000), size);
const token = shop.sessions.find(({ userId }) => userId !== null)!.token;
const ids = [...shop.products.slice(0, 5).map(({ id }) => id), 'prod_unknown', 'malformed}'];

const schema = buildSchema();
const queries = queriesOf(schema, {
  // They are reckoned from what is left of a TTL, which is less each time.
  without: ['expiresAt'],
  values: {
    productId: ids,
    id: [...ids, 'cat_1', 'cat_2'],
    ids,
    exclude: ids,
    categoryId: ['cat_1', 'cat_2', 'no-category'],
    userId: ['1'],
    first: [1, 3, 20, 0, 101],
    after: ['', 'not a cursor'],
    Boolean: [false, true],
  },
});

// What is compared is what executors make of answers, not of a machine that is too busy for them.
const PATIENCE = { REQUEST_TIMEOUT_MS: '10000', REDIS_COMMAND_TIMEOUT_MS: '10000' };

let redis: Awaited<ReturnType<typeof startRedis>>;
let services: Services;

beforeAll(async () => {
  redis = await startRedis();
  const loader = new Redis(redis.url);
  await loadShop(loader, shop);
  loader.disconnect();
  const config = loadConfig({ REDIS_URL: redis.url, NODE_ENV: 'test', ...PATIENCE });
  services = createServices(config, createLogger('silent'), new Metrics());
  await eventually(async () => expect(await services.redisAnswers()).toBe(true));
});

afterAll(async () => {
  await services.close();
  await redis.stop();
});

it.each([
  ['field by field', undefined],
  ['with pages as text', new PageTexts(schema, 10_000_000)],
])(
  'answers generated queries over a whole shop as graphql-js does, %s',
  async (_, pageTexts) => {
    const contexts: GatewayContext[] = [];
    const createContext = () => {
      const context = services.createContext({
        header: (name) => (name === 'authorization' ? `Bearer ${token}` : undefined),
        address: '127.0.0.1',
      });
      contexts.push(context);
      return context;
    };
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(queries, async (generated) => {
        const results = await runByBoth(schema, generated, createContext, pageTexts);
        for (const { scope } of contexts.splice(0)) scope.deadline.clear();
        if (!results) return;
        compared++;
        expect(results.byJit).toEqual(results.byGraphqlJs);
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(75);
  },
  60_000,
);
