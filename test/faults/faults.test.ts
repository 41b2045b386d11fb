import { masterKilled, plannedFailover, replicaLeftBehind, resharding } from './clusterFaults.js';
import { asleep, connectionsCut, killed, masterHung, paused, repliesDropped } from './faults.js';
import { countUpWithRetries, readModifyWrite, startNaiveShop } from './naiveShop.js';
import { resultTable } from './resultTable.js';
import { canSlowDisk, killedBehindSlowDisk } from './slowDisk.js';
import { runStorm, type Fault, type StormOptions, type StormOutcome, type World } from './storm.js';
import { startOneNode, type OneNode } from './worlds.js';

/**
 * No acknowledged change of a cart is lost and none is applied twice, whatever breaks.
 *
 * `npm test` runs the short form; `npm run test:faults` sets FAULT_CHANGES and prints the table.
 */
const CHANGES = Number(process.env['FAULT_CHANGES'] ?? 0);
const isLong = CHANGES > 0;
const TIMEOUT_MS = isLong ? 120_000 + 20 * CHANGES : 60_000;

const crowd = isLong ? { households: 16, shoppersEach: 4 } : { households: 6, shoppersEach: 3 };
const outcomes: StormOutcome[] = [];

async function storm<W extends World>(
  fault: Fault<W>,
  { strikes, short, isVaried = true }: { strikes: number; short: number; isVaried?: boolean },
): Promise<StormOutcome> {
  const options: StormOptions = {
    ...crowd,
    changes: isLong ? CHANGES : 150 + 150 * short,
    strikes: isLong ? strikes : short,
    isVaried,
  };
  const outcome = await runStorm(fault, options);
  outcomes.push(outcome);
  if (isLong) process.stdout.write(`${fault.name}: ${outcome.seconds.toFixed(0)} s\n`);
  return outcome;
}

function expectNothingLost(outcome: StormOutcome): void {
  expect(outcome.violations).toEqual([]);
  expect(outcome.recoveryMs).toBeDefined();
}

afterAll(() => {
  if (isLong) process.stdout.write(`\n${resultTable(outcomes)}\n`);
});

describe('nothing acknowledged is lost and nothing is applied twice', () => {
  it(
    'when connections are cut',
    async () => expectNothingLost(await storm(connectionsCut, { strikes: 20, short: 4 })),
    TIMEOUT_MS,
  );

  it(
    'when replies are dropped',
    async () => {
      const outcome = await storm(repliesDropped, { strikes: 20, short: 4 });
      expectNothingLost(outcome);
    },
    TIMEOUT_MS,
  );

  it(
    'when Redis is killed and its append-only file is always flushed',
    async () => {
      const always = killed('AOF always', { appendonly: true, appendfsync: 'always' });
      expectNothingLost(await storm(always, { strikes: 5, short: 2 }));
    },
    TIMEOUT_MS,
  );

  it(
    'when Redis pauses its clients',
    async () => expectNothingLost(await storm(paused, { strikes: 5, short: 1 })),
    TIMEOUT_MS,
  );

  it('when Redis hangs', async () => expectNothingLost(await storm(asleep, { strikes: 5, short: 1 })), TIMEOUT_MS);

  it(
    "when Sentinel's master hangs, and carts can be changed again within seconds",
    async () => {
      const outcome = await storm(masterHung, { strikes: 2, short: 1 });
      expectNothingLost(outcome);
      // Sentinel itself takes two. A machine that runs other tests at the same time is given more than the promise.
      expect(outcome.recoveryMs).toBeLessThan(isLong ? 4_000 : 6_000);
    },
    TIMEOUT_MS,
  );

  it(
    'when a master of a Cluster is killed and writes wait for its replica',
    async () => {
      const waiting = masterKilled('WAIT 1', { REDIS_WAIT_REPLICAS: '1' });
      expectNothingLost(await storm(waiting, { strikes: 4, short: 1 }));
    },
    TIMEOUT_MS,
  );

  it(
    'when slots move between masters of a Cluster',
    async () => expectNothingLost(await storm(resharding, { strikes: 8, short: 1 })),
    TIMEOUT_MS,
  );
});

if (isLong)
  describe('nor', () => {
    it(
      'when a master of a Cluster is asked to hand over',
      async () => expectNothingLost(await storm(plannedFailover, { strikes: 4, short: 1 })),
      TIMEOUT_MS,
    );

    it(
      'when a master dies whose replica was left behind, and writes wait for the replica',
      async () => {
        const waiting = replicaLeftBehind('Cluster, replica left behind, WAIT 1', { REDIS_WAIT_REPLICAS: '1' });
        expectNothingLost(await storm(waiting, { strikes: 4, short: 1 }));
      },
      TIMEOUT_MS,
    );
  });

describe('the checker finds out', () => {
  const naive = (name: string, fault: Fault<OneNode>, add: typeof readModifyWrite): Fault<OneNode> => ({
    ...fault,
    name: `control: ${name}`,
    start: () => startOneNode({}, (url) => startNaiveShop(url, add)),
  });

  it(
    'a cart that is read, modified and written',
    async () => {
      const outcome = await storm(naive('read-modify-write', connectionsCut, readModifyWrite), {
        ...{ strikes: 2, short: 2, isVaried: false },
      });
      expect(outcome.lost).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'a cart that is counted up, and again when the answer is lost',
    async () => {
      const fault = naive('HINCRBY with retries', repliesDropped, countUpWithRetries);
      const outcome = await storm(fault, { strikes: 20, short: 4, isVaried: false });
      expect(outcome.appliedTwice).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'a Redis without an append-only file that is killed',
    async () => {
      const outcome = await storm({ ...killed('', {}), name: 'control: kill -9, no AOF' }, { strikes: 5, short: 1 });
      expect(outcome.lost).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  if (isLong)
    it(
      'a failover to a replica that was left behind, where writes do not wait for it',
      async () => {
        const outcome = await storm(replicaLeftBehind('control: replica left behind, no WAIT', {}), {
          ...{ strikes: 4, short: 1 },
        });
        expect(outcome.lost).toBeGreaterThan(0);
      },
      TIMEOUT_MS,
    );

  if (isLong && canSlowDisk())
    it(
      'an append-only file that is flushed every second, behind a slow disk',
      async () => {
        const outcome = await storm(killedBehindSlowDisk(), { strikes: 5, short: 1 });
        expect(outcome.lost).toBeGreaterThan(0);
      },
      TIMEOUT_MS,
    );
});
