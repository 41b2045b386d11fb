import type { View } from '../../src/feed/viewStore.js';
import { keys } from '../../src/redis/keyspace.js';
import { allKeys, emptyRedis, setUpSessions, type Mode, type SessionSetup } from './sessionSetup.js';

const DAY = 86_400;
const HOUR = 3_600;
const nowSeconds = () => Date.now() / 1_000;

describe.each<Mode>(['one node', 'a Cluster'])('views on %s', (mode) => {
  let setup: SessionSetup;
  beforeAll(async () => {
    setup = await setUpSessions(mode);
  }, 30_000);
  afterAll(() => setup.stop());
  beforeEach(() => emptyRedis(setup.redis));

  const view = (productId: string, { userId = '5', sessionId = 's1', durationSeconds = 0 }: Partial<View> = {}) =>
    setup.views.record({ sessionId, userId, productId, durationSeconds }, setup.scope());
  const newestOf = (key: string) => setup.redis.zrevrange(key, 0, -1);
  const trending = async () => setup.redis.zrevrange(keys.trendingProducts(), 0, -1, 'WITHSCORES');
  const many = (count: number) => Array.from({ length: count }, (_, index) => `prod_${index + 1}`);

  async function viewAll(productIds: readonly string[]) {
    for (const productId of productIds) await view(productId);
  }

  it("writes a user's view to the four keys of the documents, with their types and TTLs", async () => {
    await view('prod_1', { durationSeconds: 45 });
    expect(await allKeys(setup.redis)).toEqual(
      [
        keys.countedViews('s1'),
        'rec:session:s1:viewed',
        'rec:user:5:history',
        'recent_views:5',
        'trending_products',
      ].sort(),
    );
    expect(await setup.redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(['prod_1']);
    expect(await newestOf('recent_views:5')).toEqual(['prod_1:45']);
    expect(await trending()).toEqual(['prod_1', '1']);
    for (const [key, member] of [
      ['rec:user:5:history', 'prod_1'],
      ['recent_views:5', 'prod_1:45'],
    ] as const) {
      expect(Math.abs(Number(await setup.redis.zscore(key, member)) - nowSeconds())).toBeLessThan(2);
    }
    const ttls = ['rec:session:s1:viewed', 'rec:user:5:history', 'recent_views:5', 'trending_products'];
    expect(await Promise.all(ttls.map((key) => setup.redis.ttl(key)))).toEqual([DAY, 7 * DAY, 180 * DAY, HOUR]);
    expect(await setup.redis.ttl(keys.countedViews('s1'))).toBe(DAY);
  });

  it("writes a guest's view to the session and the trend alone", async () => {
    await view('prod_1', { userId: null });
    const expected = [keys.countedViews('s1'), 'rec:session:s1:viewed', 'trending_products'].sort();
    expect(await allKeys(setup.redis)).toEqual(expected);
  });

  it('keeps the last 20 of the session, 50 of the history and 10 recent ones, newest first', async () => {
    const viewed = many(60);
    await viewAll(viewed);
    const newest = viewed.toReversed();
    expect(await setup.redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(newest.slice(0, 20));
    expect(await setup.redis.zcard('rec:user:5:history')).toBe(50);
    expect((await newestOf('rec:user:5:history')).slice(0, 3)).toEqual(newest.slice(0, 3));
    expect((await setup.redis.zrange('rec:user:5:history', '0', '0'))[0]).toBe('prod_11');
    expect(await setup.redis.zcard('recent_views:5')).toBe(10);
    expect((await newestOf('recent_views:5'))[0]).toBe('prod_60:0');
  });

  it('does not let many views of one product push out the rest', async () => {
    await viewAll(['prod_1', 'prod_2', ...Array<string>(15).fill('prod_3')]);
    expect(await setup.redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(['prod_3', 'prod_2', 'prod_1']);
    await view('prod_3', { durationSeconds: 9 });
    expect(await newestOf('recent_views:5')).toEqual(['prod_3:9', 'prod_2:0', 'prod_1:0']);
  });

  it('tells products apart whose ids hold colons', async () => {
    await view('a', { durationSeconds: 1 });
    await view('a:1', { durationSeconds: 2 });
    await view('a:1:1', { durationSeconds: 3 });
    await view('a', { durationSeconds: 7 });
    expect(await newestOf('recent_views:5')).toEqual(['a:7', 'a:1:1:3', 'a:1:2']);
  });

  it('is the newest view, too, where another writer scored in milliseconds', async () => {
    const entries = (suffix: string) =>
      many(60).flatMap((productId, index) => [1_704_902_400_123 + index * 1_000, productId + suffix]);
    await setup.redis.zadd('rec:user:5:history', ...entries(''));
    await setup.redis.zadd('recent_views:5', ...entries(':3'));
    await view('prod_30', { durationSeconds: 8 });
    expect((await newestOf('rec:user:5:history')).slice(0, 3)).toEqual(['prod_30', 'prod_60', 'prod_59']);
    expect((await newestOf('recent_views:5')).slice(0, 3)).toEqual(['prod_30:8', 'prod_60:3', 'prod_59:3']);
    expect(Number(await setup.redis.zscore('rec:user:5:history', 'prod_60'))).toBe(1_704_902_459.123);
    expect(await setup.redis.zcard('rec:user:5:history')).toBe(50);
    expect(await setup.redis.zcard('recent_views:5')).toBe(10);
  });

  it('cuts what another writer left too long', async () => {
    const entries = many(500).flatMap((productId, index) => [1_000 + index, `${productId}:3`]);
    await setup.redis.zadd('recent_views:5', ...entries);
    await view('prod_500', { durationSeconds: 8 });
    expect(await setup.redis.zcard('recent_views:5')).toBe(10);
    expect((await newestOf('recent_views:5')).slice(0, 2)).toEqual(['prod_500:8', 'prod_499:3']);
  });

  describe('the trend', () => {
    it('counts a product once a session, however often it is viewed, also all at once', async () => {
      await Promise.all(Array.from({ length: 20 }, () => view('prod_1')));
      await viewAll(many(30));
      await view('prod_1');
      await view('prod_2', { sessionId: 's2', userId: null });
      expect((await trending()).slice(0, 4)).toEqual(['prod_2', '2', 'prod_9', '1']);
      expect(await setup.redis.zscore('trending_products', 'prod_1')).toBe('1');
    });

    it('keeps the hour that began when the key was created', async () => {
      await view('prod_1');
      await setup.redis.expire('trending_products', 100);
      await view('prod_2');
      expect(await setup.redis.ttl('trending_products')).toBeLessThanOrEqual(100);
    });

    it('gives an hour to a key that another writer left without one', async () => {
      await setup.redis.zadd('trending_products', 3, 'prod_1');
      await view('prod_1');
      expect(await trending()).toEqual(['prod_1', '4']);
      expect(await setup.redis.ttl('trending_products')).toBe(HOUR);
    });

    it('does not count a session that has viewed more products than a person does', async () => {
      await setup.redis.sadd(keys.countedViews('s1'), ...many(1_000));
      await view('prod_new');
      expect(await trending()).toEqual([]);
      expect(await setup.redis.scard(keys.countedViews('s1'))).toBe(1_000);
    });
  });

  it.each(['rec:session:s1:viewed', 'rec:user:5:history', 'recent_views:5', 'trending_products'])(
    'writes the rest where %s has another type, and counts it',
    async (broken) => {
      await setup.redis.set(broken, 'text');
      const scope = setup.scope();
      await setup.views.record({ sessionId: 's1', userId: '5', productId: 'prod_1', durationSeconds: 0 }, scope);
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
      expect(await setup.redis.get(broken)).toBe('text');
      const documented = ['rec:session:s1:viewed', 'rec:user:5:history', 'recent_views:5', 'trending_products'];
      expect(await allKeys(setup.redis)).toEqual(expect.arrayContaining(documented));
    },
  );

  describe('at login', () => {
    const lastActiveAt = new Date('2026-01-31T12:00:00Z');
    const adopt = (scope = setup.scope()) => setup.views.adoptGuestViews('s1', '5', lastActiveAt, scope);

    it("takes what the guest viewed into the user's history, in its order", async () => {
      await setup.redis.zadd('rec:user:5:history', lastActiveAt.getTime() / 1_000 - 60, 'older');
      for (const productId of ['prod_1', 'prod_2', 'prod_3']) await view(productId, { userId: null });
      await adopt();
      expect(await newestOf('rec:user:5:history')).toEqual(['prod_3', 'prod_2', 'prod_1', 'older']);
      expect(await setup.redis.ttl('rec:user:5:history')).toBe(7 * DAY);
      expect(await setup.redis.lrange('rec:session:s1:viewed', 0, -1)).toEqual(['prod_3', 'prod_2', 'prod_1']);
    });

    it('gives the same history however often it is done', async () => {
      for (const productId of many(20)) await view(productId, { userId: null });
      await adopt();
      const once = await setup.redis.zrange('rec:user:5:history', '0', '-1', 'WITHSCORES');
      await Promise.all([adopt(), adopt(), adopt()]);
      expect(await setup.redis.zrange('rec:user:5:history', '0', '-1', 'WITHSCORES')).toEqual(once);
    });

    it('takes back no later view of the user', async () => {
      await view('prod_1', { userId: null });
      await setup.redis.zadd('rec:user:5:history', lastActiveAt.getTime() / 1_000 + 60, 'prod_1');
      await adopt();
      expect(await setup.redis.zscore('rec:user:5:history', 'prod_1')).toBe(
        String(lastActiveAt.getTime() / 1_000 + 60),
      );
    });

    it('keeps the last 50 of a history that was full', async () => {
      const before = many(50).flatMap((_, index) => [1_000 + index, `old_${index}`]);
      await setup.redis.zadd('rec:user:5:history', ...before);
      for (const productId of many(20)) await view(productId, { userId: null });
      await adopt();
      expect(await setup.redis.zcard('rec:user:5:history')).toBe(50);
      expect((await newestOf('rec:user:5:history')).slice(0, 21)).toEqual([...many(20).toReversed(), 'old_49']);
    });

    it('writes nothing for a guest who viewed nothing', async () => {
      await adopt();
      expect(await allKeys(setup.redis)).toEqual([]);
    });

    it('leaves out what is no product id, and counts it', async () => {
      await setup.redis.rpush('rec:session:s1:viewed', 'prod_1', 'not an id', '');
      const scope = setup.scope();
      await adopt(scope);
      expect(await newestOf('rec:user:5:history')).toEqual(['prod_1']);
      expect(scope.faults).toEqual(new Map([['INVALID_ID', 1]]));
    });

    it('takes a list of another type for an empty one, and counts it', async () => {
      await setup.redis.set('rec:session:s1:viewed', 'text');
      const scope = setup.scope();
      await adopt(scope);
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });
  });
});
