import { as, openShop, session, type Shop } from './readsSetup.js';

/** The table of round trips, counted at the socket; replies are delayed, so that what goes at once is one wave. */
describe('round trips to Redis', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop({}, 8);
  });
  afterAll(() => shop?.stop());
  beforeEach(() => shop.empty());

  const card = 'id name price { amount currencyCode } image rating isAvailable';
  const feedOf = (name: string) => `${name}(first: 20) { edges { score node { ${card} } } }`;
  const HOME = `{
    session { id userId deviceType }
    cart { id status totalItems totalAmount { amount } lines { id quantity unitPrice { amount } product { ${card} } } }
    recommendations { ${['personalized', 'trending', 'popular', 'newArrivals'].map(feedOf).join(' ')} }
  }`;
  const WIDGET = '{ recommendations { trending(first: 10) { nodes { id name price { amount } image } } } }';
  const WIDGET_OF_CATEGORY = WIDGET.replace('trending(', 'trending(categoryId: "cat_1", ');
  const PRODUCT_PAGE = `{ product(id: "prod_1") {
    ${card} similar(first: 12) { nodes { ${card} } } frequentlyBoughtTogether(first: 12) { nodes { ${card} } }
  } }`;

  const waves = async (query: string, request = {}) => {
    shop.proxy.reset();
    const data = await shop.read(query, request);
    return { waves: shop.proxy.waves, data };
  };
  const coldAndWarm = async (query: string, request = {}) => {
    const cold = await waves(query, request);
    const warm = await waves(query, request);
    expect(warm.data).toEqual(cold.data);
    return { cold: cold.waves, warm: warm.waves, data: cold.data };
  };

  const ids = (prefix: string) => Array.from({ length: 20 }, (_, index) => `${prefix}_${index}`);
  const zadd = (key: string, members: readonly string[]) =>
    `ZADD ${key} ${members.map((id, index) => `${members.length - index} ${id}`).join(' ')}`;

  async function fillShop(userId = '5'): Promise<void> {
    const feeds = {
      'rec:trending': 't',
      'rec:popular': 'p',
      'rec:new_arrivals': 'n',
      [`rec:user:${userId}:personalized`]: 'u',
    };
    for (const [key, prefix] of Object.entries(feeds)) {
      await shop.addProducts(...ids(prefix));
      await shop.run(`${zadd(key, ids(prefix))}\nEXPIRE ${key} 900`);
    }
    await shop.addProducts('prod_1', 'prod_2', 'prod_3');
    await shop.run(`${session('tok_5', 'sess_now', userId)}\nZADD rec:user:${userId}:history 1704902400 prod_1`);
  }
  const cartOf = (userId: string, sessionId: string, cartId: string) => `
    HSET cart:${userId}:${sessionId} cart_id ${cartId} user_id ${userId} session_id ${sessionId} status active total_items 3 total_amount 30.00
    RPUSH cart_items:${cartId} '{"item_id":"prod_1","variation_id":"","quantity":3,"price":10.00,"name":"Lamp"}'
    SET active_cart:${userId} cart:${userId}:${sessionId}`;
  const isWhole = (data: Record<string, unknown>) => {
    expect(data).toMatchObject({ cart: { totalItems: 3, lines: [{ product: { id: 'prod_1' } }] } });
    expect(data).toMatchObject({ recommendations: { personalized: { edges: { length: 20 } } } });
  };

  it.each([
    ['of the session at hand', '101', 'sess_now', 'c1', 4, 3],
    ['of the session at hand, its lines guessed', '102', 'sess_now', '{cart:102:sess_now}:1', 3, 2],
    ['of another session', '103', 'sess_then', 'c1', 5, 4],
    ['of another session, its lines guessed', '104', 'sess_then', '{cart:104:sess_then}:1', 4, 3],
  ])('of the home page with the cart %s', async (_which, userId, sessionId, cartId, cold, warm) => {
    // The gateway remembers which ids carts have, so each row has a user of its own.
    await fillShop(userId);
    await shop.run(cartOf(userId, sessionId, cartId));
    const counted = await coldAndWarm(HOME, as('tok_5'));
    isWhole(counted.data);
    expect(counted.cold).toBe(cold);
    // A cart id that was met once is guessed the next time: no more than the table has.
    expect(counted.warm).toBeLessThanOrEqual(warm);
  });

  it('of the home page of a new user: 2 and 2', async () => {
    await fillShop();
    await shop.run(session('tok_6', 'sess_6', '6'));
    const { cold, warm, data } = await coldAndWarm(HOME, as('tok_6'));
    expect(data).toMatchObject({ cart: null, recommendations: { personalized: { edges: { length: 20 } } } });
    expect({ cold, warm }).toEqual({ cold: 2, warm: 2 });
  });

  it('of a guest whose cold start begins with the category viewed last: 6 and 3', async () => {
    await shop.addProducts('c_1', 'c_2');
    await shop.run(`
      ${session('tok_g', 'sess_g')}
      LPUSH rec:session:sess_g:viewed seen_1
      HSET product:seen_1 id seen_1 category_id cat_1
      HSET category:cat_1 id cat_1 name Lamps slug lamps
      ZADD rec:trending:category:lamps 2 c_1 1 c_2`);
    const query = '{ recommendations { personalized { source nodes { id name } } } }';
    const { cold, warm, data } = await coldAndWarm(query, as('tok_g'));
    expect(data).toMatchObject({ recommendations: { personalized: { source: 'CATEGORY_TRENDING' } } });
    expect({ cold: cold <= 6, warm: warm <= 3 }).toEqual({ cold: true, warm: true });
  });

  it('are no more for feeds that are to be distinct, although each waits for the one before', async () => {
    await fillShop();
    const distinct = HOME.replace('recommendations {', 'recommendations(distinct: true) {');
    const { cold, warm, data } = await coldAndWarm(distinct, as('tok_5'));
    expect(data).toMatchObject({ recommendations: { popular: { edges: { length: 20 } } } });
    expect({ cold, warm }).toEqual({ cold: 3, warm: 2 });
  });

  it('of a widget: 2 and 0', async () => {
    await fillShop();
    const { cold, warm } = await coldAndWarm(WIDGET);
    expect({ cold, warm }).toEqual({ cold: 2, warm: 0 });
  });

  it('of a widget of a category: 2 and 0 keyed by id, 3 and 0 keyed by slug', async () => {
    await shop.addProducts('c_1', 'c_2');
    await shop.run('HSET category:cat_1 id cat_1 slug lamps\nZADD rec:trending:category:cat_1 2 c_1 1 c_2');
    const byId = await coldAndWarm(WIDGET_OF_CATEGORY);
    expect({ cold: byId.cold, warm: byId.warm }).toEqual({ cold: 2, warm: 0 });
    await shop.empty();
    await shop.addProducts('c_1', 'c_2');
    await shop.run('HSET category:cat_1 id cat_1 slug lamps\nZADD rec:trending:category:lamps 2 c_1 1 c_2');
    const bySlug = await coldAndWarm(WIDGET_OF_CATEGORY);
    expect({ cold: bySlug.cold, warm: bySlug.warm }).toEqual({ cold: 3, warm: 0 });
    expect(bySlug.data).toEqual(byId.data);
  });

  it('of a product page: 2 and 0', async () => {
    await fillShop();
    await shop.run(
      `${zadd('rec:product:prod_1:similar', ids('t'))}\n${zadd('rec:product:prod_1:frequently_bought', ids('p'))}`,
    );
    const { cold, warm, data } = await coldAndWarm(PRODUCT_PAGE);
    expect(data).toMatchObject({ product: { similar: { nodes: { length: 12 } } } });
    expect({ cold, warm }).toEqual({ cold: 2, warm: 0 });
  });

  it.each([
    ['id', 'cat_1'],
    ['slug', 'lamps'],
  ])('of a product page whose similar ones are those of its category, keyed by %s: 4 and 0', async (_by, key) => {
    await shop.addProducts('c_1', 'c_2', 'b_1');
    await shop.run(`
      HSET product:prod_1 id prod_1 name Lamp category_id cat_1
      HSET category:cat_1 id cat_1 name Lamps slug lamps
      ZADD rec:product:prod_1:frequently_bought 1 b_1
      ZADD rec:trending:category:${key} 2 c_1 1 c_2`);
    const { cold, warm, data } = await coldAndWarm(PRODUCT_PAGE);
    expect(data).toMatchObject({ product: { similar: { nodes: [{ id: 'c_1' }, { id: 'c_2' }] } } });
    expect(cold).toBeLessThanOrEqual(4);
    expect(warm).toBe(0);
  });

  it('are one more for a selected category', async () => {
    await fillShop();
    await shop.run('HSET product:t_0 id t_0 category_id cat_1\nHSET category:cat_1 id cat_1 name Lamps');
    const { cold, data } = await coldAndWarm(WIDGET.replace('image', 'category { id name }'));
    expect(JSON.stringify(data)).toContain('Lamps');
    expect(cold).toBe(3);
  });

  it.each([
    ['a public feed', WIDGET, 'rec:trending', undefined],
    ['a personal feed', WIDGET.replace('trending', 'personalized'), 'rec:user:5:personalized', 'tok_5'],
  ])('are one more for each time that %s has to be refilled', async (_which, query, key, token) => {
    await shop.run(`${session('tok_5', 'sess_now', '5')}\nZADD rec:user:5:history 1704902400 prod_1`);
    const members = Array.from({ length: 150 }, (_, index) => `m_${index}`);
    await shop.run(zadd(key, members));
    const request = token === undefined ? {} : as(token);
    const base = token === undefined ? 2 : 3;
    await shop.addProducts(...members.slice(5, 40));
    const one = await waves(query, request);
    expect(JSON.stringify(one.data)).toContain('m_14');
    expect(one.waves).toBe(base + 1);

    await shop.empty();
    await shop.run(`${session('tok_5', 'sess_now', '5')}\nZADD rec:user:5:history 1704902400 prod_1`);
    await shop.run(zadd(key, members));
    await shop.addProducts(...members.slice(50));
    const three = await waves(query, request);
    expect(JSON.stringify(three.data)).toContain('m_50');
    expect(three.waves).toBeLessThanOrEqual(base + 3);
  });

  it('are as many for a feed of fifty thousand members as for one of fifty', async () => {
    const answered: unknown[] = [];
    for (const count of [50, 50_000]) {
      await shop.empty();
      await shop.addProducts(...ids('m'));
      for (let start = count; start > 0; start -= 5_000)
        await shop.redis.zadd(
          'rec:trending',
          ...Array.from({ length: Math.min(start, 5_000) }, (_, index) => [
            start - index,
            `m_${count - start + index}`,
          ]).flat(),
        );
      await shop.run('PING');
      const { data, waves: counted } = await waves(WIDGET);
      const range = shop.proxy.commands.find(([name]) => name === 'ZREVRANGE');
      answered.push({ data, counted, range });
    }
    expect(answered[1]).toEqual(answered[0]);
  });
});
