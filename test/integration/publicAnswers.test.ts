import { openShop, session, type Shop } from './readsSetup.js';

describe('answers that everybody gets', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_ADDRESS_COST: '1000000' });
  });
  afterAll(() => shop.stop());
  beforeEach(async () => {
    await shop.empty();
    await shop.addProducts('prod_1', 'prod_2');
    await shop.run('ZADD rec:trending 2 prod_1 1 prod_2\nEXPIRE rec:trending 900');
  });

  const WIDGET = '{ recommendations { trending(first: 2) { nodes { id name } } } }';
  const names = async (request = {}) => {
    const data = (await shop.read(WIDGET, request)) as { recommendations: { trending: { nodes: { name: string }[] } } };
    return data.recommendations.trending.nodes.map(({ name }) => name);
  };
  const sentAgain = async () => {
    const text = await (await fetch(`${shop.gateway.url}/metrics`)).text();
    return Number(/^gateway_public_answers_hits(?:_total)? (\d+)$/m.exec(text)?.[1]);
  };
  const askOften = async (request = {}) => {
    const before = await sentAgain();
    for (let time = 0; time < 4; time++) await names(request);
    return (await sentAgain()) - before;
  };

  test('are sent again without being executed', async () => {
    expect(await askOften()).toBe(2);
    shop.proxy.reset();
    const { body, headers } = await shop.ask(WIDGET);
    expect(body.data).toEqual({
      recommendations: {
        trending: {
          nodes: [
            { id: 'prod_1', name: 'prod_1' },
            { id: 'prod_2', name: 'prod_2' },
          ],
        },
      },
    });
    expect(headers['cache-control']).toMatch(/^public, max-age=(59|60)$/);
    expect(headers['content-type']).toMatch(/json/);
    expect(shop.proxy.commands).toEqual([]);
  });

  test('change as soon as a product, a feed or an absent key does', async () => {
    await askOften();
    await shop.run('HSET product:prod_1 name "a new name"');
    expect(await names()).toEqual(['a new name', 'prod_2']);
    await askOften();
    await shop.run('ZADD rec:trending 3 prod_2');
    expect(await names()).toEqual(['prod_2', 'a new name']);
    await askOften();
    await shop.run('HSET hot_product:prod_2 product_id prod_2 name hot');
    expect(await names()).toEqual(['hot', 'a new name']);
  });

  test('last no longer than the keys they are made of', async () => {
    await shop.run('PEXPIRE product:prod_1 1500');
    await askOften();
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(await names()).toEqual(['prod_2']);
  });

  test('are not sent to who brings a token, good or not', async () => {
    await shop.run(session('tok_5', 'sess_5', '5'));
    await askOften();
    expect(await askOften({ headers: { authorization: 'Bearer tok_5' } })).toBe(0);
    const { body } = await shop.ask(WIDGET, { headers: { 'x-session-token': 'tok_nobody' } });
    expect(body.extensions).toEqual({ session: 'INVALID' });
  });

  test('are kept apart by variables and operation names', async () => {
    const query =
      'query A($n: Int) { recommendations { trending(first: $n) { nodes { id } } } } query B { product(id: "prod_2") { id } }';
    for (let time = 0; time < 3; time++) {
      for (const n of [1, 2]) {
        const { body } = await shop.ask(query, { operationName: 'A', variables: { n } });
        expect(body.data).toMatchObject({ recommendations: { trending: { nodes: { length: n } } } });
      }
      const { body } = await shop.ask(query, { operationName: 'B' });
      expect(body.data).toEqual({ product: { id: 'prod_2' } });
    }
  });

  test('are not kept where they hold faults, what is private, or what Redis does not announce', async () => {
    await shop.run('HSET product:prod_1 name "prod_1" price abc');
    const priced = '{ product(id: "prod_1") { price { amount } } }';
    for (let time = 0; time < 4; time++)
      expect((await shop.ask(priced)).body.extensions).toEqual({ dataFaults: { INVALID_DECIMAL: 1 } });
    const before = await sentAgain();
    for (let time = 0; time < 4; time++) await shop.read('{ session { id } product(id: "prod_1") { id } }');
    await shop.run('DEL rec:trending\nZADD trending_products 1 prod_1');
    for (let time = 0; time < 4; time++) await names();
    expect(await sentAgain()).toBe(before);
  });

  test('are booked on the address like any other', async () => {
    await askOften();
    const remaining = async () => Number((await shop.ask(WIDGET)).headers['ratelimit-remaining']);
    const [first, second] = [await remaining(), await remaining()];
    expect(second).toBeLessThan(first);
  });
});
