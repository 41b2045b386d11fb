import { as, openShop, session, type Shop } from './readsSetup.js';

/**
 * Every key pattern of keyspace.md, written as the documents' own examples write it (their lines are quoted as they
 * stand) and read through HTTP. Document A has no examples; its hashes are written with the fields it names.
 */
describe('every key of the two documents is read', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop?.stop());
  beforeEach(() => shop.empty());

  const edges = 'edges { node { id } score rank source } source isFallback';
  const feed = async (selection: string, request = {}) => {
    const { recommendations } = (await shop.read(
      `{ recommendations { feed: ${selection} { ${edges} } } }`,
      request,
    )) as {
      recommendations: { feed: Feed };
    };
    return recommendations.feed;
  };
  interface Feed {
    readonly edges: readonly { readonly node: { readonly id: string }; readonly score: number | null }[];
    readonly source: string;
    readonly isFallback: boolean;
  }
  const scored = ({ edges: all }: Feed) => all.map(({ node, score }) => [node.id, score]);

  describe('document A', () => {
    it('session:{token}', async () => {
      await shop.run(`
        HSET session:tok_1 session_id sess_abc123 user_id 123 device_type mobile created_at 1704902400 last_activity_at 1704902450
        EXPIRE session:tok_1 86400`);
      const { session: read } = await shop.read(
        '{ session { id userId deviceType createdAt isCurrent expiresAt } }',
        as('tok_1'),
      );
      expect(read).toMatchObject({ id: 'sess_abc123', userId: '123', deviceType: 'mobile', isCurrent: true });
      expect(read).toMatchObject({ createdAt: '2024-01-10T16:00:00.000Z' });
      const { expiresAt } = read as { expiresAt: string };
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - 86_400_000)).toBeLessThan(60_000);
    });

    it('user_sessions:{user_id}', async () => {
      await shop.run(`
        ${session('tok_1', 'sess_1', '123')}
        ${session('tok_2', 'sess_2', '123')}
        SADD user_sessions:123 tok_1 tok_2 tok_expired`);
      expect(await shop.read('{ session { otherSessions { id isCurrent } } }', as('tok_1'))).toEqual({
        session: { otherSessions: [{ id: 'sess_2', isCurrent: false }] },
      });
    });

    it('cart:{user_id}:{session_id}, cart_items:{cart_id} and active_cart:{user_id}', async () => {
      await shop.run(`
        ${session('tok_1', 'sess_now', '123')}
        HSET cart:123:sess_then cart_id c1 user_id 123 session_id sess_then status active total_items 3 total_amount 89.97 updated_at 2024-01-10T16:00:00Z
        RPUSH cart_items:c1 '{"item_id":"prod_1","variation_id":"red","quantity":2,"price":29.99,"name":"Lamp"}'
        RPUSH cart_items:c1 '{"item_id":"prod_2","variation_id":"","quantity":1,"price":"29.99","name":"Chair"}'
        SET active_cart:123 cart:123:sess_then`);
      const lines = 'lines { productId variationId name quantity unitPrice { amount } amount { amount } }';
      const { cart } = await shop.read(
        `{ cart { id status totalItems totalAmount { amount currencyCode } updatedAt ${lines} } }`,
        as('tok_1'),
      );
      expect(cart).toEqual({
        id: 'c1',
        status: 'ACTIVE',
        totalItems: 3,
        totalAmount: { amount: '89.97', currencyCode: 'EUR' },
        updatedAt: '2024-01-10T16:00:00.000Z',
        lines: [
          {
            productId: 'prod_1',
            variationId: 'red',
            name: 'Lamp',
            quantity: 2,
            unitPrice: { amount: '29.99' },
            amount: { amount: '59.98' },
          },
          {
            productId: 'prod_2',
            variationId: null,
            name: 'Chair',
            quantity: 1,
            unitPrice: { amount: '29.99' },
            amount: { amount: '29.99' },
          },
        ],
      });
    });

    it('hot_product:{product_id}', async () => {
      await shop.run(
        'HSET hot_product:prod_1 product_id prod_1 name "Hot Lamp" price 19.90 stock 7 image_url "https://cdn.example.com/hot.jpg" is_available true',
      );
      expect(
        await shop.read('{ product(id: "prod_1") { id name price { amount } image stock isAvailable rating } }'),
      ).toEqual({
        product: {
          id: 'prod_1',
          name: 'Hot Lamp',
          price: { amount: '19.90' },
          image: 'https://cdn.example.com/hot.jpg',
          stock: 7,
          isAvailable: true,
          rating: null,
        },
      });
    });

    it('recent_views:{user_id}', async () => {
      await shop.addProducts('prod_1', 'shelf:oak');
      await shop.run(`
        ${session('tok_1', 'sess_1', '123')}
        ZADD recent_views:123 1704902400 "prod_1:30" 1704902450 "shelf:oak:12" 1704902300 "prod_1:5"`);
      expect(scored(await feed('recentlyViewed', as('tok_1')))).toEqual([
        ['shelf:oak', 1_704_902_450],
        ['prod_1', 1_704_902_400],
      ]);
    });

    it('trending_products', async () => {
      await shop.addProducts('prod_1', 'prod_2');
      await shop.run('ZADD trending_products 42 "prod_2" 17 "prod_1"');
      const read = await feed('trending');
      expect(scored(read)).toEqual([
        ['prod_2', 42],
        ['prod_1', 17],
      ]);
      expect(read).toMatchObject({ source: 'TRENDING', isFallback: false });
    });
  });

  describe('document B', () => {
    beforeEach(() => shop.run(`${session('tok_1', 'sess_abc123', '123')}\n${session('tok_g', 'sess_abc123')}`));

    it.each<[string, string, string, string | undefined, [string, number | null][], string]>([
      [
        'rec:user:{user_id}:personalized',
        'ZADD rec:user:123:personalized 0.95 "prod_1" 0.89 "prod_2" 0.85 "prod_3"',
        'personalized',
        'tok_1',
        [
          ['prod_1', 0.95],
          ['prod_2', 0.89],
          ['prod_3', 0.85],
        ],
        'PERSONALIZED',
      ],
      [
        'rec:user:{user_id}:session',
        'ZADD rec:user:123:session 1704902400 "prod_5" 1704902450 "prod_7"',
        'sessionBased',
        'tok_1',
        [
          ['prod_7', 1_704_902_450],
          ['prod_5', 1_704_902_400],
        ],
        'SESSION',
      ],
      [
        'rec:session:{session_id}',
        'ZADD rec:session:sess_abc123 1704902400 "prod_5" 1704902450 "prod_7"',
        'sessionBased',
        'tok_g',
        [
          ['prod_7', 1_704_902_450],
          ['prod_5', 1_704_902_400],
        ],
        'SESSION',
      ],
      [
        'rec:product:{product_id}:similar',
        'ZADD rec:product:prod_1:similar 0.92 "prod_10" 0.88 "prod_11" 0.85 "prod_12"',
        'similar(productId: "prod_1")',
        undefined,
        [
          ['prod_10', 0.92],
          ['prod_11', 0.88],
          ['prod_12', 0.85],
        ],
        'SIMILAR',
      ],
      [
        'rec:product:{product_id}:frequently_bought',
        'ZADD rec:product:prod_1:frequently_bought 150 "prod_20" 120 "prod_21" 95 "prod_22"',
        'frequentlyBoughtTogether(productId: "prod_1")',
        undefined,
        [
          ['prod_20', 150],
          ['prod_21', 120],
          ['prod_22', 95],
        ],
        'FREQUENTLY_BOUGHT_TOGETHER',
      ],
      [
        'rec:trending',
        'ZADD rec:trending 1000 "prod_5" 950 "prod_8" 900 "prod_12"',
        'trending',
        undefined,
        [
          ['prod_5', 1_000],
          ['prod_8', 950],
          ['prod_12', 900],
        ],
        'TRENDING',
      ],
      [
        'rec:trending:category:{category_id}',
        'ZADD rec:trending:category:electronics 500 "prod_30" 450 "prod_31"',
        'trending(categoryId: "electronics")',
        undefined,
        [
          ['prod_30', 500],
          ['prod_31', 450],
        ],
        'CATEGORY_TRENDING',
      ],
      [
        'rec:popular',
        'ZADD rec:popular 5000 "prod_100" 4800 "prod_101" 4500 "prod_102"',
        'popular',
        undefined,
        [
          ['prod_100', 5_000],
          ['prod_101', 4_800],
          ['prod_102', 4_500],
        ],
        'POPULAR',
      ],
      [
        'rec:new_arrivals',
        'ZADD rec:new_arrivals 1704902400 "prod_200" 1704815999 "prod_199"',
        'newArrivals',
        undefined,
        [
          ['prod_200', 1_704_902_400],
          ['prod_199', 1_704_815_999],
        ],
        'NEW_ARRIVALS',
      ],
      [
        'rec:session:{session_id}:viewed',
        'LPUSH rec:session:sess_abc123:viewed "prod_1" "prod_5" "prod_7"\nLTRIM rec:session:sess_abc123:viewed 0 19  # Keep last 20',
        'recentlyViewed',
        'tok_g',
        [
          ['prod_7', null],
          ['prod_5', null],
          ['prod_1', null],
        ],
        'RECENTLY_VIEWED',
      ],
      [
        'rec:user:{user_id}:history',
        'ZADD rec:user:123:history 1704902400 "prod_1" 1704902450 "prod_5"\nZREMRANGEBYRANK rec:user:123:history 0 -51  # Keep last 50',
        'recentlyViewed',
        'tok_1',
        [
          ['prod_5', 1_704_902_450],
          ['prod_1', 1_704_902_400],
        ],
        'RECENTLY_VIEWED',
      ],
    ])('%s', async (_key, example, selection, token, expected, source) => {
      await shop.addProducts(...expected.map(([id]) => id));
      await shop.run(example);
      const read = await feed(selection, token === undefined ? {} : as(token));
      expect(scored(read)).toEqual(expected);
      expect(read).toMatchObject({
        source,
        isFallback: false,
        edges: expected.map((_, index) => ({ rank: index + 1, source })),
      });
    });

    it('product:{product_id} and category:{category_id}', async () => {
      await shop.run(`
        HSET product:prod_1 "id" "prod_1" "name" "Product Name" "price" "2999" "image" "https://cdn.example.com/prod_1.jpg" "category_id" "cat_1" "rating" "4.5" "stock" "150"
        HSET category:cat_1 "id" "cat_1" "name" "Electronics" "slug" "electronics"`);
      const { product, category } = await shop.read(`{
        product(id: "prod_1") { id name price { amount currencyCode } image rating stock isAvailable category { id name slug } }
        category(id: "cat_1") { id name slug }
      }`);
      expect(category).toEqual({ id: 'cat_1', name: 'Electronics', slug: 'electronics' });
      expect(product).toEqual({
        id: 'prod_1',
        name: 'Product Name',
        price: { amount: '2999.00', currencyCode: 'EUR' },
        image: 'https://cdn.example.com/prod_1.jpg',
        rating: 4.5,
        stock: 150,
        isAvailable: true,
        category,
      });
    });

    it('rec:users_with_recs, rec:last_update and rec:stats', async () => {
      const lastUpdate = Math.floor(Date.now() / 1_000) - 60;
      await shop.run(`
        SADD rec:users_with_recs 1 2 3
        SET rec:last_update ${lastUpdate}
        HSET rec:stats total_users 12 total_products 5000 last_processing_time 12.5`);
      expect(
        await shop.read(
          '{ recommendationHealth { usersWithRecommendations totalUsers totalProducts coverage lastUpdate lastProcessingTime isStale } }',
        ),
      ).toEqual({
        recommendationHealth: {
          usersWithRecommendations: 3,
          totalUsers: 12,
          totalProducts: 5_000,
          coverage: 0.25,
          lastUpdate: new Date(lastUpdate * 1_000).toISOString(),
          lastProcessingTime: 12.5,
          isStale: false,
        },
      });
    });
  });
});
