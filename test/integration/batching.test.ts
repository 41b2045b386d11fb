import { eventually } from '../support/eventually.js';
import { as, openShop, session, type Shop } from './readsSetup.js';

/** What Redis received, counted at the socket. The cache is empty before each query. */
describe('product look-ups', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop({}, 5);
  });
  afterAll(() => shop?.stop());
  beforeEach(async () => {
    await shop.empty();
    await shop.addProducts('prod_1', 'prod_2', 'prod_3', 'prod_4');
  });

  const hmgets = () => shop.proxy.commands.filter(([name]) => name === 'HMGET').map(([, ...args]) => args.join(' '));
  const asked = async (query: string, request = {}) => {
    shop.proxy.reset();
    await shop.read(query, request);
    return hmgets().sort();
  };

  it('of one query are one pipeline, whatever asks for them, each product once', async () => {
    await shop.run(`
      ZADD rec:trending 3 prod_1 2 prod_2 1 prod_3
      ZADD rec:popular 3 prod_3 2 prod_2 1 prod_4`);
    const commands = await asked(`{
      recommendations { trending { nodes { id name } } popular { edges { node { name } } } }
    }`);
    expect(commands).toEqual(
      ['prod_1', 'prod_2', 'prod_3', 'prod_4']
        .flatMap((id) => [`product:${id} id name`, `hot_product:${id} product_id name`])
        .sort(),
    );
    expect(shop.proxy.waves).toBe(2);

    await shop.empty();
    await shop.addProducts('prod_1', 'prod_2', 'prod_3');
    await asked(
      '{ a: product(id: "prod_1") { name } b: product(id: "prod_2") { name } products(ids: ["prod_1", "prod_3"]) { name } }',
    );
    expect(hmgets()).toHaveLength(6);
    expect(shop.proxy.waves).toBe(1);
  });

  it.each<[string, string, string, string, Record<string, unknown>?]>([
    ['a plain selection', '{ name }', 'id name', 'product_id name'],
    ['the id alone', '{ id }', 'id', ''],
    ['the type name alone', '{ __typename }', 'id', ''],
    ['what only one hash has', '{ rating }', 'id rating', ''],
    ['a price, whatever of it is selected', '{ price { currencyCode } }', 'id price', 'product_id price'],
    ['a picture, which the documents name differently', '{ image }', 'id image', 'product_id image_url'],
    [
      'an availability, with the stock it may follow from',
      '{ isAvailable }',
      'id stock',
      'product_id stock is_available',
    ],
    ['a category by its id', '{ category { id } }', 'id category_id', ''],
    ['aliases', '{ title: name heading: name }', 'id name', 'product_id name'],
    ['a named fragment', '{ ...Card }', 'id name price', 'product_id name price'],
    ['inline fragments', '{ ... { name } ... on Product { stock } }', 'id name stock', 'product_id name stock'],
    ['a fragment in a fragment', '{ ...Outer }', 'id name price rating', 'product_id name price'],
    ['@skip that holds', '{ name stock @skip(if: $on) }', 'id name', 'product_id name'],
    ['@skip that does not', '{ name stock @skip(if: $off) }', 'id name stock', 'product_id name stock'],
    ['@include that holds', '{ name stock @include(if: $on) }', 'id name stock', 'product_id name stock'],
    ['@include that does not', '{ name stock @include(if: $off) }', 'id name', 'product_id name'],
    ['a fragment left out', '{ stock ...Card @include(if: $off) }', 'id stock', 'product_id stock'],
    [
      'an inline fragment left out',
      '{ stock ... @skip(if: $on) { price { amount } } }',
      'id stock',
      'product_id stock',
    ],
    [
      'a fragment both left out and let in',
      '{ ...Card @skip(if: $on) ...Card }',
      'id name price',
      'product_id name price',
    ],
    ['a variable that is left to its default', '{ name stock @include(if: $byDefault) }', 'id name', 'product_id name'],
  ])('ask for exactly the selected fields: %s', async (_what, selection, catalogue, hot) => {
    const fragments = [
      selection.includes('Card') ? 'fragment Card on Product { name price { amount } }' : '',
      selection.includes('Outer')
        ? 'fragment Outer on Product { rating ...Card } fragment Card on Product { name price { amount } }'
        : '',
    ];
    const variables = [
      selection.includes('$on') ? '$on: Boolean!' : '',
      selection.includes('$off') ? '$off: Boolean!' : '',
      selection.includes('$byDefault') ? '$byDefault: Boolean! = false' : '',
    ].filter(Boolean);
    const head = variables.length > 0 ? `query (${variables.join(', ')})` : 'query';
    const expected = [`product:prod_1 ${catalogue}`, ...(hot === '' ? [] : [`hot_product:prod_1 ${hot}`])].sort();
    const request = { variables: { on: true, off: false } };

    expect(await asked(`${head} { product(id: "prod_1") ${selection} } ${fragments.join(' ')}`, request)).toEqual(
      expected,
    );
    await shop.empty();
    await shop.run('HSET product:prod_1 id prod_1\nZADD rec:popular 1 prod_1');
    const asNode = `${head} { recommendations { popular { edges { node ${selection} } } } } ${fragments.join(' ')}`;
    expect(await asked(asNode, request)).toEqual(expected);
  });

  it('follow the variables of each request, although the query is the same', async () => {
    const query = 'query ($more: Boolean!) { product(id: "prod_1") { name ... @include(if: $more) { rating } } }';
    const hot = 'hot_product:prod_1 product_id name';
    expect(await asked(query, { variables: { more: false } })).toEqual([hot, 'product:prod_1 id name']);
    await shop.empty();
    await shop.addProducts('prod_1');
    expect(await asked(query, { variables: { more: true } })).toEqual([hot, 'product:prod_1 id name rating']);
  });

  it.each([true, false])('ask for nothing that stands under a condition further up, $on being %s', async (on) => {
    const query = `query ($on: Boolean!) {
      product(id: "prod_1") { name }
      ... @include(if: $on) { product(id: "prod_1") { price { amount } } }
      ...More @skip(if: $on)
    } fragment More on Query { product(id: "prod_1") { stock } }`;
    const field = on ? 'price' : 'stock';
    expect(await asked(query, { variables: { on } })).toEqual([
      `hot_product:prod_1 product_id name ${field}`,
      `product:prod_1 id name ${field}`,
    ]);
  });

  it('of a field that is selected twice in different ways ask for both', async () => {
    expect(await asked('{ product(id: "prod_1") { name } ... { product(id: "prod_1") { rating } } }')).toEqual([
      'hot_product:prod_1 product_id name',
      'product:prod_1 id name rating',
    ]);
  });

  it('of a product that is known in part ask for what is selected now, and both parts are known from then on', async () => {
    await shop.run(`
      HSET product:prod_1 price abc rating 4.5 stock 0 category_id cat_1
      HSET hot_product:prod_1 product_id prod_1 name Hot stock many is_available 1
      PEXPIRE hot_product:prod_1 60000`);
    expect(await asked('{ product(id: "prod_1") { rating isAvailable } }')).toEqual([
      'hot_product:prod_1 product_id stock is_available',
      'product:prod_1 id rating stock',
    ]);
    expect(await asked('{ product(id: "prod_1") { name price { amount } stock } }')).toEqual([
      'hot_product:prod_1 product_id name price stock',
      'product:prod_1 id name price stock',
    ]);
    shop.proxy.reset();
    const { body } = await shop.ask('{ product(id: "prod_1") { name rating stock isAvailable price { amount } } }');
    expect(body).toEqual({
      data: { product: { name: 'Hot', rating: 4.5, stock: 0, isAvailable: true, price: null } },
      extensions: { dataFaults: { INVALID_INTEGER: 1, INVALID_DECIMAL: 1 } },
    });
    expect(hmgets()).toEqual([]);

    await shop.run('HSET product:prod_1 rating 3');
    await eventually(async () =>
      expect(await shop.read('{ product(id: "prod_1") { rating } }')).toEqual({ product: { rating: 3 } }),
    );
    expect(await asked('{ product(id: "prod_1") { name } }')).toHaveLength(2);
  });

  it('of a widget are one read of the feed and one batch of HMGETs', async () => {
    await shop.run('ZADD rec:trending 1000 "prod_1" 950 "prod_2" 900 "prod_3"');
    const commands = await asked(
      '{ recommendations { trending(first: 3) { edges { score node { id name price { amount } image } } } } }',
    );
    expect(commands).toEqual(
      ['prod_1', 'prod_2', 'prod_3']
        .flatMap((id) => [`product:${id} id name price image`, `hot_product:${id} product_id name price image_url`])
        .sort(),
    );
    const others = shop.proxy.commands.filter(([name]) => name !== 'HMGET' && name !== 'PTTL');
    expect(others.map(([name, key]) => `${name} ${key}`)).toEqual(['ZREVRANGE rec:trending']);
    expect(shop.proxy.waves).toBe(2);
  });

  it('never read a whole hash, nor a whole feed', async () => {
    await shop.run(`${session('tok_1', 'sess_1', '5')}\nZADD rec:popular 3 prod_1 2 prod_2`);
    await shop.read(
      '{ session { id } recommendations { personalized { nodes { name } } popular { nodes { name } } recentlyViewed { nodes { id } } } }',
      as('tok_1'),
    );
    expect(shop.proxy.commands.filter(([name]) => name === 'HGETALL' && !name.startsWith('session:'))).toEqual([]);
    const ranges = shop.proxy.commands.filter(([name]) => name === 'ZREVRANGE' || name === 'LRANGE');
    expect(ranges.length).toBeGreaterThan(2);
    for (const [, key, , stop] of ranges) expect([key, Number(stop) >= 0 && Number(stop) < 250]).toEqual([key, true]);
  });

  it('look for a product that only hot_product has a second time, and only where the first look did not tell', async () => {
    await shop.run('HSET hot_product:hot_1 product_id hot_1 name Hot');
    expect(await asked('{ product(id: "hot_1") { id rating } }')).toEqual([
      'hot_product:hot_1 product_id',
      'product:hot_1 id rating',
    ]);
    expect(shop.proxy.waves).toBe(2);
    await shop.empty();
    await shop.run('HSET hot_product:hot_1 product_id hot_1 name Hot');
    await asked('{ product(id: "hot_1") { name } }');
    expect(shop.proxy.waves).toBe(1);
  });

  it.each(['{ id }', '{ rating }', '{ name }', '{ category { id } }', '{ __typename }', '{ stock isAvailable }'])(
    'find whether a product exists, whatever is selected: %s',
    async (selection) => {
      await shop.run('HSET hot_product:hot_1 product_id hot_1\nHSET product:none name "no id"');
      const { known, cached, unknown, broken } = await shop.read(`{
        known: product(id: "hot_1") ${selection} cached: product(id: "prod_1") ${selection}
        unknown: product(id: "nothing") ${selection} broken: product(id: "none") ${selection}
      }`);
      expect([known === null, cached === null, unknown, broken]).toEqual([false, false, null, null]);
    },
  );

  it('are not repeated for what the process knows, and are for a field it does not know yet', async () => {
    await asked('{ product(id: "prod_1") { name } }');
    expect(await asked('{ product(id: "prod_1") { id name } }')).toEqual([]);
    expect(await asked('{ product(id: "prod_1") { name rating } }')).toHaveLength(2);
    expect(await asked('{ product(id: "prod_1") { rating name } }')).toEqual([]);
  });

  it('keep order and duplicates of the ids, with null where none is known', async () => {
    const ids = ['prod_2', 'nothing', 'prod_1', 'prod_2', 'hot:1@x.y-z_'];
    await shop.run('HSET hot_product:hot:1@x.y-z_ product_id hot:1@x.y-z_ name "odd id"');
    expect(await shop.read('query ($ids: [ID!]!) { products(ids: $ids) { id name } }', { variables: { ids } })).toEqual(
      {
        products: [
          { id: 'prod_2', name: 'prod_2' },
          null,
          { id: 'prod_1', name: 'prod_1' },
          { id: 'prod_2', name: 'prod_2' },
          { id: 'hot:1@x.y-z_', name: 'odd id' },
        ],
      },
    );
  });

  it('take a hundred ids and no more', async () => {
    const query = 'query ($ids: [ID!]!) { products(ids: $ids) { id } }';
    const ids = Array.from({ length: 101 }, (_, index) => `p${index}`);
    const { body } = await shop.ask(query, { variables: { ids } });
    expect(body.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    const { products } = await shop.read(query, { variables: { ids: ids.slice(1) } });
    expect(products).toHaveLength(100);
  });

  it.each(['', 'a b', 'a\nb', 'a}b', 'a*', 'ä', 'x'.repeat(129), 'a\u0000'])(
    'never reach Redis for an id that is malformed (%j)',
    async (id) => {
      for (const query of [
        'query ($id: ID!) { product(id: $id) { id } }',
        'query ($id: ID!) { category(id: $id) { id } }',
        'query ($id: ID!) { recommendations { similar(productId: $id) { nodes { id } } } }',
        'query ($id: ID!) { recommendations { frequentlyBoughtTogether(productId: $id) { nodes { id } } } }',
        'query ($id: ID!) { recommendations { trending(categoryId: $id) { nodes { id } } } }',
        'query ($id: ID!) { recommendations { personalized(categoryId: $id) { nodes { id } } } }',
        'query ($id: ID!) { recommendations { popular(exclude: [$id]) { nodes { id } } } }',
      ]) {
        shop.proxy.reset();
        const { status, body } = await shop.ask(query, { variables: { id } });
        expect([query, body.errors?.[0]?.extensions?.code, status]).toEqual([query, 'BAD_USER_INPUT', 200]);
        expect(shop.proxy.commands).toEqual([]);
      }
    },
  );
});
