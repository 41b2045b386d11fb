import { keys } from '../../src/redis/keyspace.js';
import { rotatedToken } from '../../src/session/sessionToken.js';
import { allKeys, emptyRedis, setUpSessions, type Mode, type SessionSetup } from './sessionSetup.js';

const DAY = 86_400;
const HOUR = 3_600;

describe.each<Mode>(['one node', 'a Cluster'])('sessions on %s', (mode) => {
  let setup: SessionSetup;
  beforeAll(async () => {
    setup = await setUpSessions(mode);
  }, 30_000);
  afterAll(() => setup.stop());
  beforeEach(() => emptyRedis(setup.redis));
  afterEach(async () => {
    await setup.keeper.idle();
    expect(setup.besideErrors).toEqual([]);
  });

  /** Writes a session as another writer of document A would. */
  async function given(token: string, fields: Record<string, string>, ttlSeconds = DAY) {
    await setup.redis.hset(keys.session(token), fields);
    await setup.redis.expire(keys.session(token), ttlSeconds);
    if (fields['user_id']) await setup.redis.sadd(keys.userSessions(fields['user_id']), token);
  }

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const hashOf = (token: string) => setup.redis.hgetall(keys.session(token));
  const read = async (token: string) => (await setup.store.byToken(token, setup.scope()))?.session;

  /** A login to its end, without the cart. */
  async function logIn(token: string, userId: string) {
    const scope = setup.scope();
    const binding = await setup.writer.bind(token, userId, scope);
    if (binding.outcome === 'BOUND') await setup.writer.retire(token, userId, scope);
    return binding;
  }

  describe('reading', () => {
    it('finds a session with the time it has left', async () => {
      await given('T', { session_id: 's1', user_id: '5', device_type: 'ios', created_at: minutesAgo(5) }, HOUR);
      const session = await read('T');
      expect(session).toMatchObject({ id: 's1', userId: '5', deviceType: 'ios', lastActivityAt: null });
      expect(Math.abs(session!.expiresAt!.getTime() - Date.now() - HOUR * 1_000)).toBeLessThan(2_000);
    });

    it('takes a key of another type for no session and counts it', async () => {
      await setup.redis.set(keys.session('T'), 'text');
      const scope = setup.scope();
      expect(await setup.store.byToken('T', scope)).toBeUndefined();
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });

    it("lists a user's living sessions and the members that name none", async () => {
      await given('A', { session_id: 'a', user_id: '5' });
      await given('B', { session_id: 'b', user_id: '5' });
      await given('foreign', { session_id: 'f', user_id: '6' });
      await setup.redis.sadd(keys.userSessions('5'), 'gone', 'foreign', 'mal formed');
      const { live, staleTokens } = await setup.store.ofUser('5', setup.scope());
      expect(live.map(({ session }) => session.id).sort()).toEqual(['a', 'b']);
      expect(staleTokens.sort()).toEqual(['foreign', 'gone', 'mal formed']);

      setup.keeper.dropStale('5', staleTokens);
      await setup.keeper.idle();
      expect((await setup.redis.smembers(keys.userSessions('5'))).sort()).toEqual(['A', 'B']);
    });

    it('lists nothing for a list of another type and counts it', async () => {
      await setup.redis.set(keys.userSessions('5'), 'text');
      const scope = setup.scope();
      expect(await setup.store.ofUser('5', scope)).toEqual({ live: [], staleTokens: [] });
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });

    it('lists a thousand sessions whole', async () => {
      const tokens = Array.from({ length: 1_000 }, (_, index) => `T${index}`);
      await Promise.all(tokens.map((token) => given(token, { session_id: `s${token}`, user_id: '5' })));
      const { live } = await setup.store.ofUser('5', setup.scope());
      expect(live).toHaveLength(1_000);
    });
  });

  describe('start', () => {
    it("writes a guest's session as document A describes it, and nothing else", async () => {
      const { token, session } = await setup.writer.start('ios', setup.scope());
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect(await allKeys(setup.redis)).toEqual([keys.session(token)]);
      expect(await hashOf(token)).toEqual({
        session_id: session.id,
        user_id: '',
        device_type: 'ios',
        created_at: session.createdAt!.toISOString(),
        last_activity_at: session.createdAt!.toISOString(),
      });
      expect(await setup.redis.ttl(keys.session(token))).toBe(DAY);
      expect(await read(token)).toMatchObject({ id: session.id, userId: null, deviceType: 'ios' });
    });
  });

  describe('touch', () => {
    const touch = async (token: string) => {
      const record = await setup.store.byToken(token, setup.scope());
      if (record) setup.keeper.touch(record);
      await setup.keeper.idle();
    };

    it('notes the activity and prolongs the session and its place in the list', async () => {
      await given('T', { session_id: 's', user_id: '5', last_activity_at: minutesAgo(2) }, 100);
      await setup.redis.del(keys.userSessions('5'));
      await touch('T');
      const touched = await read('T');
      expect(Date.now() - touched!.lastActivityAt!.getTime()).toBeLessThan(2_000);
      expect(await setup.redis.ttl(keys.session('T'))).toBe(DAY);
      expect(await setup.redis.smembers(keys.userSessions('5'))).toEqual(['T']);
      expect(await setup.redis.ttl(keys.userSessions('5'))).toBe(DAY);
    });

    it("keeps a guest's session and makes no list for it", async () => {
      await given('T', { session_id: 's', last_activity_at: minutesAgo(2) }, 100);
      await touch('T');
      expect(await setup.redis.ttl(keys.session('T'))).toBe(DAY);
      expect(await allKeys(setup.redis)).toEqual([keys.session('T')]);
    });

    it('writes nothing within a minute', async () => {
      await given('T', { session_id: 's', last_activity_at: new Date(Date.now() - 50_000).toISOString() }, 100);
      const before = await hashOf('T');
      await touch('T');
      expect(await hashOf('T')).toEqual(before);
      expect(await setup.redis.ttl(keys.session('T'))).toBeLessThanOrEqual(100);
    });

    it('writes once for the many requests that read the same activity', async () => {
      await given('T', { session_id: 's', last_activity_at: minutesAgo(2) });
      const record = (await setup.store.byToken('T', setup.scope()))!;
      setup.keeper.touch(record);
      await setup.keeper.idle();
      const touched = await hashOf('T');
      await new Promise((resolve) => setTimeout(resolve, 5));
      setup.keeper.touch(record);
      await setup.keeper.idle();
      expect(await hashOf('T')).toEqual(touched);
    });

    it.each(['', 'yesterday', '2999-01-01T00:00:00.000Z'])(
      'mends the last activity %p, which would keep the session from living on',
      async (lastActivity) => {
        await given('T', { session_id: 's', last_activity_at: lastActivity }, 100);
        await touch('T');
        expect(Math.abs(Date.now() - (await read('T'))!.lastActivityAt!.getTime())).toBeLessThan(2_000);
      },
    );

    it.each(['', '2026-01-31T12:00:00.000Z'])(
      'brings back nothing that has ended (last active %p)',
      async (lastActivity) => {
        await given('T', { session_id: 's', user_id: '5', last_activity_at: lastActivity });
        const record = await setup.store.byToken('T', setup.scope());
        await setup.writer.end([record!], setup.scope());
        setup.keeper.touch(record!);
        await setup.keeper.idle();
        expect(await allKeys(setup.redis)).toEqual([keys.endedSession('T')]);
      },
    );

    it('never brings back a session, whichever of a touch and an end is first', async () => {
      for (let round = 0; round < 50; round++) {
        await given(`T${round}`, { session_id: 's', user_id: '5', last_activity_at: minutesAgo(2) });
        const record = await setup.store.byToken(`T${round}`, setup.scope());
        setup.keeper.touch(record!);
        await setup.writer.end([record!], setup.scope());
        await setup.keeper.idle();
        expect(await setup.redis.exists(keys.session(`T${round}`))).toBe(0);
      }
    });
  });

  describe('end', () => {
    it('ends a session, takes it off the list and tells its id', async () => {
      await given('T', { session_id: 's', user_id: '5' });
      await given('U', { session_id: 'u', user_id: '5' });
      expect(await setup.writer.end([(await setup.store.byToken('T', setup.scope()))!], setup.scope())).toEqual(['s']);
      expect(await read('T')).toBeUndefined();
      expect(await setup.redis.smembers(keys.userSessions('5'))).toEqual(['U']);
      expect(await setup.redis.ttl(keys.endedSession('T'))).toBe(HOUR);
    });

    it('is one call of two that ended a session, and the other ended nothing', async () => {
      await given('T', { session_id: 's', user_id: '5' });
      const record = (await setup.store.byToken('T', setup.scope()))!;
      const ended = await Promise.all([1, 2].map(() => setup.writer.end([record], setup.scope())));
      expect(ended.flat()).toEqual(['s']);
    });

    it('ends the session also where the list has another type', async () => {
      await given('T', { session_id: 's', user_id: '' });
      await setup.redis.set(keys.userSessions('5'), 'text');
      const scope = setup.scope();
      expect(await setup.writer.end([{ token: 'T', session: { id: 's', userId: '5' } }], scope)).toEqual(['s']);
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });
  });

  describe('login', () => {
    it('gives the session to the user under a new token and ends the old one', async () => {
      const { token, session } = await setup.writer.start('web', setup.scope());
      const binding = await logIn(token, '5');
      expect(binding).toMatchObject({ outcome: 'BOUND', session: { id: session.id, userId: '5', deviceType: 'web' } });
      const newToken = rotatedToken('s'.repeat(32), token, '5');
      expect(binding).toHaveProperty('token', newToken);

      expect(await allKeys(setup.redis)).toEqual(
        [keys.endedSession(token), keys.session(newToken), keys.userSessions('5')].sort(),
      );
      const lastActivity = (await read(newToken))!.lastActivityAt!.toISOString();
      expect(await hashOf(newToken)).toEqual({
        session_id: session.id,
        user_id: '5',
        device_type: 'web',
        created_at: session.createdAt!.toISOString(),
        last_activity_at: lastActivity,
      });
      expect(await setup.redis.ttl(keys.session(newToken))).toBe(DAY);
      expect(await setup.redis.smembers(keys.userSessions('5'))).toEqual([newToken]);
      expect(await setup.redis.ttl(keys.userSessions('5'))).toBe(DAY);
    });

    it('answers a repeat the same, however often', async () => {
      const { token } = await setup.writer.start(null, setup.scope());
      const first = await logIn(token, '5');
      const state = await hashOf((first as { token: string }).token);
      for (let repeat = 0; repeat < 3; repeat++) {
        const again = await logIn(token, '5');
        expect(again).toMatchObject({ outcome: 'BOUND', token: (first as { token: string }).token });
        expect(again).toHaveProperty('guestLastActiveAt', null);
      }
      expect(await hashOf((first as { token: string }).token)).toEqual(state);
    });

    it('answers fifty callers at once with one token and one session', async () => {
      const { token, session } = await setup.writer.start(null, setup.scope());
      const bindings = await Promise.all(Array.from({ length: 50 }, () => logIn(token, '5')));
      expect(
        new Set(bindings.map((binding) => JSON.stringify([binding.outcome, 'token' in binding && binding.token]))),
      ).toHaveProperty('size', 1);
      expect(await read(token)).toBeUndefined();
      expect(await setup.redis.smembers(keys.userSessions('5'))).toHaveLength(1);
      expect(await read(rotatedToken('s'.repeat(32), token, '5'))).toMatchObject({ id: session.id, userId: '5' });
    });

    it('goes to one of two users who log in with one token at once, and the other is told', async () => {
      for (let round = 0; round < 20; round++) {
        const { token, session } = await setup.writer.start(null, setup.scope());
        const bindings = await Promise.all(['5', '6', '5', '6'].map((userId) => logIn(token, userId)));
        const outcomes = bindings.map(({ outcome }) => outcome);
        expect([...outcomes].sort()).toEqual(['ALREADY_IDENTIFIED', 'ALREADY_IDENTIFIED', 'BOUND', 'BOUND']);
        expect(outcomes[0]).toBe(outcomes[2]);
        const owners = await Promise.all(['5', '6'].map((userId) => read(rotatedToken('s'.repeat(32), token, userId))));
        expect(owners.filter((owner) => owner?.id === session.id)).toHaveLength(1);
      }
    });

    it('refuses a session of another user and changes nothing', async () => {
      await given('T', { session_id: 's', user_id: '6' });
      const before = [await allKeys(setup.redis), await hashOf('T')];
      expect(await logIn('T', '5')).toEqual({ outcome: 'ALREADY_IDENTIFIED' });
      expect([await allKeys(setup.redis), await hashOf('T')]).toEqual(before);
    });

    it('refuses the old and the new token of a session that went to another user', async () => {
      const { token } = await setup.writer.start(null, setup.scope());
      const binding = await logIn(token, '6');
      expect(await logIn(token, '5')).toEqual({ outcome: 'ALREADY_IDENTIFIED' });
      expect(await logIn((binding as { token: string }).token, '5')).toEqual({ outcome: 'ALREADY_IDENTIFIED' });
    });

    it('rotates the token of a session that is the same user’s already', async () => {
      await given('T', { session_id: 's', user_id: '5', device_type: 'tv' });
      expect(await logIn('T', '5')).toMatchObject({ outcome: 'BOUND', session: { id: 's', deviceType: 'tv' } });
      expect(await read('T')).toBeUndefined();
      expect(await setup.redis.smembers(keys.userSessions('5'))).toEqual([rotatedToken('s'.repeat(32), 'T', '5')]);
    });

    it.each<[string, Record<string, string>]>([
      ['is unknown', {}],
      ['names a session without an id', { user_id: '' }],
      ['names a session with a broken id', { session_id: 'S:viewed' }],
    ])('finds no session where the token %s', async (_, fields) => {
      if (Object.keys(fields).length > 0) await given('T', fields);
      expect(await logIn('T', '5')).toEqual({ outcome: 'SESSION_NOT_FOUND' });
    });

    it('finds no session in a key of another type and counts it', async () => {
      await setup.redis.set(keys.session('T'), 'text');
      const scope = setup.scope();
      expect(await setup.writer.bind('T', '5', scope)).toEqual({ outcome: 'SESSION_NOT_FOUND' });
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });

    it('takes up a login that broke off before the old session ended', async () => {
      await given('T', { session_id: 's', user_id: '', last_activity_at: minutesAgo(3) });
      const first = await setup.writer.bind('T', '5', setup.scope());
      expect(await read('T')).toMatchObject({ id: 's', userId: null });
      const state = await hashOf((first as { token: string }).token);
      const again = await logIn('T', '5');
      expect(await hashOf((first as { token: string }).token)).toEqual(state);
      expect(again).toMatchObject({ outcome: 'BOUND', token: (first as { token: string }).token });
      expect(again).toHaveProperty('guestLastActiveAt', (first as { guestLastActiveAt: Date }).guestLastActiveAt);
      expect(await read('T')).toBeUndefined();
    });

    it('never brings back a session that the user has ended since, and then ends the old one too', async () => {
      await given('T', { session_id: 's', user_id: '' });
      const first = (await setup.writer.bind('T', '5', setup.scope())) as { token: string };
      await setup.writer.end([(await setup.store.byToken(first.token, setup.scope()))!], setup.scope());
      expect(await logIn('T', '5')).toEqual({ outcome: 'SESSION_NOT_FOUND' });
      expect(await read(first.token)).toBeUndefined();
      expect(await read('T')).toBeUndefined();
    });

    it("drops expired sessions from the user's list", async () => {
      await setup.redis.sadd(keys.userSessions('5'), 'expired1', 'expired2');
      const { token } = await setup.writer.start(null, setup.scope());
      const binding = (await logIn(token, '5')) as { token: string };
      await setup.keeper.idle();
      expect(await setup.redis.smembers(keys.userSessions('5'))).toEqual([binding.token]);
    });

    it('logs in where the list has another type, and counts it', async () => {
      await setup.redis.set(keys.userSessions('5'), 'text');
      const { token } = await setup.writer.start(null, setup.scope());
      const scope = setup.scope();
      expect(await setup.writer.bind(token, '5', scope)).toMatchObject({ outcome: 'BOUND' });
      expect(scope.faults).toEqual(new Map([['WRONG_TYPE', 1]]));
    });
  });
});
