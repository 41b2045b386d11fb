import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/feed/cursor.js';
import type { EdgePosition, FallbackMode, FeedEdge, FeedName, FeedPage, FeedSlice } from '../../src/feed/feed.js';
import type { FeedPorts } from '../../src/feed/feedPorts.js';
import type { FeedRequest } from '../../src/feed/feedRequest.js';
import { feedRules, type Audience, type FeedRule, type Place } from '../../src/feed/feedRules.js';
import { resolveFeed } from '../../src/feed/resolveFeed.js';

interface TestProduct {
  readonly id: string;
  readonly isAvailable: boolean | null;
}

/** A shop in memory, behind the ports that the rules see. */
interface World {
  readonly lists: Partial<Record<Place, readonly string[]>>;
  readonly failing?: readonly Place[];
  readonly missing?: readonly string[];
  readonly unavailable?: readonly string[];
  readonly isNew?: boolean;
  readonly category?: string | null;
  readonly inCart?: readonly string[];
}

interface Ports extends FeedPorts<TestProduct> {
  /** Stretches read, as `place start count`. */
  readonly reads: string[];
}

function portsOf(world: World): Ports {
  const reads: string[] = [];
  const listOf = (place: Place): readonly string[] => world.lists[place] ?? [];
  return {
    reads,
    async read(place, _category, start, count): Promise<FeedSlice> {
      reads.push(`${place} ${start} ${count}`);
      if (world.failing?.includes(place)) return { members: [], hasMore: false, ttlMs: 0, failed: true, faults: [] };
      const all = listOf(place);
      const members = all.slice(start, start + count).map((id, index) => ({ id, score: all.length - start - index }));
      return { members, hasMore: all.length > start + count, ttlMs: 60_000, faults: [] };
    },
    async ranks(place, _category, ids) {
      return ids.map((id) => {
        const rank = listOf(place).indexOf(id);
        return rank < 0 ? null : rank;
      });
    },
    products: (ids) =>
      ids.map((id) =>
        world.missing?.includes(id) ? null : { id, isAvailable: world.unavailable?.includes(id) ? false : null },
      ),
    isNewUser: async () => world.isNew ?? false,
    category: async () => (world.category === undefined ? 'cat_1' : world.category),
    inCart: async () => new Set(world.inCart ?? []),
  };
}

function requestFor(feed: FeedName, changes: Partial<FeedRequest> = {}): FeedRequest {
  return {
    feed,
    subject: '',
    audience: 'user',
    first: 10,
    after: undefined,
    availableOnly: false,
    excluded: new Set(),
    excludeInCart: false,
    fallback: 'WHEN_EMPTY',
    wantsNextPage: true,
    taken: new Set(),
    ...changes,
  };
}

const resolve = (world: World, feed: FeedName, changes: Partial<FeedRequest> = {}): Promise<FeedPage<TestProduct>> =>
  resolveFeed(requestFor(feed, changes), portsOf(world));

const idsOf = (page: FeedPage<TestProduct>): string[] => page.nodes.map(({ id }) => id);
const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

/** Over the wire and back, as a client hands it in. */
const overTheWire = (position: EdgePosition | null): EdgePosition => {
  if (position === null) throw new Error('the page tells no position to go on from');
  return decodeCursor(encodeCursor(position), position.feed, position.subject);
};

