import fc from 'fast-check';
import { as, openShop, session, type Shop } from './readsSetup.js';

/** `first` and `after` over HTTP; the rules of paging themselves are tried in test/unit/resolveFeed.test.ts. */
describe('paging through feeds', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop?.stop());
  beforeEach(async () => {
    await shop.empty();
    await shop.run(`${session('tok_u', 'sess_u', '5')}\n${session('tok_n', 'sess_n', '6')}`);
  });

  interface Page {
    readonly edges: readonly {
      readonly node: { readonly id: string };
      readonly rank: number;
      readonly cursor: string;
    }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  }
  const PAGE = 'edges { node { id } rank cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  /** @param selection such as `popular` or `trending(categoryId: "cat_1", PAGING)` */
  const askPage = (selection: string, first: number, after: string | null, token?: string) => {
    const args = 'first: $first, after: $after';
    const feed = selection.includes('(') ? selection.replace(')', `, ${args})`) : `${selection}(${args})`;
    return shop.ask(`query ($first: Int, $after: String) { recommendations { feed: ${feed} { ${PAGE} } } }`, {
      variables: { first, after },
      ...(token === undefined ? {} : as(token)),
    });
  };
  const page = async (selection: string, first: number, after: string | null = null, token?: string): Promise<Page> => {
    const { body } = await askPage(selection, first, after, token);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return (body.data as { recommendations: { feed: Page } }).recommendations.feed;
  };
  const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);
  const zadd = (key: string, ids: readonly string[]) =>
    `ZADD ${key} ${ids.map((id, index) => `${ids.length - index} ${id}`).join(' ')}`;
  const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}_${index}`);

  async function allIds(selection: string, first: number, token?: string): Promise<string[]> {
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const at: Page = await page(selection, first, after, token);
      expect(at.edges.map(({ rank }) => rank)).toEqual(at.edges.map((_, index) => ids.length + index + 1));
      expect(at.pageInfo.hasPreviousPage).toBe(after !== null);
      expect([at.pageInfo.startCursor, at.pageInfo.endCursor]).toEqual([
        at.edges[0]?.cursor ?? null,
        at.edges.at(-1)?.cursor ?? null,
      ]);
      ids.push(...idsOf(at));
      if (!at.pageInfo.hasNextPage) return ids;
      after = at.pageInfo.endCursor;
    }
  }

  it.each<[string, string, string, string?]>([
    ['a public feed', 'popular', 'rec:popular'],
    [
      'what is bought together',
      'frequentlyBoughtTogether(productId: "prod_1")',
      'rec:product:prod_1:frequently_bought',
    ],
    ['a personal feed', 'personalized', 'rec:user:5:personalized', 'tok_u'],
    ['a category by its slug', 'trending(categoryId: "cat_1")', 'rec:trending:category:lamps'],
    ['a fallback', 'sessionBased', 'rec:trending', 'tok_u'],
    ['counted views', 'trending', 'trending_products'],
    ['the history', 'recentlyViewed', 'rec:user:5:history', 'tok_u'],
  ])('gives each member once and in order: %s', async (_what, selection, key, ...[token]) => {
    const ids = numbered('p', 45);
    await shop.addProducts(...ids);
    await shop.run(`${zadd(key, ids)}\nHSET category:cat_1 id cat_1 slug lamps`);
    for (const first of [7, 15, 45, 100]) expect(await allIds(selection, first, token)).toEqual(ids);
  });

  it('gives each product once where two feeds are taken in turn and overlap, whatever the size of the pages', async () => {
    const ids = numbered('p', 24);
    await shop.addProducts(...ids);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(ids, { minLength: 4 }),
        fc.shuffledSubarray(ids, { minLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (popular, fresh, first) => {
          await shop.run(
            `DEL rec:popular rec:new_arrivals\n${zadd('rec:popular', popular)}\n${zadd('rec:new_arrivals', fresh)}`,
          );
          const expected = [
            ...new Set(
              ids.flatMap((_, index) => [...popular.slice(index, index + 1), ...fresh.slice(index, index + 1)]),
            ),
          ];
          expect(await allIds('personalized', first, 'tok_n')).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives each product once where a short feed is filled up from others that overlap', async () => {
    const ids = numbered('p', 24);
    await shop.addProducts(...ids);
    await fc.assert(
      fc.asyncProperty(
        ...(([0, 1, 2] as const).map(() => fc.shuffledSubarray(ids, { minLength: 1, maxLength: 12 })) as [
          fc.Arbitrary<string[]>,
          fc.Arbitrary<string[]>,
          fc.Arbitrary<string[]>,
        ]),
        fc.integer({ min: 1, max: 9 }),
        async (own, trending, popular, first) => {
          await shop.run(`DEL rec:trending:category:cat_1 rec:trending rec:popular
            ${zadd('rec:trending:category:cat_1', own)}\n${zadd('rec:trending', trending)}\n${zadd('rec:popular', popular)}`);
          const expected = [...new Set([...own, ...trending, ...popular])];
          expect(await allIds('trending(categoryId: "cat_1", fallback: FILL)', first)).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is the same with the in-process cache and past it', async () => {
    const ids = numbered('p', 260);
    await shop.addProducts(...ids);
    await shop.run(`${zadd('rec:popular', ids)}\n${zadd('rec:user:5:personalized', ids)}`);
    expect(await allIds('popular', 30)).toEqual(ids);
    expect(await allIds('personalized', 30, 'tok_u')).toEqual(ids);
    expect(await allIds('popular', 100)).toEqual(ids);
  });

  describe('while the data change', () => {
    beforeEach(async () => {
      await shop.addProducts(...numbered('p', 10));
      await shop.run(zadd('rec:popular', numbered('p', 10)));
    });

    it('goes on in the place of an anchor that is gone', async () => {
      const { pageInfo } = await page('popular', 3);
      await shop.run('ZREM rec:popular p_2');
      expect(idsOf(await page('popular', 3, pageInfo.endCursor))).toEqual(['p_3', 'p_4', 'p_5']);
    });

    it('goes on behind an anchor that has moved', async () => {
      const { pageInfo } = await page('popular', 3);
      await shop.run('ZADD rec:popular 3.5 p_2');
      expect(idsOf(await page('popular', 3, pageInfo.endCursor))).toEqual(['p_7', 'p_8', 'p_9']);
    });

    it('skips and repeats nothing of the rest when others come in before the anchor', async () => {
      const { pageInfo } = await page('popular', 3);
      await shop.addProducts('new_1', 'new_2');
      await shop.run('ZADD rec:popular 100 new_1 99 new_2');
      expect(idsOf(await page('popular', 3, pageInfo.endCursor))).toEqual(['p_3', 'p_4', 'p_5']);
    });

    it('is empty, with nothing behind it, where the key is gone', async () => {
      const { pageInfo } = await page('popular', 3);
      await shop.addProducts('t_1');
      await shop.run('DEL rec:popular\nZADD rec:trending 1 t_1');
      const next = await page('popular', 3, pageInfo.endCursor);
      expect(next).toMatchObject({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, endCursor: null },
      });
    });

    it('stays with a fallback although the own feed has come back', async () => {
      await shop.run('RENAME rec:popular rec:trending');
      const { pageInfo } = await page('popular', 3);
      await shop.run('ZADD rec:popular 1 p_9');
      expect(idsOf(await page('popular', 3, pageInfo.endCursor))).toEqual(['p_3', 'p_4', 'p_5']);
    });
  });

  describe('members without a product', () => {
    it('are left out and counted, and the page is filled from behind them', async () => {
      const ids = numbered('p', 60);
      await shop.addProducts(...ids.slice(20));
      await shop.run(zadd('rec:popular', ids));
      const { recommendations } = (await shop.read(
        '{ recommendations { popular(first: 5) { nodes { id } dropped { missing } pageInfo { hasNextPage } } } }',
      )) as { recommendations: { popular: unknown } };
      expect(recommendations.popular).toEqual({
        nodes: ids.slice(20, 25).map((id) => ({ id })),
        dropped: { missing: 20 },
        pageInfo: { hasNextPage: true },
      });
    });

    it('leave, after three further reads of a bounded size, a short page that says that more follows', async () => {
      const ids = numbered('p', 900);
      await shop.addProducts(...ids.slice(0, 2), ...ids.slice(890));
      await shop.run(zadd('rec:popular', ids));
      shop.proxy.reset();
      const first = await page('popular(fallback: NONE)', 10);
      expect(idsOf(first)).toEqual(ids.slice(0, 2));
      expect(first.pageInfo.hasNextPage).toBe(true);
      const ranges = shop.proxy.commands.filter(([name]) => name === 'ZREVRANGE');
      expect(ranges.length).toBeLessThanOrEqual(4);
      for (const [, , start, stop] of ranges) expect(Number(stop) - Number(start)).toBeLessThan(250);

      const rest: string[] = [];
      for (let at = first, turns = 0; at.pageInfo.hasNextPage; turns++) {
        if (turns > 60) throw new Error('the pages do not end');
        at = await page('popular(fallback: NONE)', 10, at.pageInfo.endCursor);
        rest.push(...idsOf(at));
      }
      expect(rest).toEqual(ids.slice(890));
    });
  });

  describe('refuses', () => {
    const refused = async (selection: string, first: number, after: string | null, token?: string) => {
      const { status, body } = await askPage(selection, first, after, token);
      expect(body.data).toEqual({ recommendations: { feed: null } });
      return [status, body.errors?.[0]?.extensions?.code];
    };

    it.each([0, -1, 101, 2_147_483_647])('a page of %s', async (first) => {
      expect(await refused('popular', first, null)).toEqual([200, 'BAD_USER_INPUT']);
    });

    it.each([
      '',
      'x',
      'null',
      Buffer.from('{}').toString('base64url'),
      Buffer.from('[]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[1e400],0,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[-1],0,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",9,0,[1],0,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,9,[1],0,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[1,1],0,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[1],3,"a",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[1],0,"a b",1,null,[],null]').toString('base64url'),
      Buffer.from('[1,"popular","",0,0,[1],0,"a",1,null,[["__proto__",1]],null]').toString('base64url'),
      'A'.repeat(10_000),
    ])('a cursor that is malformed (%#)', async (after) => {
      expect(await refused('popular', 10, after)).toEqual([200, 'BAD_USER_INPUT']);
    });

    it('a cursor of another feed, or of the same about something else', async () => {
      await shop.addProducts(...numbered('p', 5));
      const keys = [
        'rec:popular',
        'rec:trending',
        'rec:product:a:similar',
        'rec:product:b:similar',
        'rec:trending:category:c',
        'rec:trending:category:d',
      ];
      await shop.run(keys.map((key) => zadd(key, numbered('p', 5))).join('\n'));
      const feeds = [
        'popular',
        'trending',
        'similar(productId: "a")',
        'similar(productId: "b")',
        'trending(categoryId: "c")',
        'trending(categoryId: "d")',
      ];
      for (const from of feeds) {
        const { pageInfo } = await page(from, 2);
        for (const to of feeds) {
          if (to === from) expect(idsOf(await page(to, 2, pageInfo.endCursor))).toEqual(['p_2', 'p_3']);
          else expect(await refused(to, 2, pageInfo.endCursor)).toEqual([200, 'BAD_USER_INPUT']);
        }
      }
    });

    it("a cursor of somebody else's kind of feed, as a guest handing in a user's", async () => {
      await shop.addProducts(...numbered('p', 5));
      await shop.run(`${session('tok_g', 'sess_g')}\n${zadd('rec:user:5:personalized', numbered('p', 5))}`);
      const { pageInfo } = await page('personalized', 2, null, 'tok_u');
      expect(await refused('personalized', 2, pageInfo.endCursor, 'tok_g')).toEqual([200, 'BAD_USER_INPUT']);
    });

    it('no cursor that may be anything with a failure of its own', async () => {
      await shop.addProducts(...numbered('p', 5));
      await shop.run(zadd('rec:popular', numbered('p', 5)));
      const tuple = fc.tuple(
        fc.constant(1),
        fc.constant('popular'),
        fc.constant(''),
        fc.nat(3),
        fc.nat(2),
        fc.array(fc.nat(50), { maxLength: 3 }),
        fc.nat(2),
        fc.constantFrom('p_1', 'gone', ''),
        fc.nat(9),
        fc.constantFrom(null, 'cat_1'),
        fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { maxLength: 3 }),
        fc.constantFrom(null, 'NO_DATA', 'other'),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string(),
            fc.json(),
            tuple.map((value) => JSON.stringify(value)),
          ),
          fc.boolean(),
          async (text, encoded) => {
            const after = encoded ? Buffer.from(text).toString('base64url') : text;
            const { status, body } = await askPage('popular(fallback: FILL)', 2, after);
            expect(status).toBe(200);
            if (body.errors) expect(body.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
          },
        ),
        { numRuns: 300 },
      );
    });
  });
});
