import { as, openShop, session, type Shop } from './readsSetup.js';

/** What other teams' writers may leave behind by mistake: the good rows come out exactly, the bad are counted. */
describe('poisoned data', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop?.stop());
  beforeEach(() => shop.empty());

  const ask = async (query: string, request = {}) => {
    const { status, body } = await shop.ask(query, request);
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
    return { data: body.data!, faults: body.extensions?.['dataFaults'] };
  };
  const PRODUCT = 'id name price { amount } image rating stock isAvailable category { id name slug }';
  const nothing = {
    name: null,
    price: null,
    image: null,
    rating: null,
    stock: null,
    isAvailable: null,
    category: null,
  };

  describe('in product hashes', () => {
    it.each<[string, string, string, object, object | undefined]>([
      ['a price that is no number', 'price', 'abc', { price: null }, { INVALID_DECIMAL: 1 }],
      ['a price beyond all numbers', 'price', '1e400', { price: null }, { INVALID_DECIMAL: 1 }],
      ['a price that is not a number', 'price', 'NaN', { price: null }, { INVALID_DECIMAL: 1 }],
      ['an infinite price', 'price', 'Infinity', { price: null }, { INVALID_DECIMAL: 1 }],
      ['a negative price', 'price', '-5', { price: null }, { INVALID_DECIMAL: 1 }],
      ['a price with a comma', 'price', '29,99', { price: null }, { INVALID_DECIMAL: 1 }],
      ['a price in hexadecimal', 'price', '0x10', { price: null }, { INVALID_DECIMAL: 1 }],
      ['an empty price', 'price', '', { price: null }, undefined],
      ['a negative stock', 'stock', '-3', { stock: null, isAvailable: null }, { INVALID_INTEGER: 1 }],
      [
        'a stock beyond what GraphQL can say',
        'stock',
        '99999999999',
        { stock: null, isAvailable: null },
        { INVALID_INTEGER: 1 },
      ],
      ['a stock of halves', 'stock', '1.5', { stock: null, isAvailable: null }, { INVALID_INTEGER: 1 }],
      ['a rating that is no number', 'rating', 'good', { rating: null }, { INVALID_NUMBER: 1 }],
      ['an infinite rating', 'rating', '1e999', { rating: null }, { INVALID_NUMBER: 1 }],
      ['a script for a picture', 'image', 'javascript:alert(1)', { image: null }, { INVALID_URL: 1 }],
      ['data for a picture', 'image', 'data:image/png;base64,AA', { image: null }, { INVALID_URL: 1 }],
      ['a path for a picture', 'image', '/img/1.jpg', { image: null }, { INVALID_URL: 1 }],
      ['a broken address of a picture', 'image', 'https://', { image: null }, { INVALID_URL: 1 }],
      ['a category id that would be another key', 'category_id', 'a b', { category: null }, { INVALID_ID: 1 }],
      ['an empty name', 'name', '', { name: null }, undefined],
      ['a field of the prototype', '__proto__', 'x', {}, undefined],
    ])('%s costs that value alone', async (_what, field, value, changed, faults) => {
      await shop.run(
        'HSET product:p id p name Lamp price 5 image https://cdn.example.com/p.jpg rating 4.5 stock 3 category_id cat_1',
      );
      await shop.redis.hset('product:p', field, value);
      await shop.run('HSET category:cat_1 id cat_1 name Lamps slug lamps');
      const read = await ask(`{ product(id: "p") { ${PRODUCT} } }`);
      expect(read.data['product']).toEqual({
        id: 'p',
        name: 'Lamp',
        price: { amount: '5.00' },
        image: 'https://cdn.example.com/p.jpg',
        rating: 4.5,
        stock: 3,
        isAvailable: true,
        category: { id: 'cat_1', name: 'Lamps', slug: 'lamps' },
        ...changed,
      });
      expect(read.faults).toEqual(faults);
    });

    it('what the hot hash says in a broken way, the other one says', async () => {
      await shop.run(`
        HSET product:p id p name Lamp price 5 stock 3 image https://cdn.example.com/p.jpg
        HSET hot_product:p product_id p name "" price abc stock -1 image_url ftp://x is_available maybe`);
      const read = await ask(`{ product(id: "p") { id name price { amount } stock image isAvailable } }`);
      expect(read.data['product']).toEqual({
        id: 'p',
        name: 'Lamp',
        price: { amount: '5.00' },
        stock: 3,
        image: 'https://cdn.example.com/p.jpg',
        isAvailable: true,
      });
      expect(read.faults).toEqual({ INVALID_DECIMAL: 1, INVALID_INTEGER: 1, INVALID_URL: 1, INVALID_BOOLEAN: 1 });
    });

    it.each([
      ['HSET product:p name "no id" price 5', { MISSING_FIELD: 1 }],
      ['HSET product:p id "" name "empty id"', { MISSING_FIELD: 1 }],
      ['SET product:p "not a hash"', { WRONG_TYPE: 1 }],
      ['LPUSH hot_product:p x', { WRONG_TYPE: 1 }],
      ['ZADD product:p 1 x\nSADD hot_product:p x', { WRONG_TYPE: 2 }],
    ])('%s makes no product', async (lines, faults) => {
      await shop.run(lines);
      const read = await ask('{ product(id: "p") { id name } }');
      expect(read.data['product']).toBeNull();
      expect(read.faults).toEqual(faults);
      const again = await ask('{ product(id: "p") { id name } }');
      expect(again).toEqual(read);
    });

    it('a hash of the wrong type leaves what the other one says', async () => {
      await shop.run(
        'SET hot_product:p x\nHSET product:p id p name Lamp\nSET product:q x\nHSET hot_product:q product_id q name Hot',
      );
      const read = await ask('{ products(ids: ["p", "q"]) { id name } }');
      expect(read.data['products']).toEqual([
        { id: 'p', name: 'Lamp' },
        { id: 'q', name: 'Hot' },
      ]);
      expect(read.faults).toEqual({ WRONG_TYPE: 2 });
    });

    it('a late write to a hash that had expired still tells what it says of a product that is known', async () => {
      await shop.run('HSET hot_product:p product_id p name Hot\nHSET product:p rating 4.5');
      const read = await ask('{ product(id: "p") { name rating } }');
      expect(read.data['product']).toEqual({ name: 'Hot', rating: 4.5 });
      expect(read.faults).toEqual({ MISSING_FIELD: 1 });
    });

    it.each(['__proto__', 'constructor', 'toString', 'null', '-', '...'])('%s is an id as any other', async (id) => {
      const { data } = await ask('query ($id: ID!) { product(id: $id) { id } products(ids: [$id, $id]) { id } }', {
        variables: { id },
      });
      expect(data).toEqual({ product: null, products: [null, null] });
      await shop.run(`HSET product:${id} id "${id}" name Lamp\nZADD rec:popular 1 ${id}`);
      const known = await ask(
        'query ($id: ID!) { product(id: $id) { id name similar { nodes { id } } } recommendations { popular { nodes { id name } } } }',
        { variables: { id } },
      );
      const exists = id !== 'null';
      expect(known.data['product']).toEqual(
        exists ? { id, name: 'Lamp', similar: { nodes: expect.any(Array) } } : null,
      );
      expect(known.data['recommendations']).toEqual({ popular: { nodes: exists ? [{ id, name: 'Lamp' }] : [] } });
    });

    it('a product that knows nothing but its id is a product', async () => {
      await shop.run('HSET product:p id p');
      const read = await ask(`{ product(id: "p") { ${PRODUCT} } }`);
      expect(read.data['product']).toEqual({ id: 'p', ...nothing });
      expect(read.faults).toBeUndefined();
    });

    it('bytes that are no text are read as they can be', async () => {
      await shop.redis.hset('product:p', 'id', 'p', 'name', Buffer.from([0x66, 0xff, 0xfe, 0x00, 0x6f]));
      const { data } = await ask('{ product(id: "p") { id name } }');
      expect(data['product']).toMatchObject({ id: 'p', name: expect.stringMatching(/^f.*o$/s) });
    });

    it('the faults of a product that stands in several places are counted once', async () => {
      await shop.run('HSET product:p id p price abc\nZADD rec:popular 1 p\nZADD rec:trending 1 p');
      const query =
        '{ product(id: "p") { price { amount } } recommendations { popular { nodes { price { amount } } } trending { nodes { price { amount } } } } }';
      expect((await ask(query)).faults).toEqual({ INVALID_DECIMAL: 1 });
      expect((await ask(query)).faults).toEqual({ INVALID_DECIMAL: 1 });
    });
  });

  describe('in categories', () => {
    it.each<[string, object | undefined]>([
      ['SET category:cat_1 x', { WRONG_TYPE: 1 }],
      ['HSET category:cat_1 name "no id"', undefined],
    ])('%s: the product keeps the id of its category', async (lines) => {
      await shop.run(`HSET product:p id p category_id cat_1\n${lines}`);
      const { data } = await ask('{ product(id: "p") { category { id name slug } } category(id: "cat_1") { id } }');
      expect(data).toEqual({ product: { category: { id: 'cat_1', name: null, slug: null } }, category: null });
    });

    it('a slug of any letters leads to its feed, and an empty one nowhere', async () => {
      await shop.addProducts('p', 'q');
      await shop.run(`
        HSET category:cat_1 id cat_1 slug "bücher & mehr"
        ZADD "rec:trending:category:bücher & mehr" 1 p
        HSET category:cat_2 id cat_2 slug ""
        ZADD rec:trending:category: 1 q`);
      const { data } = await ask(`{
        one: category(id: "cat_1") { slug trending { nodes { id } } }
        two: category(id: "cat_2") { slug trending { nodes { id } } }
      }`);
      expect(data).toEqual({
        one: { slug: 'bücher & mehr', trending: { nodes: [{ id: 'p' }] } },
        two: { slug: null, trending: { nodes: [] } },
      });
    });
  });

  describe('in feeds', () => {
    it('an infinite score is null, in its place', async () => {
      await shop.addProducts('a', 'b', 'c');
      await shop.run('ZADD rec:trending +inf a 1.5 b -inf c');
      const { data, faults } = await ask('{ recommendations { trending { edges { score node { id } } } } }');
      expect(data['recommendations']).toEqual({
        trending: {
          edges: [
            { score: null, node: { id: 'a' } },
            { score: 1.5, node: { id: 'b' } },
            { score: null, node: { id: 'c' } },
          ],
        },
      });
      expect(faults).toEqual({ INVALID_SCORE: 2 });
    });

    it.each(['rec:popular', 'rec:user:5:personalized', 'rec:user:5:history'])(
      'members that can be no product are left out of %s and counted, once each',
      async (key) => {
        await shop.run(session('tok_u', 'sess_u', '5'));
        await shop.addProducts('a', 'b', '__proto__');
        await shop.redis.zadd(
          key,
          9,
          '',
          8,
          'a',
          7,
          'has space',
          6,
          'x'.repeat(200),
          5,
          'b',
          4,
          '__proto__',
          3,
          'line\nbreak',
          2,
          'gone',
        );
        const feed = key === 'rec:popular' ? 'popular' : key.endsWith('history') ? 'recentlyViewed' : 'personalized';
        for (let time = 0; time < 2; time++) {
          const { data, faults } = await ask(
            `{ recommendations { feed: ${feed}(fallback: NONE) { nodes { id } dropped { missing } } } }`,
            as('tok_u'),
          );
          expect(data['recommendations']).toEqual({
            feed: { nodes: [{ id: 'a' }, { id: 'b' }, { id: '__proto__' }], dropped: { missing: 5 } },
          });
          expect(faults).toEqual({ INVALID_ID: 4 });
        }
      },
    );

    it('recent views without a duration, of an empty product, or of odd times', async () => {
      await shop.run(session('tok_u', 'sess_u', '5'));
      await shop.addProducts('a', 'b', 'c', 'd');
      await shop.run('ZADD recent_views:5 inf a:3 1704902400000 b:x 1704902401 c: 9 noduration 8 :5 1 d:1');
      const { data } = await ask('{ recommendations { recentlyViewed { edges { score node { id } } } } }', as('tok_u'));
      const { recentlyViewed } = data['recommendations'] as { recentlyViewed: { edges: { node: { id: string } }[] } };
      expect(recentlyViewed.edges.map(({ node }) => node.id)).toEqual(['a', 'c', 'b', 'd']);
    });

    it('an infinite time in one of the two histories: it is the newest, and the others keep their order', async () => {
      await shop.run(session('tok_u', 'sess_u', '5'));
      await shop.addProducts('a', 'b', 'c', 'd');
      await shop.run('ZADD rec:user:5:history 100 a 50 b\nZADD recent_views:5 inf c:1 75 d:1');
      const { data, faults } = await ask('{ recommendations { recentlyViewed { nodes { id } } } }', as('tok_u'));
      expect(data['recommendations']).toEqual({
        recentlyViewed: { nodes: [{ id: 'c' }, { id: 'a' }, { id: 'd' }, { id: 'b' }] },
      });
      expect(faults).toEqual({ INVALID_SCORE: 1 });
    });

    it('a list of views of the wrong type: nothing is known of the guest', async () => {
      await shop.run(`${session('tok_g', 'sess_g')}\nSET rec:session:sess_g:viewed x\nSET rec:session:sess_g x`);
      await shop.addProducts('p');
      await shop.run('ZADD rec:popular 1 p');
      const { data, faults } = await ask(
        '{ recommendations { personalized { fallbackReason nodes { id } } } }',
        as('tok_g'),
      );
      expect(data['recommendations']).toEqual({
        personalized: { fallbackReason: 'UNAVAILABLE', nodes: [{ id: 'p' }] },
      });
      expect(faults).toEqual({ WRONG_TYPE: 2 });
    });

    it('one of the two histories of the wrong type: the other one tells', async () => {
      await shop.run(`${session('tok_u', 'sess_u', '5')}\nSET rec:user:5:history x\nZADD recent_views:5 1 p:3`);
      await shop.addProducts('p');
      const { data } = await ask('{ recommendations { recentlyViewed { nodes { id } } } }', as('tok_u'));
      expect(data['recommendations']).toEqual({ recentlyViewed: { nodes: [{ id: 'p' }] } });
    });

    it('a feed of a million members is read as one of ten', async () => {
      await shop.addProducts('m999999', 'm999998');
      const script =
        "for i = 0, 999999, 1000 do local a = {} for j = i, i + 999 do a[#a + 1] = j a[#a + 1] = 'm' .. j end redis.call('zadd', KEYS[1], unpack(a)) end";
      await shop.redis.eval(script, 1, 'rec:user:5:personalized');
      await shop.run(`${session('tok_u', 'sess_u', '5')}`);
      const started = performance.now();
      const { data } = await ask(
        '{ recommendations { personalized(first: 2) { nodes { id } pageInfo { hasNextPage } } } }',
        as('tok_u'),
      );
      expect(performance.now() - started).toBeLessThan(500);
      expect(data['recommendations']).toEqual({
        personalized: { nodes: [{ id: 'm999999' }, { id: 'm999998' }], pageInfo: { hasNextPage: true } },
      });
    });
  });

  describe('in monitoring keys', () => {
    const HEALTH =
      '{ recommendationHealth { usersWithRecommendations totalUsers totalProducts coverage lastUpdate lastProcessingTime isStale } }';
    const unknown = {
      usersWithRecommendations: null,
      totalUsers: null,
      totalProducts: null,
      coverage: null,
      lastUpdate: null,
      lastProcessingTime: null,
      isStale: null,
    };

    it('all of the wrong type: nothing is known', async () => {
      await shop.run('SET rec:users_with_recs x\nLPUSH rec:last_update x\nSET rec:stats x');
      const { data, faults } = await ask(HEALTH);
      expect(data['recommendationHealth']).toEqual(unknown);
      expect(faults).toEqual({ WRONG_TYPE: 3 });
    });

    it('figures that are none', async () => {
      await shop.run(
        'SET rec:last_update yesterday\nHSET rec:stats total_users many total_products -1e9 last_processing_time inf',
      );
      const { data, faults } = await ask(HEALTH);
      expect(data['recommendationHealth']).toEqual({ ...unknown, usersWithRecommendations: 0 });
      expect(faults).toEqual({ INVALID_TIMESTAMP: 1, INVALID_INTEGER: 2, INVALID_NUMBER: 1 });
    });

    it('no users at all are no share', async () => {
      await shop.run('SADD rec:users_with_recs 1 2\nHSET rec:stats total_users 0');
      expect((await ask(HEALTH)).data['recommendationHealth']).toMatchObject({
        usersWithRecommendations: 2,
        coverage: null,
      });
      await shop.run('HSET rec:stats total_users 1');
      expect((await ask(HEALTH)).data['recommendationHealth']).toMatchObject({ coverage: 1 });
    });
  });

  describe('in sessions and carts', () => {
    it('a session without a session id is none, and one that is no hash neither', async () => {
      await shop.run('HSET session:tok_a user_id 5\nSET session:tok_b x');
      for (const token of ['tok_a', 'tok_b']) {
        const { body } = await shop.ask(
          '{ session { id } cart { id } recommendations { popular { nodes { id } } } }',
          as(token),
        );
        expect(body.data).toEqual({ session: null, cart: null, recommendations: { popular: { nodes: [] } } });
        expect(body.extensions).toMatchObject({ session: 'INVALID' });
      }
    });

    it('broken JSON in every tenth line: the others are exact', async () => {
      await shop.run(`${session('tok_u', 'sess_u', '5')}
        HSET cart:5:sess_u cart_id c1 user_id 5 session_id sess_u status active total_items nonsense total_amount abc`);
      const lines = Array.from({ length: 50 }, (_, index) =>
        index % 10 === 9
          ? ['{"item_id":', 'null', '[]', '""', '{"item_id":"x","quantity":-1,"price":1}'][(index - 9) / 10]!
          : `{"item_id":"p_${index}","variation_id":"","quantity":1,"price":0.10,"name":"x"}`,
      );
      await shop.redis.rpush('cart_items:c1', ...lines);
      const { data, faults } = await ask(
        '{ cart { totalItems totalAmount { amount } lines { productId amount { amount } } } }',
        as('tok_u'),
      );
      const { cart } = data as { cart: { totalItems: number; totalAmount: unknown; lines: { productId: string }[] } };
      expect(cart.lines.map(({ productId }) => productId)).toEqual(
        Array.from({ length: 50 }, (_, index) => `p_${index}`).filter((_, index) => index % 10 !== 9),
      );
      expect(cart).toMatchObject({ totalItems: 45, totalAmount: { amount: '4.50' } });
      expect(
        Object.values(faults as Record<string, number>).reduce((sum, count) => sum + count, 0),
      ).toBeGreaterThanOrEqual(5);
    });
  });
});
