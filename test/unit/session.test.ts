import { byNewestActivity, decodeSession, type Session } from '../../src/session/session.js';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const decode = (values: (string | null)[], ttlMs = 60_000) =>
  decodeSession(values, { ttlMs, nowMs: NOW, guestSegment: 'guest' });

describe('decodeSession', () => {
  it('reads the five fields of document A and the end from the TTL', () => {
    const { session, faults } = decode(['sess_1', '5', 'ios', '2026-01-31T10:00:00.000Z', '2026-01-31T11:59:00.000Z']);
    expect(session).toEqual({
      id: 'sess_1',
      userId: '5',
      deviceType: 'ios',
      createdAt: new Date('2026-01-31T10:00:00Z'),
      lastActivityAt: new Date('2026-01-31T11:59:00Z'),
      expiresAt: new Date('2026-01-31T12:01:00Z'),
      isCurrent: false,
    });
    expect(faults).toEqual([]);
  });

  it.each(['1769853600', '1769853600000', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00'])(
    'reads the timestamp %s of another writer',
    (text) => {
      expect(decode(['s', '5', 'web', text, text]).session?.createdAt).toEqual(new Date('2026-01-31T10:00:00Z'));
    },
  );

  it.each([[''], [null], ['null']])('takes the user %p for a guest', (userId) => {
    expect(decode(['s', userId, 'web', null, null])).toMatchObject({ session: { userId: null }, faults: [] });
  });

  it.each([[''], [null], ['null']])('is no session with the session_id %p, and counts what is broken', (id) => {
    expect(decode([id, '5', 'web', null, null])).toEqual({ session: undefined, faults: ['MISSING_FIELD'] });
  });

  it('is no session and no fault where there is no key', () => {
    expect(decode([null, null, null, null, null])).toEqual({ session: undefined, faults: [] });
  });

  it.each(['S:viewed', 'a b', 'x'.repeat(129), 'a}b', 'a\nb'])('is no session with the session_id %j', (id) => {
    expect(decode([id, '5', 'web', null, null])).toEqual({ session: undefined, faults: ['INVALID_ID'] });
  });

  it.each(['guest', '5:6', 'a b', '{5}'])('is no session with the user %p, which could name another key', (userId) => {
    expect(decode(['s', userId, 'web', null, null])).toEqual({ session: undefined, faults: ['INVALID_ID'] });
  });

  it('costs a broken time and nothing else', () => {
    const { session, faults } = decode(['s', '5', 'web', 'yesterday', '2026-01-31T11:00:00Z']);
    expect(session).toMatchObject({ id: 's', createdAt: null, lastActivityAt: new Date('2026-01-31T11:00:00Z') });
    expect(faults).toEqual(['INVALID_TIMESTAMP']);
  });

  it('has no end where the key has no TTL', () => {
    expect(decode(['s', '5', 'web', null, null], -1).session?.expiresAt).toBeNull();
  });
});

describe('byNewestActivity', () => {
  it('puts the newest activity first, unknown times last, and ties by id', () => {
    const at = (id: string, time: string | null) =>
      ({ id, lastActivityAt: time === null ? null : new Date(time) }) as Session;
    const sessions = [at('z', null), at('b', '2026-01-01'), at('c', '2026-01-02'), at('a', '2026-01-01')];
    expect(sessions.sort(byNewestActivity).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'z']);
  });
});
