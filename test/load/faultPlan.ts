import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { askRedis } from '../support/redisServer.js';
import type { TcpProxy } from '../support/tcpProxy.js';

/** When a fault lasted, on the monotonic clock, recovery included. */
export interface FaultWindow {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is promised after Redis' return (docs/architecture.md, When Redis does not answer), and half a second for answers that were under way. */
const RECOVERY_MS = 1_500;
/** Nothing breaks in the first and last part of a run. */
const QUIET_MS = 4_000;

const faults: Readonly<Record<string, (redis: PrivateRedis, proxy: TcpProxy) => Promise<unknown>>> = {
  'connections cut': async (_redis, proxy) => proxy.cutAll(),
  'Redis restarted': (redis) => redis.restart(),
  'CLIENT PAUSE 300 ms': async (redis) => {
    await askRedis(redis, 'CLIENT', 'PAUSE', '300', 'ALL');
    await sleep(300);
  },
};

/** Breaks something every `everyMs`, in turn, until the run is nearly over. */
export async function sprinkleFaults(
  redis: PrivateRedis,
  proxy: TcpProxy,
  { everyMs, endsAtMs }: { everyMs: number; endsAtMs: number },
): Promise<FaultWindow[]> {
  const windows: FaultWindow[] = [];
  const names = Object.keys(faults);
  await sleep(QUIET_MS);
  for (let index = 0; performance.now() + QUIET_MS < endsAtMs; index++) {
    const what = names[index % names.length]!;
    const fromMs = performance.now();
    await faults[what]!(redis, proxy);
    windows.push({ what, fromMs, toMs: performance.now() + RECOVERY_MS });
    await sleep(everyMs);
  }
  return windows;
}
