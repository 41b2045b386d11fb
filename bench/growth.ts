import { gateway } from './contestants.js';
import type { BenchOptions } from './options.js';
import { startBenchRedis } from './benchRedis.js';
import { runRounds, type Measured } from './rounds.js';
import type { Spread } from './statistics.js';
import { startContestant, type RunningServer } from './serverProcess.js';
import { home } from './workloads/home.js';
import { widget } from './workloads/widget.js';

/** How much slower the gateway is over much more data. */
export interface GrowthRow {
  readonly title: string;
  readonly small: number;
  readonly large: number;
  /** Requests a second over the small data divided by those over the large; the bar is 1.3. */
  readonly factor: Spread;
}

const SMALL = { products: 5_000, trendingMembers: 50, withProductFeeds: false };
const LARGE = { products: 500_000, trendingMembers: 1_000_000, withProductFeeds: false };

/** H over 5,000 and over 500,000 products, W on a feed of 50 and of 1,000,000 members; with the cache and without. */
export async function measureGrowth(options: BenchOptions, say: (text: string) => void): Promise<GrowthRow[]> {
  say('writing 500,000 products and a feed of 1,000,000 members');
  const small = await startBenchRedis(SMALL);
  const large = await startBenchRedis(LARGE);
  const servers: RunningServer[] = [];
  try {
    const rows: GrowthRow[] = [];
    for (const [title, env] of [
      ['with its cache', {}],
      ['without', { CACHE_ENABLED: 'false' }],
    ] as const) {
      const pair = [
        await startContestant(gateway('small', title, env), small.url),
        await startContestant(gateway('large', title, env), large.url),
      ];
      servers.push(...pair);
      for (const workload of [home, widget]) {
        const what = workload === home ? 'H, 5,000 and 500,000 products' : 'W, feed of 50 and of 1,000,000';
        say(`${what}, ${title}`);
        const rounds = { ...options, rounds: Math.min(options.rounds, 5) };
        const measured = await runRounds(pair, workload, rounds, () => undefined, 'large');
        const [overSmall, overLarge] = measured as [Measured, Measured];
        rows.push({
          title: `${what}, ${title}`,
          small: overSmall.requestsPerSecond,
          large: overLarge.requestsPerSecond,
          factor: overSmall.ratio!,
        });
      }
    }
    return rows;
  } finally {
    for (const server of servers) await server.stop();
    await small.stop();
    await large.stop();
  }
}
