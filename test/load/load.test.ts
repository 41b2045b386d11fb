import { build, type Build } from '../support/builtGateway.js';
import { reportOf } from './loadReport.js';
import { runMixedLoad, type LoadOutcome } from './mixedLoad.js';

/**
 * A shop's traffic for a while, with faults in between: errors only while they last, and nothing grows.
 *
 * `npm test` runs the short form; `npm run test:load` sets LOAD_SECONDS and LOAD_SHARE (of the capacity; default 0.8).
 */
const SECONDS = Number(process.env['LOAD_SECONDS'] ?? 0);
const isLong = SECONDS > 0;
const seconds = isLong ? SECONDS : 11;
// In the midst of other tests the capacity of a moment ago says little.
const share = Number(process.env['LOAD_SHARE'] ?? (isLong ? 0.8 : 0.3));

let built: Build;
let outcome: LoadOutcome;

beforeAll(
  async () => {
    built = await build();
    outcome = await runMixedLoad(built, { seconds, share, faultEveryMs: isLong ? 15_000 : 1_200 });
    console.info(reportOf(outcome).table);
  },
  (seconds + 90) * 1_000,
);

afterAll(() => built.remove());

it('answers everything while nothing is broken', () => {
  expect(reportOf(outcome).unexcused).toEqual({});
  expect(outcome.windows.length).toBeGreaterThanOrEqual(2);
});

it('answers with coded errors, and on standing connections, while something is', () => {
  expect(Object.keys(reportOf(outcome).excused).filter((code) => code !== 'UPSTREAM_UNAVAILABLE')).toEqual([]);
});

it('sends what it set out to send', () => {
  expect(outcome.sent.length).toBeGreaterThan(outcome.rate * seconds * 0.8);
});

it('leaves no connection, handle or listener behind', () => {
  const { before, after } = outcome.atRest;
  expect(after.openFiles).toBeLessThanOrEqual(before.openFiles + 2);
  expect(after.handles).toBeLessThanOrEqual(before.handles + 2);
  expect(outcome.output).not.toMatch(/MaxListeners|unhandled|uncaught/i);
  expect(outcome.exitCode).toBe(0);
});

// Before minute 2 the caches and the compiled code still grow.
(SECONDS >= 240 ? it : it.skip)('has at the end the heap that it had at minute 2', () => {
  const { heapRatio } = reportOf(outcome);
  expect(heapRatio).toBeGreaterThan(0.9);
  expect(heapRatio).toBeLessThan(1.1);
});
