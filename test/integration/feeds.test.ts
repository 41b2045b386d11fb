import { createHash } from 'node:crypto';
import { as, openShop, session, type Shop } from './readsSetup.js';

const SERVICE_KEY = 'a key of the mailer';
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** The table of fallback rules, row by row, over HTTP. */
describe('feeds', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop({ SERVICE_API_KEYS: `mailer:feeds:${hashOf(SERVICE_KEY)}` });
  });
  afterAll(() => shop?.stop());
  beforeEach(() => shop.empty());

  const DETAILS = `source sources isFallback fallbackReason expiresAt dropped { missing unavailable inCart duplicate excluded }
    attempts { source outcome count } edges { node { id } score rank source }`;
  interface Feed {
    readonly source: string | null;
    readonly sources: readonly string[];
    readonly isFallback: boolean;
    readonly fallbackReason: string | null;
    readonly expiresAt: string | null;
    readonly dropped: Readonly<Record<string, number>>;
    readonly attempts: readonly { source: string; outcome: string; count: number }[];
    readonly edges: readonly { node: { id: string }; score: number | null; rank: number; source: string }[];
  }
  const feed = async (selection: string, request = {}): Promise<Feed> => {
    const { recommendations } = (await shop.read(
      `{ recommendations { feed: ${selection} { ${DETAILS} } } }`,
      request,
    )) as {
      recommendations: { feed: Feed };
    };
    return recommendations.feed;
  };
  const idsOf = ({ edges }: Pick<Feed, 'edges'>) => edges.map(({ node }) => node.id);
  const triedIn = ({ attempts }: Feed) => attempts.map(({ source, outcome, count }) => `${source} ${outcome} ${count}`);

  const user = as('tok_u');
  const newUser = as('tok_n');
  const guest = as('tok_g');
  const people = () =>
    shop.run(`
      ${session('tok_u', 'sess_u', '5')}
      ZADD rec:user:5:history 1704902400 seen_1
      ${session('tok_n', 'sess_n', '6')}
      ${session('tok_g', 'sess_g')}`);
  /** One or two products in each of these keys, named after them. */
  const FEEDS: Readonly<Record<string, string>> = {
    own: 'rec:user:5:personalized',
    userSession: 'rec:user:5:session',
    guestSession: 'rec:session:sess_g',
    session: 'rec:session:sess_u',
    similar: 'rec:product:prod_1:similar',
    bought: 'rec:product:prod_1:frequently_bought',
    trending: 'rec:trending',
    counted: 'trending_products',
    byId: 'rec:trending:category:cat_1',
    bySlug: 'rec:trending:category:lamps',
    popular: 'rec:popular',
    fresh: 'rec:new_arrivals',
  };
  const fill = async (...names: string[]) => {
    for (const name of names) {
      await shop.addProducts(`${name}_1`, `${name}_2`);
      await shop.run(`ZADD ${FEEDS[name]} 2 ${name}_1 1 ${name}_2`);
    }
  };
  const both = (name: string) => [`${name}_1`, `${name}_2`];
  const category = () =>
    shop.run(`HSET category:cat_1 id cat_1 slug lamps name Lamps
      HSET product:prod_1 id prod_1 category_id cat_1
      HSET product:seen_1 id seen_1 category_id cat_1`);

  describe('fall back by the table', () => {
    type Row = [
      name: string,
      filled: string[],
      selection: string,
      who: object,
      ids: string[],
      source: string,
      reason: string | null,
      tried: string[],
    ];
    const inTurn = ['popular_1', 'fresh_1', 'popular_2', 'fresh_2'];
    const rows: Row[] = [
      [
        'personalized of a user: own',
        ['own', 'trending', 'popular'],
        'personalized',
        user,
        both('own'),
        'PERSONALIZED',
        null,
        ['PERSONALIZED HIT 2'],
      ],
      [
        'personalized of a user: trending',
        ['trending', 'popular'],
        'personalized',
        user,
        both('trending'),
        'TRENDING',
        'NO_DATA',
        ['PERSONALIZED EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'personalized of a user: views counted by the gateway',
        ['counted', 'popular'],
        'personalized',
        user,
        both('counted'),
        'TRENDING',
        'NO_DATA',
        ['PERSONALIZED EMPTY 0', 'TRENDING EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'personalized of a user: popular',
        ['popular', 'fresh'],
        'personalized',
        user,
        both('popular'),
        'POPULAR',
        'NO_DATA',
        ['PERSONALIZED EMPTY 0', 'TRENDING EMPTY 0', 'TRENDING EMPTY 0', 'POPULAR HIT 2'],
      ],
      [
        'personalized of a new user: popular and new in turn',
        ['trending', 'popular', 'fresh'],
        'personalized',
        newUser,
        inTurn,
        'POPULAR',
        'NEW_USER',
        ['PERSONALIZED EMPTY 0', 'POPULAR HIT 2', 'NEW_ARRIVALS HIT 2'],
      ],
      [
        'personalized of a new user: new ones alone',
        ['trending', 'fresh'],
        'personalized',
        newUser,
        both('fresh'),
        'NEW_ARRIVALS',
        'NEW_USER',
        ['PERSONALIZED EMPTY 0', 'POPULAR EMPTY 0', 'NEW_ARRIVALS HIT 2'],
      ],
      [
        'personalized of a guest: the session',
        ['guestSession', 'popular'],
        'personalized',
        guest,
        both('guestSession'),
        'SESSION',
        null,
        ['SESSION HIT 2'],
      ],
      [
        'personalized of a guest: the category asked for',
        ['byId', 'bySlug', 'popular'],
        'personalized(categoryId: "cat_1")',
        guest,
        both('byId'),
        'CATEGORY_TRENDING',
        'COLD_START',
        ['SESSION EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'personalized of a guest: popular and new in turn',
        ['trending', 'popular', 'fresh'],
        'personalized',
        guest,
        inTurn,
        'POPULAR',
        'COLD_START',
        ['SESSION EMPTY 0', 'POPULAR HIT 2', 'NEW_ARRIVALS HIT 2'],
      ],
      [
        'personalized of nobody: the category asked for, by its slug',
        ['bySlug', 'popular'],
        'personalized(categoryId: "cat_1")',
        {},
        both('bySlug'),
        'CATEGORY_TRENDING',
        'COLD_START',
        ['CATEGORY_TRENDING EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'personalized of nobody: popular and new in turn',
        ['trending', 'popular', 'fresh'],
        'personalized',
        {},
        inTurn,
        'POPULAR',
        'COLD_START',
        ['POPULAR HIT 2', 'NEW_ARRIVALS HIT 2'],
      ],
      [
        "sessionBased of a user: the user's",
        ['userSession', 'session', 'trending'],
        'sessionBased',
        user,
        both('userSession'),
        'SESSION',
        null,
        ['SESSION HIT 2'],
      ],
      [
        "sessionBased of a user: the session's",
        ['session', 'trending'],
        'sessionBased',
        user,
        both('session'),
        'SESSION',
        null,
        ['SESSION EMPTY 0', 'SESSION HIT 2'],
      ],
      [
        'sessionBased of a user: the category viewed last',
        ['byId', 'trending'],
        'sessionBased',
        user,
        both('byId'),
        'CATEGORY_TRENDING',
        'NO_DATA',
        ['SESSION EMPTY 0', 'SESSION EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'sessionBased of a guest: trending',
        ['trending', 'popular'],
        'sessionBased',
        guest,
        both('trending'),
        'TRENDING',
        'NO_DATA',
        ['SESSION EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'sessionBased of nobody: popular',
        ['popular'],
        'sessionBased',
        {},
        both('popular'),
        'POPULAR',
        'NO_DATA',
        ['TRENDING EMPTY 0', 'TRENDING EMPTY 0', 'POPULAR HIT 2'],
      ],
      [
        'similar: own',
        ['similar', 'byId'],
        'similar(productId: "prod_1")',
        {},
        both('similar'),
        'SIMILAR',
        null,
        ['SIMILAR HIT 2'],
      ],
      [
        'similar: its category',
        ['byId', 'bySlug', 'trending'],
        'similar(productId: "prod_1")',
        {},
        both('byId'),
        'CATEGORY_TRENDING',
        'NO_DATA',
        ['SIMILAR EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'similar: its category by slug',
        ['bySlug', 'trending'],
        'similar(productId: "prod_1")',
        {},
        both('bySlug'),
        'CATEGORY_TRENDING',
        'NO_DATA',
        ['SIMILAR EMPTY 0', 'CATEGORY_TRENDING EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'similar: trending',
        ['trending', 'popular'],
        'similar(productId: "prod_1")',
        {},
        both('trending'),
        'TRENDING',
        'NO_DATA',
        ['SIMILAR EMPTY 0', 'CATEGORY_TRENDING EMPTY 0', 'CATEGORY_TRENDING EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'similar of an unknown product: popular',
        ['popular'],
        'similar(productId: "nothing")',
        {},
        both('popular'),
        'POPULAR',
        'NO_DATA',
        ['SIMILAR EMPTY 0', 'TRENDING EMPTY 0', 'TRENDING EMPTY 0', 'POPULAR HIT 2'],
      ],
      [
        'bought together: own',
        ['bought', 'similar'],
        'frequentlyBoughtTogether(productId: "prod_1")',
        {},
        both('bought'),
        'FREQUENTLY_BOUGHT_TOGETHER',
        null,
        ['FREQUENTLY_BOUGHT_TOGETHER HIT 2'],
      ],
      [
        'bought together: with FILL similar, then its category',
        ['bought', 'similar', 'byId', 'trending'],
        'frequentlyBoughtTogether(productId: "prod_1", fallback: FILL)',
        {},
        [...both('bought'), ...both('similar'), ...both('byId')],
        'FREQUENTLY_BOUGHT_TOGETHER',
        'NO_DATA',
        ['FREQUENTLY_BOUGHT_TOGETHER HIT 2', 'SIMILAR HIT 2', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'trending: own',
        ['trending', 'counted'],
        'trending',
        {},
        both('trending'),
        'TRENDING',
        null,
        ['TRENDING HIT 2'],
      ],
      [
        'trending: views counted by the gateway are no fallback',
        ['counted', 'popular'],
        'trending',
        {},
        both('counted'),
        'TRENDING',
        null,
        ['TRENDING EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'trending: popular',
        ['popular'],
        'trending',
        {},
        both('popular'),
        'POPULAR',
        'NO_DATA',
        ['TRENDING EMPTY 0', 'TRENDING EMPTY 0', 'POPULAR HIT 2'],
      ],
      [
        'trending of a category: by id',
        ['byId', 'bySlug'],
        'trending(categoryId: "cat_1")',
        {},
        both('byId'),
        'CATEGORY_TRENDING',
        null,
        ['CATEGORY_TRENDING HIT 2'],
      ],
      [
        'trending of a category: by slug is no fallback',
        ['bySlug', 'trending'],
        'trending(categoryId: "cat_1")',
        {},
        both('bySlug'),
        'CATEGORY_TRENDING',
        null,
        ['CATEGORY_TRENDING EMPTY 0', 'CATEGORY_TRENDING HIT 2'],
      ],
      [
        'trending of a category: trending',
        ['trending', 'popular'],
        'trending(categoryId: "cat_1")',
        {},
        both('trending'),
        'TRENDING',
        'NO_DATA',
        ['CATEGORY_TRENDING EMPTY 0', 'CATEGORY_TRENDING EMPTY 0', 'TRENDING HIT 2'],
      ],
      ['popular: own', ['popular', 'trending'], 'popular', {}, both('popular'), 'POPULAR', null, ['POPULAR HIT 2']],
      [
        'popular: trending',
        ['trending', 'fresh'],
        'popular',
        {},
        both('trending'),
        'TRENDING',
        'NO_DATA',
        ['POPULAR EMPTY 0', 'TRENDING HIT 2'],
      ],
      [
        'newArrivals: own',
        ['fresh', 'popular'],
        'newArrivals',
        {},
        both('fresh'),
        'NEW_ARRIVALS',
        null,
        ['NEW_ARRIVALS HIT 2'],
      ],
      [
        'newArrivals: with FILL popular',
        ['fresh', 'popular'],
        'newArrivals(fallback: FILL)',
        {},
        [...both('fresh'), ...both('popular')],
        'NEW_ARRIVALS',
        'NO_DATA',
        ['NEW_ARRIVALS HIT 2', 'POPULAR HIT 2'],
      ],
    ];

    it.each(rows)('%s', async (_name, filled, selection, who, ids, source, reason, tried) => {
      await people();
      await category();
      await fill(...filled);
      const read = await feed(selection, who);
      expect(idsOf(read)).toEqual(ids);
      expect(read).toMatchObject({ source, fallbackReason: reason, isFallback: reason !== null });
      expect(triedIn(read)).toEqual(tried);
      expect(read.sources).toEqual([...new Set(read.edges.map((edge) => edge.source))]);
      expect(read.edges.map(({ rank }) => rank)).toEqual(ids.map((_, index) => index + 1));
      expect(Object.values(read.dropped)).toEqual([0, 0, 0, 0, 0]);
    });

    it.each<[string, string, object]>([
      ['bought together', 'frequentlyBoughtTogether(productId: "prod_1")', {}],
      ['new arrivals', 'newArrivals', {}],
      ['what nobody viewed', 'recentlyViewed', {}],
      ['what a user without views viewed', 'recentlyViewed(fallback: FILL)', newUser],
      ['a feed or nothing', 'trending(fallback: NONE)', {}],
      ['the personalised feed or nothing', 'personalized(fallback: NONE)', user],
      ['a category or nothing', 'trending(categoryId: "cat_2", fallback: NONE)', {}],
    ])('and are empty where nothing is the truth: %s', async (_what, selection, who) => {
      await people();
      await category();
      await fill('popular', 'byId', ...(selection.startsWith('newArrivals') ? [] : ['fresh']));
      const read = await feed(selection, who);
      expect(read).toMatchObject({
        edges: [],
        source: null,
        sources: [],
        isFallback: false,
        fallbackReason: null,
        expiresAt: null,
      });
    });

    it('a guest starts cold with the category of the product viewed last', async () => {
      await people();
      await category();
      await fill('bySlug', 'popular');
      await shop.run('LPUSH rec:session:sess_g:viewed older seen_1');
      expect(await feed('personalized', guest)).toMatchObject({
        source: 'CATEGORY_TRENDING',
        fallbackReason: 'COLD_START',
      });
      expect(idsOf(await feed('personalized', guest))).toEqual(both('bySlug'));
    });

    it('a user with recent views but no history is not new', async () => {
      await people();
      await fill('trending', 'popular', 'fresh');
      await shop.run('ZADD recent_views:6 1704902400 prod_1:30');
      expect(await feed('personalized', newUser)).toMatchObject({ source: 'TRENDING', fallbackReason: 'NO_DATA' });
    });
  });

  describe('tell what became of a key', () => {
    it('of the wrong type: the next rule answers, and the fault is counted', async () => {
      await fill('popular');
      await shop.run('SET rec:trending "not a set"\nLPUSH trending_products x');
      const { body } = await shop.ask(`{ recommendations { trending { ${DETAILS} } } }`);
      const read = (body.data as { recommendations: { trending: Feed } }).recommendations.trending;
      expect(triedIn(read)).toEqual(['TRENDING ERROR 0', 'TRENDING ERROR 0', 'POPULAR HIT 2']);
      expect(read).toMatchObject({ isFallback: true, fallbackReason: 'UNAVAILABLE' });
      expect(body.extensions?.['dataFaults']).toEqual({ WRONG_TYPE: 2 });
    });

    it('all of the wrong type: the feed is null with UPSTREAM_UNAVAILABLE, the rest of the query answers', async () => {
      await fill('popular');
      await shop.run('SET rec:trending x\nSET trending_products x\nSET rec:new_arrivals x');
      const { body, status } = await shop.ask(
        '{ recommendations { newArrivals { nodes { id } } only: trending(fallback: NONE) { nodes { id } } popular { nodes { id } } } }',
      );
      expect(status).toBe(200);
      expect(body.data).toEqual({
        recommendations: { newArrivals: null, only: null, popular: { nodes: both('popular').map((id) => ({ id })) } },
      });
      expect(body.errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.code])).toEqual([
        ['recommendations.newArrivals', 'UPSTREAM_UNAVAILABLE'],
        ['recommendations.only', 'UPSTREAM_UNAVAILABLE'],
      ]);
      expect(JSON.stringify(body)).not.toMatch(/WRONGTYPE|rec:/);
    });

    it('that the ACL does not let be read', async () => {
      await fill('trending', 'popular');
      await shop.redis.acl('SETUSER', 'default', 'resetkeys', '~rec:popular', '~product:*', '~hot_product:*');
      try {
        const read = await feed('trending');
        expect(triedIn(read)).toEqual(['TRENDING ERROR 0', 'TRENDING ERROR 0', 'POPULAR HIT 2']);
        expect(read.fallbackReason).toBe('UNAVAILABLE');
      } finally {
        await shop.redis.acl('SETUSER', 'default', 'allkeys');
      }
    });

    it('whose members are all left out: ALL_FILTERED, with the next rule', async () => {
      await fill('popular');
      await shop.run('ZADD rec:trending 2 gone_1 1 gone_2');
      const read = await feed('trending');
      expect(triedIn(read)).toEqual(['TRENDING FILTERED 0', 'TRENDING EMPTY 0', 'POPULAR HIT 2']);
      expect(read).toMatchObject({ fallbackReason: 'ALL_FILTERED', dropped: { missing: 2 } });
    });

    it('when it runs out', async () => {
      await fill('trending', 'popular');
      await shop.run('EXPIRE rec:trending 900');
      const read = await feed('trending');
      expect(Math.abs(Date.parse(read.expiresAt!) - Date.now() - 900_000)).toBeLessThan(5_000);
      expect((await feed('popular')).expiresAt).toBeNull();
    });
  });

  describe('leave out', () => {
    it('what is known to be unavailable, and only that', async () => {
      await shop.run(`
        ZADD rec:trending 5 no 4 yes 3 zero 2 unknown 1 hotzero
        HSET hot_product:no product_id no is_available false
        HSET hot_product:yes product_id yes is_available 1
        HSET product:zero id zero stock 0
        HSET product:unknown id unknown
        HSET hot_product:hotzero product_id hotzero is_available TRUE
        HSET product:hotzero id hotzero stock 0`);
      const read = await feed('trending(availableOnly: true)');
      expect(idsOf(read)).toEqual(['yes', 'unknown', 'hotzero']);
      expect(read.dropped).toMatchObject({ unavailable: 2, missing: 0 });
      expect(idsOf(await feed('trending'))).toHaveLength(5);
    });

    it('what the client names, the product itself, and what is in the cart', async () => {
      await people();
      await shop.addProducts('prod_1', 'a', 'b', 'c');
      await shop.run(`
        ZADD rec:product:prod_1:similar 9 prod_1 8 a 7 b 6 c
        HSET cart:5:sess_u cart_id c1 user_id 5 session_id sess_u status active total_items 1 total_amount 1
        RPUSH cart_items:c1 '{"item_id":"b","variation_id":"","quantity":1,"price":1,"name":"b"}'
        SET active_cart:5 cart:5:sess_u`);
      const read = await feed('similar(productId: "prod_1", exclude: ["a"], excludeInCart: true)', user);
      expect(idsOf(read)).toEqual(['c']);
      expect(read.dropped).toEqual({ missing: 0, unavailable: 0, inCart: 1, duplicate: 0, excluded: 2 });
    });

    it('no more than a hundred products that the client names', async () => {
      const ids = Array.from({ length: 101 }, (_, index) => `p${index}`);
      const query = 'query ($ids: [ID!]) { recommendations { popular(exclude: $ids) { nodes { id } } } }';
      const { body } = await shop.ask(query, { variables: { ids } });
      expect(body.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      await shop.read(query, { variables: { ids: ids.slice(1) } });
    });
  });

  describe('that are to be distinct', () => {
    it('choose in the order in which they are written, also where the first takes longer to know', async () => {
      await people();
      await shop.addProducts('a', 'b', 'c');
      await shop.run(
        'ZADD rec:user:5:personalized 2 a 1 b\nZADD rec:popular 3 a 2 b 1 c\nZADD rec:trending 3 b 2 c 1 a',
      );
      const chosen = async (selection: string) => {
        const { recommendations } = (await shop.read(`{ recommendations(distinct: true) { ${selection} } }`, user)) as {
          recommendations: Record<string, Feed>;
        };
        return Object.fromEntries(
          Object.entries(recommendations).map(([name, { edges }]) => [name, edges.map(({ node }) => node.id)]),
        );
      };
      const EDGES = '{ edges { node { id } } }';
      expect(await chosen(`personalized(first: 1) ${EDGES} popular ${EDGES} trending ${EDGES}`)).toEqual({
        personalized: ['a'],
        popular: ['b', 'c'],
        trending: [],
      });
      expect(await chosen(`popular(first: 1) ${EDGES} personalized ${EDGES} other: popular ${EDGES}`)).toEqual({
        popular: ['a'],
        personalized: ['b'],
        other: ['c'],
      });
    });

    it('count what an earlier one took, and hand on the turn where one fails', async () => {
      await shop.addProducts('a', 'b');
      await shop.run('ZADD rec:popular 3 a 2 b\nZADD rec:trending 3 a\nSET rec:new_arrivals x');
      const { body } = await shop.ask(
        `{ recommendations(distinct: true) { trending { edges { node { id } } } newArrivals { edges { node { id } } } popular { ${DETAILS} } } }`,
      );
      const { popular } = (body.data as { recommendations: { popular: Feed } }).recommendations;
      expect(idsOf(popular)).toEqual(['b']);
      expect(popular.dropped.duplicate).toBe(1);
      expect(body.errors).toHaveLength(1);
    });

    it('have an id that no other feeds of the answer have', async () => {
      await people();
      const ids = await shop.read(
        '{ a: recommendations { id } b: recommendations(distinct: true) { id } c: recommendations(distinct: true) { id } session { recommendations(distinct: true) { id } again: recommendations { id } } }',
        user,
      );
      const {
        a,
        b,
        c,
        session: own,
      } = ids as Record<'a' | 'b' | 'c', { id: string }> & {
        session: { recommendations: { id: string }; again: { id: string } };
      };
      expect([a.id, own.again.id]).toEqual(['me', 'me']);
      expect(new Set([a.id, b.id, c.id, own.recommendations.id]).size).toBe(4);
    });
  });

  describe('for a service', () => {
    const mailer = { headers: { 'x-api-key': SERVICE_KEY } };
    const ofUser5 =
      '{ recommendations(userId: "5") { id personalized { source nodes { id } } recentlyViewed { nodes { id } } } }';

    it('are those of the user it names', async () => {
      await people();
      await fill('own');
      await shop.addProducts('seen_1');
      expect(await shop.read(ofUser5, mailer)).toEqual({
        recommendations: {
          id: 'user:5',
          personalized: { source: 'PERSONALIZED', nodes: both('own').map((id) => ({ id })) },
          recentlyViewed: { nodes: [{ id: 'seen_1' }] },
        },
      });
    });

    it.each(['', 'guest', 'a:b', 'a\nb', 'x'.repeat(129)])('refuse the user %j', async (userId) => {
      const { body } = await shop.ask('query ($u: ID) { recommendations(userId: $u) { id } }', {
        ...mailer,
        variables: { userId, u: userId },
      });
      expect(body.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    });

    it('take no cursor of another user', async () => {
      await shop.addProducts('a', 'b', 'c');
      await shop.run('ZADD rec:user:5:personalized 3 a 2 b 1 c\nZADD rec:user:6:personalized 3 a 2 b 1 c');
      const page = (userId: string, after: string | null) =>
        shop.ask(
          'query ($u: ID, $after: String) { recommendations(userId: $u) { personalized(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } } }',
          {
            ...mailer,
            variables: { u: userId, after },
          },
        );
      const first = (await page('5', null)).body.data as {
        recommendations: { personalized: { pageInfo: { endCursor: string } } };
      };
      const { endCursor } = first.recommendations.personalized.pageInfo;
      expect((await page('5', endCursor)).body.errors).toBeUndefined();
      expect((await page('6', endCursor)).body.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    });
  });

  describe('of a cart', () => {
    const CART_FEED = `{ cart { recommendations(first: 4) { ${DETAILS} } } }`;
    const cartFeed = async () =>
      ((await shop.read(CART_FEED, user)) as { cart: { recommendations: Feed } }).cart.recommendations;
    const cart = (...ids: string[]) =>
      shop.run(`
        HSET cart:5:sess_u cart_id c1 user_id 5 session_id sess_u status active total_items ${ids.length} total_amount 1
        SET active_cart:5 cart:5:sess_u
        ${ids.map((id) => `RPUSH cart_items:c1 '{"item_id":"${id}","variation_id":"","quantity":1,"price":1,"name":"x"}'`).join('\n')}`);

    it('sum what is bought with its lines, ties by id, without what is in it', async () => {
      await people();
      await shop.addProducts('in_1', 'in_2', 'x', 'y', 'z', 'b', 'a');
      await cart('in_1', 'in_2');
      await shop.run(`
        ZADD rec:product:in_1:frequently_bought 100 in_2 5 x 4 y 1 b
        ZADD rec:product:in_2:frequently_bought 90 in_1 3 y 6 z 1 a`);
      const read = await cartFeed();
      expect(read.edges.map(({ node, score }) => [node.id, score])).toEqual([
        ['y', 7],
        ['z', 6],
        ['x', 5],
        ['a', 1],
      ]);
      expect(read).toMatchObject({ source: 'FREQUENTLY_BOUGHT_TOGETHER', isFallback: false });
    });

    it('begin with the ten newest lines', async () => {
      await people();
      await shop.addProducts('old', 'new');
      await cart(...Array.from({ length: 12 }, (_, index) => `in_${index}`));
      await shop.run('ZADD rec:product:in_1:frequently_bought 9 old\nZADD rec:product:in_2:frequently_bought 1 new');
      expect(idsOf(await cartFeed())).toEqual(['new']);
    });

    it('run out with the first of the feeds that they are made of', async () => {
      await people();
      await shop.addProducts('x');
      await cart('in_1', 'in_2');
      await shop.run(`
        ZADD rec:product:in_1:frequently_bought 1 x
        ZADD rec:product:in_2:frequently_bought 1 x
        EXPIRE rec:product:in_2:frequently_bought 500`);
      const { expiresAt } = await cartFeed();
      expect(Math.abs(Date.parse(expiresAt!) - Date.now() - 500_000)).toBeLessThan(5_000);
    });

    it('give way to the personalised feed where none of them can be read', async () => {
      await people();
      await fill('own');
      await cart('in_1');
      await shop.run('SET rec:product:in_1:frequently_bought x');
      const read = await cartFeed();
      expect(triedIn(read)).toEqual(['FREQUENTLY_BOUGHT_TOGETHER ERROR 0', 'PERSONALIZED HIT 2']);
      expect(read.fallbackReason).toBe('UNAVAILABLE');
    });

    it('fall back to the personalised feed, without what is in the cart', async () => {
      await people();
      await fill('own');
      await cart('own_1');
      const read = await cartFeed();
      expect(idsOf(read)).toEqual(['own_2']);
      expect(read).toMatchObject({ source: 'PERSONALIZED', isFallback: true, dropped: { inCart: 1 } });
    });
  });
});