describe('paging', () => {
  const ids = numbered('p', 14);
  const places: Place[] = [
    ...(['userPersonalized', 'userSession', 'session', 'similar', 'frequentlyBought', 'trending'] as const),
    ...(['trendingProducts', 'categoryTrendingById', 'categoryTrendingBySlug', 'popular', 'newArrivals'] as const),
    ...(['recentlyViewed', 'boughtWithCart'] as const),
  ];
  const list = fc.shuffledSubarray(ids);
  const few = fc.shuffledSubarray(ids, { maxLength: 4 });
  const cases = fc.record({
    feed: fc.constantFrom(...(Object.keys(feedRules) as FeedName[])),
    audience: fc.constantFrom<Audience>('user', 'guest', 'nobody'),
    fallback: fc.constantFrom<FallbackMode>('NONE', 'WHEN_EMPTY', 'FILL'),
    first: fc.integer({ min: 1, max: 6 }),
    availableOnly: fc.boolean(),
    excluded: few,
    world: fc.record({
      lists: fc.record(Object.fromEntries(places.map((place) => [place, fc.oneof(list, fc.constant([]))]))),
      missing: few,
      unavailable: few,
      isNew: fc.boolean(),
      category: fc.constantFrom('cat_1', null),
    }),
  });

  it('gives, page by page, what a naive reading of the rules gives at once', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ world, feed, excluded, ...rest }) => {
        const request = { ...rest, excluded: new Set(excluded) };
        const expected = modelOf(world, requestFor(feed, request));
        const edges = await allPages(world, feed, request);
        expect(edges.map(({ node, source }) => `${node.id} ${source}`)).toEqual(expected);
        expect(edges.map(({ rank }) => rank)).toEqual(expected.map((_, index) => index + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  it('goes on behind any edge, not only behind the last of a page', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ({ world, feed, excluded, ...rest }, pick) => {
        const request = { ...rest, excluded: new Set(excluded) };
        const all = await allPages(world, feed, request);
        if (all.length === 0) return;
        const at = pick % all.length;
        const behind = await allPages(world, feed, request, overTheWire(all[at]!.position));
        expect(behind.map(({ node }) => node.id)).toEqual(all.slice(at + 1).map(({ node }) => node.id));
      }),
      { numRuns: 1_000 },
    );
  });

  it('says without a look ahead that nothing is known to follow, and gives the same edges', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ world, feed, excluded, ...rest }) => {
        const request = { ...rest, excluded: new Set(excluded) };
        const looking = await resolve(world, feed, request);
        const notLooking = await resolve(world, feed, { ...request, wantsNextPage: false });
        expect(idsOf(notLooking)).toEqual(idsOf(looking));
      }),
      { numRuns: 500 },
    );
  });

  it('never gives a product twice nor the anchor again, nor fails, where the lists change between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(cases, cases, async ({ world, feed, excluded, ...rest }, { world: changed }) => {
        const request = { ...rest, excluded: new Set(excluded) };
        const page = await resolve(world, feed, request);
        const last = page.edges.at(-1);
        if (last === undefined) return;
        const after = overTheWire(last.position);
        const next = idsOf(await resolve({ ...changed, isNew: world.isNew }, feed, { ...request, after }));
        expect(next).not.toContain(last.node.id);
        expect(new Set(next).size).toBe(next.length);
      }),
      { numRuns: 1_000 },
    );
  });

  async function allPages(
    world: World,
    feed: FeedName,
    request: Partial<FeedRequest>,
    from?: EdgePosition,
  ): Promise<FeedEdge<TestProduct>[]> {
    const edges: FeedEdge<TestProduct>[] = [];
    for (let after = from; ;) {
      const page = await resolve(world, feed, { ...request, after });
      edges.push(...page.edges);
      expect(page.edges.length).toBeLessThanOrEqual(request.first!);
      if (!page.hasNextPage) return edges;
      // With so few members no page comes up short while something follows.
      expect(page.edges).toHaveLength(request.first!);
      after = overTheWire(page.endPosition);
      if (edges.length > 200) throw new Error('the pages do not end');
    }
  }

  /** The whole feed by the words of the table, with no thought of pages: `id source` of each edge. */
  function modelOf(world: World, request: FeedRequest): string[] {
    const edges: string[] = [];
    const seen = new Set<string>();
    for (const rule of feedRules[request.feed][request.audience]) {
      if (!isTried(rule, world, request)) continue;
      for (const group of rule.places) {
        const before = edges.length;
        const lists = group.map(({ place, source }) => (world.lists[place] ?? []).map((id) => ({ id, source })));
        for (const { id, source } of inTurn(lists)) {
          if (seen.has(id)) continue;
          seen.add(id);
          if (request.excluded.has(id) || world.missing?.includes(id)) continue;
          if (request.availableOnly && world.unavailable?.includes(id)) continue;
          edges.push(`${id} ${source}`);
        }
        if (edges.length > before) break;
      }
      if (request.fallback === 'WHEN_EMPTY' && edges.length > 0) break;
    }
    return edges;
  }

  function isTried(rule: FeedRule, world: World, { fallback }: FeedRequest): boolean {
    if (fallback === 'NONE' && !rule.isOwn) return false;
    if (rule.onlyToFill && fallback !== 'FILL') return false;
    if (rule.category && world.category === null) return false;
    return rule.user === undefined || (rule.user === 'new') === world.isNew;
  }

  function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
    const longest = Math.max(...lists.map(({ length }) => length));
    return Array.from({ length: longest }, (_, index) => lists.flatMap((one) => one.slice(index, index + 1))).flat();
  }
});

