import { RateLimiter, type RateLimiterOptions } from '../../src/limits/rateLimiter.js';
import { limitedAddress } from '../../src/limits/callerAddress.js';

const caller = { token: 'T', address: '192.0.2.1' };

/** A limiter on a clock of the test's own; what it tells Redis is kept, and answered by `answer`. */
function limiterWith(
  options: Partial<RateLimiterOptions> & { answer?: (spent: number) => [number, number] | Error } = {},
) {
  const clock = { ms: 1_000 };
  const told: { key: string; spent: number; leftMs: number }[] = [];
  const limiter = new RateLimiter({
    scripts: {
      run: async (_script, [key], [, spent, leftMs]) => {
        told.push({ key: key!, spent: Number(spent), leftMs: Number(leftMs) });
        const answer = options.answer?.(Number(spent)) ?? [Number(spent), Number(leftMs)];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    sessionCost: 100,
    addressCost: 1_000,
    windowSeconds: 60,
    now: () => clock.ms,
    ...options,
  });
  return { limiter, clock, told };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the rate limiter', () => {
  test('serves a session until its cost is spent, and again in the next window', () => {
    const { limiter, clock } = limiterWith();
    expect(limiter.spend(caller, 60)).toMatchObject({ isAllowed: true, limit: 100, remaining: 40, resetMs: 60_000 });
    clock.ms += 10_000;
    expect(limiter.spend(caller, 60)).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(limiter.spend(caller, 1)).toMatchObject({ isAllowed: false, remaining: 0, resetMs: 50_000 });
    clock.ms += 50_000;
    expect(limiter.spend(caller, 1)).toMatchObject({ isAllowed: true, remaining: 99 });
  });

  test('counts an address over all its sessions', () => {
    const { limiter } = limiterWith({ addressCost: 150 });
    limiter.spend({ ...caller, token: 'A' }, 90);
    limiter.spend({ ...caller, token: 'B' }, 90);
    expect(limiter.spend({ ...caller, token: 'C' }, 1).isAllowed).toBe(false);
    expect(limiter.spend({ token: undefined, address: '192.0.2.1' }, 1).isAllowed).toBe(false);
    expect(limiter.spend({ token: 'C', address: '192.0.2.2' }, 1).isAllowed).toBe(true);
  });

  test('books a charge on the address alone', () => {
    const { limiter } = limiterWith({ addressCost: 500 });
    limiter.charge(caller.address, 500);
    expect(limiter.spend(caller, 1).isAllowed).toBe(false);
    expect(limiter.spend({ token: 'T', address: '192.0.2.9' }, 1)).toMatchObject({ isAllowed: true, remaining: 99 });
  });

  test('tells Redis once a twentieth is spent, and nothing before', async () => {
    const { limiter, told } = limiterWith();
    limiter.spend(caller, 4);
    await settled();
    expect(told).toEqual([]);
    limiter.spend(caller, 1);
    await settled();
    expect(told).toEqual([
      { key: expect.stringMatching(/^gateway:rate_limit:session:[\w-]{22}$/), spent: 5, leftMs: 60_000 },
    ]);
  });

  test('counts what other gateways have served', async () => {
    const { limiter } = limiterWith({ answer: (spent) => [spent + 90, 30_000] });
    expect(limiter.spend(caller, 5)).toMatchObject({ isAllowed: true, remaining: 95 });
    await settled();
    expect(limiter.spend(caller, 5)).toMatchObject({ isAllowed: true, remaining: 0, resetMs: 30_000 });
    expect(limiter.spend(caller, 5).isAllowed).toBe(false);
  });

  test('limits by what it knows itself while Redis is away, asks at most once a second, and says so once', async () => {
    const onLost = jest.fn();
    const { limiter, clock, told } = limiterWith({ answer: () => new Error('away'), onLost });
    for (let cost = 0; cost < 100; cost += 10) {
      expect(limiter.spend(caller, 10).isAllowed).toBe(true);
      await settled();
    }
    expect(limiter.spend(caller, 10).isAllowed).toBe(false);
    clock.ms += 60_000;
    limiter.spend(caller, 10);
    await settled();
    expect(told).toHaveLength(2);
    expect(onLost).toHaveBeenCalledTimes(1);
  });
});

describe('the address a limit counts for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, counted) => {
    expect(limitedAddress(address)).toBe(counted);
  });
});
