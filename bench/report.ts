import type { GrowthRow } from './growth.js';
import type { MemoryRow } from './memory.js';
import type { RedisUse } from './roundTrips.js';
import type { Measured } from './rounds.js';
import type { Spread } from './statistics.js';

/** All that one run found; what is written to `results/bench.json`. */
export interface BenchReport {
  readonly startedAt: string;
  readonly machine: string;
  readonly workloads: readonly WorkloadReport[];
  readonly growth: readonly GrowthRow[];
  readonly memory: MemoryRow | undefined;
}

export interface WorkloadReport {
  readonly name: string;
  readonly title: string;
  readonly answerBytes: number;
  readonly servers: readonly (Measured & { readonly redis: RedisUse | undefined })[];
}

/** The report as text for a terminal. */
export function reportText({ machine, workloads, growth, memory }: BenchReport): string {
  const parts = [machine, ...workloads.map(workloadText)];
  if (growth.length > 0) parts.push(growthText(growth));
  if (memory) parts.push(memoryText(memory));
  return parts.join('\n\n');
}

const HEADER = [
  'server',
  'ratio to F (range)',
  'by CPU time',
  'requests/s',
  'CPU ms',
  'p50 ms',
  'p99 ms',
  'errors',
  'round trips',
  'commands',
  'bytes from Redis',
];

function workloadText({ title, answerBytes, servers }: WorkloadReport): string {
  const rows = servers.map((server) => [
    server.title,
    server.ratio ? spreadText(server.ratio) : '-',
    server.cpuRatio?.median.toFixed(2) ?? '-',
    server.requestsPerSecond.toFixed(0),
    server.cpuMsARequest?.toFixed(3) ?? '-',
    server.p50Ms.toFixed(1),
    server.p99Ms.toFixed(1),
    server.failedShare === 0 ? '0' : `${(100 * server.failedShare).toFixed(2)} %`,
    ...(server.redis
      ? [server.redis.roundTrips, server.redis.commands, server.redis.bytesFromRedis].map((count) => count.toFixed(0))
      : ['-', '-', '-']),
  ]);
  return `${title}; an answer of ${answerBytes} bytes\n${table([HEADER, ...rows])}`;
}

function growthText(rows: readonly GrowthRow[]): string {
  const body = rows.map(({ title, small, large, factor }) => [
    title,
    small.toFixed(0),
    large.toFixed(0),
    spreadText(factor),
  ]);
  return `Growth (the bar: less than 1.3)\n${table([['', 'requests/s, small', 'large', 'factor (range)'], ...body])}`;
}

function memoryText({ earlyMinutes, earlyBytes, lateMinutes, lateBytes, factor }: MemoryRow): string {
  const at = (minutes: number, bytes: number) =>
    `${(bytes / 2 ** 20).toFixed(1)} MiB after ${minutes.toFixed(1)} min of load`;
  return `Memory (the bar: within 10 %): heap ${at(earlyMinutes, earlyBytes)}, ${at(lateMinutes, lateBytes)}: ${factor.toFixed(2)}`;
}

export const spreadText = ({ median, lowest, highest }: Spread): string =>
  `${median.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;

/** Columns as wide as their widest cell; the first to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_cell, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
