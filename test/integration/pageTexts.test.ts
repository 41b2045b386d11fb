import { as, openShop, session, type Shop } from './readsSetup.js';

/**
 * Pages of public feeds go out as text that was written once. Who is signed in gets no whole answer of before, so each
 * of these queries is executed; from the second time on its pages are text that is there already.
 */
describe('pages kept as text', () => {
  let shop: Shop;
  let plain: Shop;
  const shops = () => [shop, plain];

  beforeAll(async () => {
    shop = await openShop();
    plain = await openShop({ GRAPHQL_EXECUTOR: 'graphql-js', GRAPHQL_PAGE_TEXTS: 'false' });
  });
  afterAll(async () => {
    await shop?.stop();
    await plain?.stop();
  });
  beforeEach(async () => {
    for (const { empty, addProducts, run } of shops()) {
      await empty();
      await addProducts('prod_1', 'prod_2', 'prod_3');
      await run(`
        ${session('tok_1', 'sess_1', '5')}
        HSET product:prod_2 name '"q" \\\\ $& é 🛍 \\u2028 end' price 12.5 category_id cat_1
        HSET category:cat_1 id cat_1 name Shoes slug shoes
        ZADD rec:trending 3 prod_1 2 prod_2 1 prod_3
        ZADD rec:popular 2 prod_3 1 prod_1
        ZADD rec:product:prod_1:similar 1 prod_2
        EXPIRE rec:trending 900`);
    }
  });

  const often = async (query: string, variables = {}) => {
    let answer: unknown;
    for (let time = 0; time < 4; time++) answer = (await shop.ask(query, { ...as('tok_1'), variables })).body;
    return answer;
  };

  it.each([
    ['a page', '{ recommendations { trending { edges { score rank node { id name price { amount } } } } } }'],
    [
      'pages beside what is private',
      '{ session { id } recommendations { trending { nodes { id } } popular { nodes { id } } } }',
    ],
    [
      'a personalized feed, which falls back to trending',
      '{ recommendations { personalized { source nodes { id } } } }',
    ],
    [
      'all that a page tells',
      '{ recommendations { popular { source sources isFallback fallbackReason attempts { source outcome count } dropped { missing } pageInfo { hasNextPage startCursor endCursor } } } }',
    ],
    [
      'aliases',
      '{ recommendations { a: trending(first: 1) { n: nodes { x: id } } b: trending(first: 1) { nodes { id } } } }',
    ],
    ['a field selected twice', '{ recommendations { trending { nodes { id } } trending { nodes { name } } } }'],
    [
      'a field selected twice, once with what must be looked up',
      '{ recommendations { trending { nodes { id } } ... { trending { nodes { category { name } } } } } }',
    ],
    ['what must be looked up', '{ recommendations { trending { nodes { id category { name slug } } } } }'],
    [
      'fragments',
      '{ recommendations { ...Feeds } } fragment Feeds on Recommendations { trending { ...Page } popular { ...Page } } fragment Page on RecommendationConnection { nodes { ...Card } } fragment Card on Product { id name }',
    ],
    [
      'the feeds of a product',
      '{ product(id: "prod_1") { name similar { nodes { name } } frequentlyBoughtTogether { nodes { name } } } }',
    ],
    ['an empty page', '{ recommendations { frequentlyBoughtTogether(productId: "prod_3") { source nodes { id } } } }'],
    [
      'a refused page beside a good one',
      '{ recommendations { trending(first: 0) { nodes { id } } popular { nodes { id } } } }',
    ],
    [
      'the schema beside a page',
      '{ __type(name: "Recommendations") { fields { name } } text: __type(name: "JsonText") { name } recommendations { trending { nodes { id } } } }',
    ],
    ['an odd alias', '{ recommendations { trending { __proto__: source nodes { __proto__: id } } } }'],
    ['type names', '{ __typename recommendations { __typename trending { __typename nodes { __typename id } } } }'],
    ['a page of category', '{ recommendations { trending(categoryId: "cat_1") { isFallback nodes { id } } } }'],
  ])('say what graphql-js says: %s', async (_what, query) => {
    const answer = await often(query);
    // As text: to compare objects would pass over a key like __proto__.
    expect(JSON.stringify(answer)).toBe(JSON.stringify((await plain.ask(query, as('tok_1'))).body));
  });

  it('follow the conditions of each request', async () => {
    const query =
      'query ($on: Boolean!) { recommendations { trending(first: 1) { nodes { id name @include(if: $on) } } } }';
    expect(await often(query, { on: true })).toMatchObject({
      data: { recommendations: { trending: { nodes: [{ id: 'prod_1', name: 'prod_1' }] } } },
    });
    expect(await often(query, { on: false })).toEqual({
      data: { recommendations: { trending: { nodes: [{ id: 'prod_1' }] } } },
    });
  });

  it('change as soon as a product or the feed does', async () => {
    const query = '{ session { id } recommendations { trending(first: 2) { nodes { name } } } }';
    const names = async () => {
      const answer = (await often(query)) as { data: { recommendations: { trending: { nodes: { name: string }[] } } } };
      return answer.data.recommendations.trending.nodes.map(({ name }) => name);
    };
    expect((await names())[0]).toBe('prod_1');
    await shop.run('HSET product:prod_1 name "a new name"');
    expect((await names())[0]).toBe('a new name');
    await shop.run('ZADD rec:trending 9 prod_3');
    expect(await names()).toEqual(['prod_3', 'a new name']);
    await shop.run('HSET hot_product:prod_3 product_id prod_3 name hot');
    expect(await names()).toEqual(['hot', 'a new name']);
  });

  it('are asked for by the fields that the client selects, and by no others', async () => {
    await shop.empty();
    await shop.addProducts('prod_1', 'prod_2');
    await shop.run(`${session('tok_1', 'sess_1', '5')}\nZADD rec:product:prod_1:similar 1 prod_2`);
    const query = '{ product(id: "prod_1") { name similar { nodes { name } } } }';
    await often(query);
    await shop.run('HSET product:prod_2 name changed');
    shop.proxy.reset();
    await shop.read(query, as('tok_1'));
    const hmgets = shop.proxy.commands.filter(([name, key]) => name === 'HMGET' && key === 'product:prod_2');
    expect(hmgets).toEqual([['HMGET', 'product:prod_2', 'id', 'name']]);
  });
});
