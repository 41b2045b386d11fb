import fc from 'fast-check';
import {
  isCategoryId,
  isProductId,
  isSessionId,
  isToken,
  isUserId,
  requireProductId,
  requireSessionId,
  requireUserId,
} from '../../src/redis/ids.js';
import { keys } from '../../src/redis/keyspace.js';

describe('an id that may go into a key', () => {
  it.each(['prod_1', 'a', 'A-z_0.9:x@shop', 'x'.repeat(128), '__proto__'])(
    'is, for a product or category, %s',
    (id) => {
      expect([isProductId(id), isCategoryId(id)]).toEqual([true, true]);
    },
  );

  it.each(['5', 'a.b@example-shop_1', 'x'.repeat(128)])('is, for a user, %s', (id) => {
    expect(isUserId(id)).toBe(true);
  });

  it.each(['sess_abc123', 'A-Z_09'])('is, for a session or token, %s', (id) => {
    expect([isSessionId(id), isToken(id)]).toEqual([true, true]);
  });

  it.each(['', ' ', 'a b', 'a\n', '\na', 'a\u0000', 'a}', '{a', 'a*', 'a/b', 'ä', '１', 'x'.repeat(129)])(
    'is never %j',
    (id) => {
      expect([isProductId, isCategoryId, isUserId, isSessionId, isToken].map((is) => is(id))).toEqual(
        Array(5).fill(false),
      );
    },
  );

  it('is no user with a colon, and no session with anything but letters, digits, - and _', () => {
    expect(isUserId('5:session')).toBe(false);
    for (const id of ['S:viewed', 'a.b', 'a@b']) expect([isSessionId(id), isToken(id)]).toEqual([false, false]);
  });

  it('is refused with BAD_USER_INPUT that names the argument and does not repeat the text', () => {
    const text = 'secret token';
    for (const ask of [
      () => requireProductId(text, 'id'),
      () => requireSessionId(text, 'id'),
      () => requireUserId(text, 'id', 'guest'),
    ])
      expect(ask).toThrow(
        expect.objectContaining({
          code: 'BAD_USER_INPUT',
          message: expect.stringMatching(/^"id" (?!.*secret)/) as string,
        }) as Error,
      );
  });

  it('is no user that is the word for guests', () => {
    expect(() => requireUserId('guest', 'userId', 'guest')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error,
    );
    expect(requireUserId('guest', 'userId', 'anonymous')).toBe('guest');
  });

  it('never leads to the key of another pattern', () => {
    // As keyspace.md lists them; `{…}` is anything that is allowed there.
    const patterns: readonly [RegExp, (id: string) => string, (id: string) => boolean][] = [
      [/^rec:session:[\w-]+$/, keys.sessionFeed, isSessionId],
      [/^rec:session:[\w-]+:viewed$/, keys.sessionViewed, isSessionId],
      [/^rec:user:[\w.@-]+:session$/, keys.userSessionFeed, isUserId],
      [/^rec:user:[\w.@-]+:history$/, keys.userHistory, isUserId],
      [/^rec:user:[\w.@-]+:personalized$/, keys.userPersonalized, isUserId],
      [/^session:[\w-]+$/, keys.session, isToken],
      [/^recent_views:[\w.@-]+$/, keys.recentViews, isUserId],
      [/^active_cart:[\w.@-]+$/, keys.activeCart, isUserId],
      [/^user_sessions:[\w.@-]+$/, keys.userSessions, isUserId],
    ];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ0-_.@:{}* \n'), maxLength: 12 }), (id) => {
        for (const [, keyOf, isValid] of patterns) {
          if (!isValid(id)) continue;
          const key = keyOf(id);
          expect(patterns.filter(([pattern]) => pattern.test(key))).toHaveLength(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
