import { FLOOR } from './contestants.js';
import { applyLoad } from './load.js';
import type { BenchOptions } from './options.js';
import type { RunningServer } from './serverProcess.js';
import { median, spreadOf, type Spread } from './statistics.js';
import { requestsFor } from './target.js';
import type { Workload } from './workloads/workload.js';

/** What a server did under load, over all rounds. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  /** Requests a second against the baseline's of the same round; undefined where that took no part. */
  readonly ratio: Spread | undefined;
  /**
   * The same by CPU time for an answer, the baseline's divided by its own: what it would be if the server's core did
   * nothing else. Undefined where the system does not tell CPU times.
   */
  readonly cpuRatio: Spread | undefined;
  readonly requestsPerSecond: number;
  /** CPU time of the server's process for one request; undefined where the system does not tell. */
  readonly cpuMsARequest: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the answers that were errors; they count for nothing else. */
  readonly failedShare: number;
}

interface Round {
  requestsPerSecond: number;
  cpuMsARequest: number | undefined;
  p50Ms: number;
  p99Ms: number;
  failedShare: number;
}

/**
 * Loads one server after the other in short rounds, again and again, each time with another one first: whatever the
 * machine does meanwhile falls on all of them, and a ratio is always taken within one round.
 *
 * @param baseline name of the server that the others are held against
 */
export async function runRounds(
  servers: readonly RunningServer[],
  workload: Workload,
  { rounds, seconds, warmupSeconds, connections }: BenchOptions,
  onRound: (round: number) => void,
  baseline = FLOOR,
): Promise<Measured[]> {
  const lanes = servers.map((server) => ({
    server,
    requests: requestsFor(server, workload),
    nextRequest: 0,
    done: [] as Round[],
  }));
  // Few connections at first: code that nobody has run yet is slow enough for requests to run into their deadlines.
  for (const lane of lanes)
    for (const busy of [Math.min(8, connections), connections]) {
      const load = { connections: busy, seconds: warmupSeconds / 2, firstRequest: lane.nextRequest };
      ({ nextRequest: lane.nextRequest } = await applyLoad(lane.server, lane.requests, load));
    }
  for (let round = 0; round < rounds; round++) {
    onRound(round);
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = lanes[(round + turn) % lanes.length]!;
      const cpuBeforeMs = lane.server.cpuMs();
      const load = { connections, seconds, firstRequest: lane.nextRequest };
      const { requests, requestsPerSecond, p50Ms, p99Ms, failedShare, nextRequest } = await applyLoad(
        lane.server,
        lane.requests,
        load,
      );
      const cpuAfterMs = lane.server.cpuMs();
      const isKnown = cpuBeforeMs !== undefined && cpuAfterMs !== undefined;
      const cpuMsARequest = isKnown ? (cpuAfterMs - cpuBeforeMs) / requests : undefined;
      lane.nextRequest = nextRequest;
      lane.done.push({ requestsPerSecond, cpuMsARequest, p50Ms, p99Ms, failedShare });
    }
  }
  const base = lanes.find(({ server }) => server.name === baseline)?.done;
  return lanes.map(({ server, done }) => {
    const cpu = done.flatMap(({ cpuMsARequest }) => (cpuMsARequest === undefined ? [] : [cpuMsARequest]));
    return {
      name: server.name,
      title: server.title,
      cpuRatio:
        base && cpu.length === base.length
          ? spreadOf(cpu.map((own, index) => base[index]!.cpuMsARequest! / own))
          : undefined,
      ratio: base && spreadOf(done.map((round, index) => round.requestsPerSecond / base[index]!.requestsPerSecond)),
      requestsPerSecond: median(done.map((round) => round.requestsPerSecond)),
      cpuMsARequest: cpu.length > 0 ? median(cpu) : undefined,
      p50Ms: median(done.map((round) => round.p50Ms)),
      p99Ms: median(done.map((round) => round.p99Ms)),
      failedShare: done.reduce((sum, round) => sum + round.failedShare, 0) / done.length,
    };
  });
}
