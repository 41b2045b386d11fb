import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { as, openShop, type Shop } from './readsSetup.js';

/**
 * A shop as other teams' writers left it. It stands beside the project where its writers keep it, and is not part of
 * it: what is expected is taken out of Redis here, as the documents say, and not written down.
 */
const FILE = resolve('..', 'shared', 'data', 'shop.redis');
const isThere = existsSync(FILE);
if (!isThere)
  process.stderr.write(`SKIPPED: the data of the shop are not at ${FILE}; nothing is tested against them.\n`);

(isThere ? describe : describe.skip)("another team's shop", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.run(readFileSync(FILE, 'utf8'));
  });
  afterAll(() => shop?.stop());

  interface Feed {
    readonly source: string;
    readonly isFallback: boolean;
    readonly fallbackReason: string | null;
    readonly nodes: readonly { readonly id: string; readonly name: string | null }[];
  }
  const FEED = 'source isFallback fallbackReason nodes { id name }';
  const keysLike = async (pattern: string) => (await shop.redis.keys(pattern)).sort();
  const best = (key: string, count: number) => shop.redis.zrevrange(key, 0, count - 1);
  const inTurn = (a: readonly string[], b: readonly string[]) => [
    ...new Set(a.flatMap((id, index) => [id, ...b.slice(index, index + 1)])),
  ];
  const idsOf = (feed: Feed) => feed.nodes.map(({ id }) => id);

  /** Tokens of all customers, with their users. */
  async function customers(): Promise<{ token: string; userId: string }[]> {
    const keys = await keysLike('session:*');
    const users = await Promise.all(keys.map((key) => shop.redis.hget(key, 'user_id')));
    return keys
      .map((key, index) => ({ token: key.slice('session:'.length), userId: users[index]! }))
      .filter(({ userId }) => userId !== '');
  }

  /** The exact sum of a cart's lines, in hundredths. */
  function sumOf(lines: readonly string[]): { items: number; hundredths: bigint } {
    let items = 0;
    let hundredths = 0n;
    for (const line of lines) {
      const quantity = Number(/"quantity":\s*(\d+)/.exec(line)![1]);
      const [whole, fraction = ''] = /"price":\s*"?([\d.]+)/.exec(line)![1]!.split('.');
      items += quantity;
      hundredths += BigInt(quantity) * BigInt(whole! + fraction.padEnd(2, '0'));
    }
    return { items, hundredths };
  }

  it('gives each customer the own cart of that data, with exact totals and lines', async () => {
    const all = await customers();
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(all.map(({ token }) => token)).toContain('tok-emilys-0123456789abcdef');
    for (const { token, userId } of all) {
      const key = (await shop.redis.get(`active_cart:${userId}`))!;
      const hash = await shop.redis.hgetall(key);
      const list = await shop.redis.lrange(`cart_items:${hash['cart_id']}`, 0, -1);
      const { session, cart } = (await shop.read(
        '{ session { userId } cart { id totalItems totalAmount { amount } lines { productId quantity amount { amount } product { id name } } } }',
        as(token),
      )) as { session: unknown; cart: { totalAmount: { amount: string }; lines: { amount: { amount: string } }[] } };
      const sum = sumOf(list);
      expect(session).toEqual({ userId });
      expect(cart).toMatchObject({ id: hash['cart_id'], totalItems: sum.items });
      expect(BigInt(cart.totalAmount.amount.replace('.', ''))).toBe(sum.hundredths);
      const lines = cart.lines.reduce((all_, { amount }) => all_ + BigInt(amount.amount.replace('.', '')), 0n);
      expect(lines).toBe(sum.hundredths);
      expect(cart.lines).toHaveLength(list.length);
    }
  });

  it('gives a customer the personalised feed, or what is trending, and says so', async () => {
    const seen = new Set<string>();
    for (const { token, userId } of await customers()) {
      const own = await best(`rec:user:${userId}:personalized`, 10);
      const { recommendations } = (await shop.read(`{ recommendations { personalized { ${FEED} } } }`, as(token))) as {
        recommendations: { personalized: Feed };
      };
      const feed = recommendations.personalized;
      const isNew = (await shop.redis.exists(`rec:user:${userId}:history`, `recent_views:${userId}`)) === 0;
      const [popular, fresh] = await Promise.all([best('rec:popular', 10), best('rec:new_arrivals', 10)]);
      const otherwise = isNew ? inTurn(popular, fresh).slice(0, 10) : await best('rec:trending', 10);
      expect([userId, idsOf(feed)]).toEqual([userId, own.length > 0 ? own : otherwise]);
      expect(feed).toMatchObject(
        own.length > 0
          ? { source: 'PERSONALIZED', isFallback: false, fallbackReason: null }
          : isNew
            ? { source: 'POPULAR', isFallback: true, fallbackReason: 'NEW_USER' }
            : { source: 'TRENDING', isFallback: true, fallbackReason: 'NO_DATA' },
      );
      if (userId === '5') expect([own, isNew]).toEqual([[], false]);
      seen.add(feed.source);
    }
    expect([...seen].sort()).toEqual(['PERSONALIZED', 'POPULAR', 'TRENDING']);
  });

  it('gives a product its similar ones, or what is trending in its category, keyed by id or by slug', async () => {
    const answeredBy = { own: 0, id: 0, slug: 0 };
    for (const key of await keysLike('product:*')) {
      const id = key.slice('product:'.length);
      const categoryId = (await shop.redis.hget(key, 'category_id'))!;
      const slug = (await shop.redis.hget(`category:${categoryId}`, 'slug'))!;
      const own = await best(`rec:product:${id}:similar`, 11);
      const byId = await best(`rec:trending:category:${categoryId}`, 11);
      const bySlug = await best(`rec:trending:category:${slug}`, 11);
      const kind = own.length > 0 ? 'own' : byId.length > 0 ? 'id' : 'slug';
      const without = { own, id: byId, slug: bySlug }[kind].filter((other) => other !== id);
      answeredBy[kind]++;
      const { product } = (await shop.read(`query ($id: ID!) { product(id: $id) { similar { ${FEED} } } }`, {
        variables: { id },
      })) as { product: { similar: Feed } };
      expect([id, idsOf(product.similar)]).toEqual([id, without.slice(0, 10)]);
      expect(product.similar).toMatchObject(
        kind === 'own' ? { source: 'SIMILAR', isFallback: false } : { source: 'CATEGORY_TRENDING', isFallback: true },
      );
    }
    expect(Object.values(answeredBy).every((count) => count > 0)).toBe(true);
  });

  it('gives guests a cold start: the category viewed last, else popular and new in turn', async () => {
    const kinds = new Set<string>();
    for (let guest = 1; guest <= 5; guest++) {
      const [viewed] = await shop.redis.lrange(`rec:session:sess_guest${guest}:viewed`, 0, 0);
      const { recommendations } = (await shop.read(
        `{ recommendations { personalized { ${FEED} sources } recentlyViewed { nodes { id } } } }`,
        as(`tok-guest${guest}-0123456789abcdef`),
      )) as { recommendations: { personalized: Feed & { sources: string[] }; recentlyViewed: Feed } };
      const { personalized, recentlyViewed } = recommendations;
      expect(personalized).toMatchObject({ isFallback: true, fallbackReason: 'COLD_START' });
      expect(recentlyViewed.nodes[0]?.id).toBe(viewed);
      if (viewed === undefined) {
        expect(personalized.sources).toEqual(['POPULAR', 'NEW_ARRIVALS']);
        expect(personalized.nodes[0]?.id).toBe((await best('rec:popular', 1))[0]);
      } else {
        expect(personalized.sources).toEqual(['CATEGORY_TRENDING']);
      }
      kinds.add(personalized.source);
    }
    expect([...kinds].sort()).toEqual(['CATEGORY_TRENDING', 'POPULAR']);
  });

  it('gives nobody at all a cold start too', async () => {
    const { recommendations } = (await shop.read(
      `{ recommendations { personalized(first: 4) { ${FEED} } inCategory: personalized(categoryId: "cat_1", first: 3) { ${FEED} } } }`,
    )) as { recommendations: { personalized: Feed; inCategory: Feed } };
    const [popular, fresh] = await Promise.all([best('rec:popular', 4), best('rec:new_arrivals', 4)]);
    expect(idsOf(recommendations.personalized)).toEqual(inTurn(popular, fresh).slice(0, 4));
    expect(recommendations.inCategory).toMatchObject({ source: 'CATEGORY_TRENDING', fallbackReason: 'COLD_START' });
  });

  it('gives every product as its two hashes say, the hot one first', async () => {
    const keys = await keysLike('product:*');
    const ids = keys.map((key) => key.slice('product:'.length));
    for (let start = 0; start < ids.length; start += 100) {
      const some = ids.slice(start, start + 100);
      const { products } = (await shop.read(
        'query ($ids: [ID!]!) { products(ids: $ids) { id name price { amount } stock rating image category { id name slug } } }',
        { variables: { ids: some } },
      )) as { products: { price: { amount: string }; name: string; stock: number; rating: number }[] };
      for (const [index, id] of some.entries()) {
        const [hot, catalogue] = await Promise.all([
          shop.redis.hgetall(`hot_product:${id}`),
          shop.redis.hgetall(`product:${id}`),
        ]);
        const category = await shop.redis.hgetall(`category:${catalogue['category_id']}`);
        expect(products[index]).toMatchObject({
          id,
          name: hot['name'] ?? catalogue['name'],
          stock: Number(hot['stock'] ?? catalogue['stock']),
          rating: Number(catalogue['rating']),
          image: hot['image_url'] ?? catalogue['image'],
          category,
        });
        const price = (hot['price'] ?? catalogue['price'])!;
        const digits = (price.split('.')[1] ?? '').padEnd(2, '0');
        expect(products[index]!.price.amount).toBe(`${price.split('.')[0]}.${digits}`);
      }
    }
  });

  it('tells how the recommendations fare', async () => {
    const { recommendationHealth } = await shop.read(
      '{ recommendationHealth { usersWithRecommendations totalUsers totalProducts coverage lastUpdate } }',
    );
    const stats = await shop.redis.hgetall('rec:stats');
    const covered = await shop.redis.scard('rec:users_with_recs');
    expect(recommendationHealth).toMatchObject({
      usersWithRecommendations: covered,
      totalUsers: Number(stats['total_users']),
      totalProducts: Number(stats['total_products']),
    });
  });

  it('has nothing in it that the gateway calls broken', async () => {
    const { body } = await shop.ask(
      '{ session { id } cart { lines { id } } recommendations { personalized { nodes { name price { amount } stock image rating } } recentlyViewed { nodes { id } } trending { nodes { name } } popular { nodes { isAvailable } } } }',
      as('tok-emilys-0123456789abcdef'),
    );
    expect(body.errors).toBeUndefined();
    expect(body.extensions?.['dataFaults']).toBeUndefined();
  });
});
