import type { FaultWindow } from './faultPlan.js';
import type { Footprint, LoadOutcome } from './mixedLoad.js';
import type { Kind, Sent } from './traffic.js';

/** What a run comes to. */
export interface LoadReport {
  readonly table: string;
  /** Failures while nothing was broken, by code. */
  readonly unexcused: Readonly<Record<string, number>>;
  /** Failures while something was. */
  readonly excused: Readonly<Record<string, number>>;
  /** The heap at the end over the heap at minute 2, or at a third of a shorter run. */
  readonly heapRatio: number;
}

const MINUTE_MS = 60_000;
const KINDS: readonly Kind[] = ['H', 'W', 'P', 'cart'];

export function reportOf(outcome: LoadOutcome): LoadReport {
  const { sent, windows, footprints, startedAtMs, atRest, capacity, rate } = outcome;
  const isExcused = (one: Sent): boolean => windows.some((window) => isWithin(one, window));
  const calm = sent.filter((one) => !isExcused(one));
  const unexcused = countFailures(calm);
  const excused = countFailures(sent.filter(isExcused));

  const lengthMs = (footprints.at(-1)?.atMs ?? startedAtMs) - startedAtMs;
  const earlyAtMs = startedAtMs + Math.min(2 * MINUTE_MS, lengthMs / 3);
  const spanMs = Math.min(MINUTE_MS / 2, lengthMs / 4);
  const early = lowestHeap(footprints, earlyAtMs, earlyAtMs + spanMs);
  const late = lowestHeap(footprints, startedAtMs + lengthMs - spanMs, Infinity);

  const rows = [
    `${sent.length} requests in ${(lengthMs / 1_000).toFixed(0)} s at ${rate.toFixed(0)}/s (capacity ${capacity.toFixed(0)}/s), ${windows.length} faults`,
    ...KINDS.map((kind) => `${kind.padEnd(5)} ${latencyOf(calm.filter((one) => one.kind === kind))}`),
    ...[...new Set(windows.map(({ what }) => what))].map((what) => duringFault(what, outcome)),
    `else: failures ${JSON.stringify(unexcused)}${sinceFault(calm, windows)}`,
    `heap ${mib(early)} MiB at ${((earlyAtMs - startedAtMs) / 1_000).toFixed(0)} s, ${mib(late)} MiB at the end: ×${(late / early).toFixed(2)}`,
    `at rest: open files ${atRest.before.openFiles} → ${atRest.after.openFiles}, handles ${atRest.before.handles} → ${atRest.after.handles}`,
  ];
  return { table: rows.join('\n'), unexcused, excused, heapRatio: late / early };
}

function duringFault(what: string, { sent, windows }: LoadOutcome): string {
  const ofThis = windows.filter((window) => window.what === what);
  const during = sent.filter((one) => ofThis.some((window) => isWithin(one, window)));
  return `${what} ×${ofThis.length}: ${latencyOf(during)}, failures ${JSON.stringify(countFailures(during))}`;
}

/** How long after the end of the fault before it each unexcused failure came. */
function sinceFault(calm: readonly Sent[], windows: readonly FaultWindow[]): string {
  const failed = calm.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return '';
  const ends = windows.map(({ toMs }) => toMs);
  const delays = failed.map(({ atMs }) => atMs - Math.max(-Infinity, ...ends.filter((end) => end <= atMs)));
  return `, ${Math.min(...delays).toFixed(0)} to ${Math.max(...delays).toFixed(0)} ms after a fault's time`;
}

/** Whether the request was under way at any moment of it. */
const isWithin = ({ atMs, ms }: Sent, { fromMs, toMs }: FaultWindow): boolean => atMs >= fromMs && atMs - ms <= toMs;

function countFailures(sent: readonly Sent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { failure } of sent) if (failure !== undefined) counts[failure] = (counts[failure] ?? 0) + 1;
  return counts;
}

function latencyOf(sent: readonly Sent[]): string {
  const times = sent.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.ceil(share * times.length) - 1] ?? NaN).toFixed(1);
  return `${String(times.length).padStart(7)} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

/** The lowest of a stretch is nearest to what a collection leaves. */
function lowestHeap(footprints: readonly Footprint[], fromMs: number, toMs: number): number {
  return Math.min(...footprints.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).map(({ heapBytes }) => heapBytes));
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
