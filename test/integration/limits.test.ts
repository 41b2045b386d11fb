import { getIntrospectionQuery } from 'graphql';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis } from '../support/redisServer.js';

const FIELDS = 'id name price { amount currencyCode } image rating isAvailable';
const HOME = `
  query Home {
    session { id userId }
    cart { totalItems totalAmount { amount } lines { quantity amount { amount } product { ${FIELDS} } } }
    recommendations {
      ${['personalized', 'trending', 'popular', 'newArrivals']
        .map((feed) => `${feed}(first: 20) { source isFallback edges { score node { ...Card } } }`)
        .join('\n')}
    }
  }
  fragment Card on Product { ${FIELDS} }`;
const WIDGET = 'query Widget { recommendations { trending(first: 10) { nodes { id name image price { amount } } } } }';
const PRODUCT = `
  query ProductPage($id: ID!) {
    product(id: $id) {
      ${FIELDS} stock category { id name }
      similar(first: 12) { nodes { ${FIELDS} } }
      frequentlyBoughtTogether(first: 12) { nodes { ${FIELDS} } }
    }
  }`;
const INTROSPECTION = getIntrospectionQuery({
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});
/** Half of each limit's default: who stays within that is far inside. */
const HALVED = {
  MAX_BODY_BYTES: '50000',
  MAX_TOKENS: '1000',
  MAX_DEPTH: '7',
  MAX_ALIASES: '25',
  MAX_DIRECTIVES: '25',
  MAX_ROOT_FIELDS: '10',
  MAX_SELECTIONS: '300',
  MAX_COST: '1250',
};

describe('the limits of a query', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  async function withGateway<T>(env: NodeJS.ProcessEnv, use: (gateway: TestGateway) => Promise<T>): Promise<T> {
    const gateway = await startGateway({ REDIS_URL: redis.url, ...env });
    try {
      return await use(gateway);
    } finally {
      await gateway.stop();
    }
  }

  it('are twice as wide as what the shop and its tools ask for', async () => {
    await withGateway(HALVED, async (gateway) => {
      for (const [query, variables] of [
        [HOME, {}],
        [WIDGET, {}],
        [PRODUCT, { id: 'prod_1' }],
        [INTROSPECTION, {}],
      ] as const) {
        const { status, body } = await gateway.query(query, { variables });
        expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
      }
    });
  });

  it.each([
    [
      'MAX_TOKENS',
      '20',
      '{ a: __typename b: __typename c: __typename d: __typename e: __typename f: __typename g: __typename }',
    ],
    ['MAX_DEPTH', '3', '{ recommendations { trending { nodes { id } } } }'],
    ['MAX_ALIASES', '1', '{ a: __typename b: __typename }'],
    ['MAX_DIRECTIVES', '1', '{ __typename @skip(if: false) @include(if: true) }'],
    ['MAX_ROOT_FIELDS', '1', '{ __typename cart { id } }'],
    [
      'MAX_SELECTIONS',
      '10',
      '{ cart { ...F } } fragment F on Cart { ...G ...G ...G } fragment G on Cart { id version }',
    ],
    ['MAX_COST', '15', '{ recommendations { trending { nodes { id } } } }'],
  ])('are settings: %s of %s', async (name, value, query) => {
    const refused = await withGateway({ [name]: value }, (gateway) => gateway.query(query));
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] } });
    expect(refused.body).not.toHaveProperty('data');
    expect(refused.headers['cache-control']).toBe('no-store');

    const served = await withGateway({}, (gateway) => gateway.query(query));
    expect(served.body.errors).toBeUndefined();
  });

  it('take a body of MAX_BODY_BYTES and no more', async () => {
    await withGateway({ MAX_BODY_BYTES: '1000' }, async (gateway) => {
      const body = (length: number) => `{ __typename } # ${'x'.repeat(length)}`;
      expect((await gateway.query(body(900))).status).toBe(200);
      expect((await gateway.query(body(1_000))).status).toBe(413);
    });
  });

  it.each([
    ['products', `{ products(ids: [${'"a" '.repeat(101)}]) { id } }`],
    ['first', '{ recommendations { trending(first: 101) { source } } }'],
    ['exclude', `{ recommendations { trending(exclude: [${'"a" '.repeat(101)}]) { source } } }`],
  ])('hold for lists: %s of 101', async (_name, query) => {
    await withGateway({}, async (gateway) => {
      const { status, body } = await gateway.query(query);
      expect(status).toBeLessThan(500);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });

  it('hold for GET and for automatic persisted queries', async () => {
    const query = `{ ${'id '.repeat(3_000)} }`;
    await withGateway({}, async (gateway) => {
      const url = `${gateway.url}/graphql?query=${encodeURIComponent(query)}`;
      const got = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
      expect(got.status).toBe(400);
      expect(await got.json()).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] });

      const sha256Hash = 'f'.repeat(64);
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      expect((await gateway.query(query, { extensions })).status).toBe(400);
    });
  });

  it('let a query be as dear as the limit, whatever its variables say', async () => {
    await withGateway({ MAX_COST: '50' }, async (gateway) => {
      const query = 'query ($n: Int) { recommendations { trending(first: $n) { nodes { id } } } }';
      expect((await gateway.query(query, { variables: { n: 44 } })).body.errors).toBeUndefined();
      const { body } = await gateway.query(query, { variables: { n: 45 } });
      expect(body.errors).toMatchObject([
        { message: 'The operation costs 51; at most 50 are allowed.', extensions: { code: 'QUERY_TOO_COMPLEX' } },
      ]);
    });
  });
});
