import { gateway } from './contestants.js';
import { applyLoad } from './load.js';
import type { BenchOptions } from './options.js';
import { startContestant } from './serverProcess.js';
import { requestsFor } from './target.js';
import { home } from './workloads/home.js';
import { productPage } from './workloads/productPage.js';
import { widget } from './workloads/widget.js';

/** What the gateway's heap holds after a full collection, early under load and at its end. */
export interface MemoryRow {
  readonly earlyMinutes: number;
  readonly earlyBytes: number;
  readonly lateMinutes: number;
  readonly lateBytes: number;
  /** Late divided by early; the bar is 0.9 to 1.1. */
  readonly factor: number;
}

const SLICE_SECONDS = 2;
/** 2 minutes of 10. */
const EARLY_SHARE = 0.2;

/** Loads the gateway with H, W and P in turn for some minutes. */
export async function measureMemory(
  redisUrl: string,
  { memoryMinutes, connections }: BenchOptions,
  say: (text: string) => void,
): Promise<MemoryRow> {
  const server = await startContestant(gateway('ours', 'memory', {}), redisUrl, { withProbe: true });
  try {
    const lanes = [home, widget, productPage].map((workload) => requestsFor(server, workload));
    const startedAtMs = performance.now();
    const minutes = () => (performance.now() - startedAtMs) / 60_000;
    const loadUntil = async (end: number) => {
      while (minutes() < end)
        for (const requests of lanes) await applyLoad(server, requests, { connections, seconds: SLICE_SECONDS });
      return { bytes: (await server.ask('heap')) as number, minutes: minutes() };
    };
    say(`mixed load for ${memoryMinutes} min`);
    const early = await loadUntil(memoryMinutes * EARLY_SHARE);
    const late = await loadUntil(memoryMinutes);
    return {
      earlyMinutes: early.minutes,
      earlyBytes: early.bytes,
      lateMinutes: late.minutes,
      lateBytes: late.bytes,
      factor: late.bytes / early.bytes,
    };
  } finally {
    await server.stop();
  }
}
