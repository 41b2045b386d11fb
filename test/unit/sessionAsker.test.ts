import { createHash } from 'node:crypto';
import type { ServiceKey } from '../../src/config.js';
import { upstreamUnavailable } from '../../src/errors.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ReadScope } from '../../src/redis/readScope.js';
import { Asker, presentedToken, type AskerOptions } from '../../src/session/asker.js';
import { matchServiceKey } from '../../src/session/serviceKeys.js';
import type { SessionRecord } from '../../src/session/session.js';
import { rotatedToken } from '../../src/session/sessionToken.js';

const record: SessionRecord = {
  token: 'T',
  lastActivityText: '',
  session: {
    id: 's1',
    userId: '5',
    deviceType: null,
    createdAt: null,
    lastActivityAt: null,
    expiresAt: null,
    isCurrent: false,
  },
};

const scope = new ReadScope(new Deadline(1_000));
afterAll(() => scope.deadline.clear());

function askerWith(token: string | undefined, byToken: AskerOptions['store']['byToken'], service?: ServiceKey) {
  return new Asker({ presentedToken: token, service, store: { byToken }, scope });
}

const found = async () => record;
const nothing = async () => undefined;
const away = async () => Promise.reject(upstreamUnavailable());
const mustNotAsk = async () => Promise.reject(new Error('Redis was asked.'));

describe('presentedToken', () => {
  const of = (headers: Record<string, string>) => presentedToken((name) => headers[name]);

  it.each([
    [{ authorization: 'Bearer T' }, 'T'],
    [{ authorization: 'bearer   T ' }, 'T'],
    [{ 'x-session-token': 'T' }, 'T'],
    [{ authorization: 'Bearer A', 'x-session-token': 'B' }, 'A'],
    [{ authorization: 'Basic dTpw', 'x-session-token': 'B' }, 'B'],
    [{ authorization: 'Basic dTpw' }, undefined],
    [{ authorization: 'Bearer' }, ''],
    [{ authorization: 'Bearer a b' }, 'a b'],
    [{}, undefined],
  ])('reads %p as %p', (headers, token) => {
    expect(of(headers)).toBe(token);
  });
});

describe('Asker', () => {
  it('knows nobody without a token and asks nothing', async () => {
    const asker = askerWith(undefined, mustNotAsk);
    expect(await asker.session()).toBeUndefined();
    expect(await asker.tokenState()).toBe('NONE');
    await expect(asker.requireSession()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('knows the session of a token as the current one', async () => {
    const asker = askerWith('T', found);
    expect(await asker.session()).toEqual({ ...record.session, isCurrent: true });
    expect(await asker.tokenState()).toBe('VALID');
  });

  it('tells of a token that Redis does not know', async () => {
    const asker = askerWith('T', nothing);
    expect(await asker.session()).toBeUndefined();
    expect(await asker.tokenState()).toBe('INVALID');
  });

  it.each(['', 'a b', 'S:viewed', 'x'.repeat(129), 'a\nb', '{x}'])(
    'tells of the malformed token %j without asking Redis',
    async (token) => {
      const asker = askerWith(token, mustNotAsk);
      expect(asker.token).toBeUndefined();
      expect(await asker.session()).toBeUndefined();
      expect(await asker.tokenState()).toBe('INVALID');
    },
  );

  it('fails where Redis could not be asked, and only for those who wait for it', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const asker = askerWith('T', away);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(await asker.tokenState()).toBe('UNKNOWN');
    await expect(asker.session()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(asker.requireSession()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('knows nobody any more once the request has ended its session', async () => {
    const asker = askerWith('T', found);
    await asker.session();
    asker.endSession();
    await expect(asker.requireSession()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('tells whoever listens of the session that was found, once', async () => {
    const onSession = jest.fn();
    const asker = new Asker({ presentedToken: 'T', service: undefined, store: { byToken: found }, scope, onSession });
    await asker.session();
    await asker.session();
    expect(onSession.mock.calls).toEqual([[record]]);
  });

  it('lets a service do what its scopes say and nothing else', () => {
    const service: ServiceKey = { name: 'login', scopes: new Set(['sessions']), sha256: '' };
    const asker = askerWith(undefined, mustNotAsk, service);
    expect(asker.hasScope('sessions')).toBe(true);
    expect(() => asker.requireScope('carts')).toThrow('This is not for the caller.');
    expect(() => askerWith('T', found).requireScope('feeds')).toThrow('This is not for the caller.');
  });
});

describe('matchServiceKey', () => {
  const keyOf = (name: string): ServiceKey => ({
    name,
    scopes: new Set(['feeds']),
    sha256: createHash('sha256').update(`secret of ${name}`).digest('hex'),
  });
  const serviceKeys = [keyOf('mail'), keyOf('login'), keyOf('checkout')];

  it.each(['mail', 'login', 'checkout'])('finds %s by its key', (name) => {
    expect(matchServiceKey(serviceKeys, `secret of ${name}`)?.name).toBe(name);
  });

  it.each(['', 'secret of nobody', serviceKeys[0]!.sha256])('finds nobody for %p', (presented) => {
    expect(matchServiceKey(serviceKeys, presented)).toBeUndefined();
    expect(matchServiceKey([], presented)).toBeUndefined();
  });
});

describe('rotatedToken', () => {
  it('is the same for the same login and another for another token, user or secret', () => {
    const token = rotatedToken('secret', 'T', '5');
    expect(rotatedToken('secret', 'T', '5')).toBe(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const others = [
      rotatedToken('secret', 'T', '6'),
      rotatedToken('secret', 'U', '5'),
      rotatedToken('other', 'T', '5'),
    ];
    expect(new Set([token, ...others]).size).toBe(4);
  });
});