describe('a next page', () => {
  it('stays with the rules of a new user, although the user has looked around meanwhile', async () => {
    const lists = { popular: numbered('a', 6), newArrivals: numbered('b', 6), trending: numbered('c', 6) };
    const page = await resolve({ lists, isNew: true }, 'personalized', { first: 3 });
    expect(idsOf(page)).toEqual(['a1', 'b1', 'a2']);
    const next = await resolve({ lists, isNew: false }, 'personalized', {
      first: 3,
      after: overTheWire(page.endPosition),
    });
    expect(idsOf(next)).toEqual(['b2', 'a3', 'b3']);
    expect(next.fallbackReason).toBe('NEW_USER');
  });

  it('remembers why the first page fell back', async () => {
    const world = { lists: { userPersonalized: ['gone'], trending: numbered('t', 9) }, missing: ['gone'] };
    const page = await resolve(world, 'personalized', { first: 3 });
    const next = await resolve(world, 'personalized', { first: 3, after: overTheWire(page.endPosition) });
    expect([page.fallbackReason, next.fallbackReason]).toEqual(['ALL_FILTERED', 'ALL_FILTERED']);
  });

  it('is empty, with nothing behind it, where the key is gone', async () => {
    const page = await resolve({ lists: { trending: numbered('t', 9) } }, 'trending', { first: 3 });
    const after = overTheWire(page.endPosition);
    const next = await resolve({ lists: { popular: numbered('p', 9) } }, 'trending', { first: 3, after });
    expect(next).toMatchObject({ edges: [], hasNextPage: false, hasPreviousPage: true });
  });

  it('goes on where the anchor has moved to, and where it stood if it is gone', async () => {
    const page = await resolve({ lists: { popular: numbered('p', 8) } }, 'popular', { first: 3 });
    const after = overTheWire(page.endPosition);
    const moved = { lists: { popular: ['p1', 'p2', 'p4', 'p5', 'p3', 'p6', 'p7'] } };
    expect(idsOf(await resolve(moved, 'popular', { first: 2, after }))).toEqual(['p6', 'p7']);
    const gone = { lists: { popular: ['p1', 'p2', 'p4', 'p5'] } };
    expect(idsOf(await resolve(gone, 'popular', { first: 2, after }))).toEqual(['p4', 'p5']);
  });
});

describe('members without a product', () => {
  it('are replaced by those behind them, from at most three further reads', async () => {
    const members = numbered('p', 500);
    const world = { lists: { popular: members }, missing: members.slice(0, 10) };
    const ports = portsOf(world);
    const page = await resolveFeed(requestFor('popular', { first: 10 }), ports);
    expect(idsOf(page)).toEqual(members.slice(10, 20));
    expect(page.dropped.missing).toBe(10);
    expect(ports.reads.length).toBeLessThanOrEqual(4);
  });

  it('leave a short page that can be gone on from when the reads are used up', async () => {
    const members = numbered('p', 500);
    const world = { lists: { popular: members }, missing: members.slice(1, 400) };
    const ports = portsOf(world);
    const page = await resolveFeed(requestFor('popular', { first: 10 }), ports);
    expect(idsOf(page)).toEqual(['p1']);
    expect(page.hasNextPage).toBe(true);
    expect(ports.reads.length).toBeLessThanOrEqual(4);
    expect(await idsBehind(world, page)).toEqual(members.slice(400));
  });

  it('leave an empty page that can be gone on from when no rule has anything in the reads of a page', async () => {
    const members = numbered('p', 500);
    const world = { lists: { popular: members }, missing: members.slice(0, 400) };
    const page = await resolve(world, 'popular', { first: 10, fallback: 'NONE' });
    expect(page).toMatchObject({ edges: [], hasNextPage: true, fallbackReason: null });
    expect(await idsBehind(world, page)).toEqual(members.slice(400));
    const next = await resolve(world, 'popular', { first: 10, after: overTheWire(page.endPosition) });
    expect(next.edges.map(({ rank }) => rank)).not.toContain(0);
  });

  it('can be broken ids, and the pages go on behind them all the same', async () => {
    const members = [...Array.from({ length: 120 }, () => ''), 'p1', 'p2'];
    const page = await resolve({ lists: { popular: members } }, 'popular', { fallback: 'NONE' });
    expect(page).toMatchObject({ edges: [], hasNextPage: true });
    const edges = await idsBehind({ lists: { popular: members } }, page);
    expect(edges).toEqual(['p1', 'p2']);
  });

  it('give way to the next rule where that has products', async () => {
    const members = numbered('p', 500);
    const world = { lists: { popular: members, trending: ['t1'] }, missing: members };
    const page = await resolve(world, 'popular');
    expect(idsOf(page)).toEqual(['t1']);
    expect(page).toMatchObject({ isFallback: true, fallbackReason: 'ALL_FILTERED', source: 'TRENDING' });
  });

  async function idsBehind(world: World, page: FeedPage<TestProduct>): Promise<string[]> {
    const found: string[] = [];
    for (let at = page, turns = 0; at.hasNextPage; turns++) {
      if (turns > 100) throw new Error('the pages do not end');
      const { feed } = at.endPosition!;
      at = await resolve(world, feed, { after: overTheWire(at.endPosition), fallback: 'NONE' });
      found.push(...idsOf(at));
    }
    return found;
  }
});

describe('what a page tells of itself', () => {
  it('counts why members were left out, and nothing behind the last edge', async () => {
    const popular = ['gone', 'sold', 'mine', 'taken', 'not-this', 'p1', 'p2', 'gone2'];
    const world = { lists: { popular }, missing: ['gone', 'gone2'], unavailable: ['sold'], inCart: ['mine'] };
    const page = await resolve(world, 'popular', {
      first: 2,
      availableOnly: true,
      excludeInCart: true,
      excluded: new Set(['not-this']),
      taken: new Set(['taken']),
    });
    expect(idsOf(page)).toEqual(['p1', 'p2']);
    expect(page.dropped).toEqual({ missing: 1, unavailable: 1, inCart: 1, duplicate: 1, excluded: 1 });
    expect(page.hasNextPage).toBe(false);
  });

  it('tells each key that was tried, what came of it, and how many edges it gave', async () => {
    const lists = { userPersonalized: ['gone'], trendingProducts: ['t1', 't2'], popular: ['p1'] };
    const page = await resolve({ lists, missing: ['gone'], failing: ['trending'] }, 'personalized');
    expect(page.attempts).toEqual([
      { source: 'PERSONALIZED', outcome: 'FILTERED', count: 0 },
      { source: 'TRENDING', outcome: 'ERROR', count: 0 },
      { source: 'TRENDING', outcome: 'HIT', count: 2 },
    ]);
    expect(page).toMatchObject({ isFallback: true, fallbackReason: 'ALL_FILTERED', sources: ['TRENDING'] });
  });

  it('calls a key a hit whose members the page had no room for, and empty one that has nothing further', async () => {
    const lists = { popular: ['a1'], newArrivals: ['b1'] };
    const inTurn = await resolve({ lists, isNew: true }, 'personalized', { first: 1, wantsNextPage: false });
    expect(inTurn.attempts).toEqual([
      { source: 'PERSONALIZED', outcome: 'EMPTY', count: 0 },
      { source: 'POPULAR', outcome: 'HIT', count: 1 },
      { source: 'NEW_ARRIVALS', outcome: 'HIT', count: 0 },
    ]);
    const page = await resolve({ lists }, 'popular', { first: 1 });
    const behind = await resolve({ lists }, 'popular', { first: 1, after: overTheWire(page.endPosition) });
    expect(behind.attempts).toEqual([{ source: 'POPULAR', outcome: 'EMPTY', count: 0 }]);
  });

  it.each<[string, World, FeedName, Audience, string | null]>([
    ['NO_DATA', { lists: { popular: ['p1'] } }, 'trending', 'user', 'NO_DATA'],
    ['NEW_USER', { lists: { popular: ['p1'] }, isNew: true }, 'personalized', 'user', 'NEW_USER'],
    ['COLD_START', { lists: { popular: ['p1'] } }, 'personalized', 'guest', 'COLD_START'],
    ['COLD_START', { lists: { categoryTrendingBySlug: ['p1'] } }, 'personalized', 'nobody', 'COLD_START'],
    ['UNAVAILABLE', { lists: { popular: ['p1'] }, failing: ['trending'] }, 'trending', 'user', 'UNAVAILABLE'],
    ['no reason', { lists: { trendingProducts: ['p1'] } }, 'trending', 'user', null],
    ['no reason', { lists: {} }, 'trending', 'user', null],
  ])('gives %s as the reason of a fallback', async (_reason, world, feed, audience, reason) => {
    const page = await resolve(world, feed, { audience });
    expect(page.fallbackReason).toBe(reason);
    expect(page.isFallback).toBe(reason !== null);
  });

  it('fails where nothing that was tried could be read', async () => {
    const world: World = { lists: {}, failing: ['trending', 'trendingProducts', 'popular'] };
    await expect(resolve(world, 'trending')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const half: World = { lists: {}, failing: ['trending', 'trendingProducts'] };
    expect(await resolve(half, 'trending')).toMatchObject({ edges: [], hasNextPage: false });
  });

  it('reads only as far as the page goes, and no rule that is not needed', async () => {
    const ports = portsOf({ lists: { trending: numbered('t', 1_000), popular: ['p1'] } });
    await resolveFeed(requestFor('trending', { first: 10 }), ports);
    expect(ports.reads).toEqual(['trending 0 21']);
  });
});
