import { RedisTraffic } from '../test/support/redisTraffic.js';
import { startTcpProxy } from '../test/support/tcpProxy.js';
import type { Contestant } from './contestants.js';
import { applyLoad } from './load.js';
import { startContestant } from './serverProcess.js';
import { median } from './statistics.js';
import { requestsFor } from './target.js';
import type { Workload } from './workloads/workload.js';

/** What one request costs on the way to Redis. */
export interface RedisUse {
  /** Waves of parallel commands, the median. */
  readonly roundTrips: number;
  readonly commands: number;
  readonly bytesFromRedis: number;
}

const REQUESTS = 20;
/** So that a reply cannot arrive before the last command of its wave was sent. */
const REPLY_DELAY_MS = 2;

/** Counts at the socket, one request at a time, once the server is warm. */
export async function countRedisUse(
  contestant: Contestant,
  redis: { host: string; port: number; url: string },
  workloads: readonly Workload[],
): Promise<Map<Workload['name'], RedisUse>> {
  const traffic = new CountingTraffic();
  const proxy = await startTcpProxy(redis, { traffic });
  const server = await startContestant(contestant, proxy.url);
  try {
    const uses = new Map<Workload['name'], RedisUse>();
    for (const workload of workloads) uses.set(workload.name, await count(workload));
    return uses;
  } finally {
    await server.stop();
    await proxy.stop();
  }

  async function count(workload: Workload): Promise<RedisUse> {
    const requests = requestsFor(server, workload);
    proxy.delay(0);
    let nextRequest = 0;
    // All there is to cache is cached once each request was sent.
    for (let slice = 0; slice < 5 && (slice < 1 || nextRequest < requests.variety); slice++)
      ({ nextRequest } = await applyLoad(server, requests, {
        connections: 16,
        seconds: 1.5,
        firstRequest: nextRequest,
      }));
    proxy.delay(REPLY_DELAY_MS);
    const counts: { waves: number; commands: number; bytes: number }[] = [];
    for (let n = 0; n < REQUESTS; n++) {
      proxy.reset();
      const bytesBefore = traffic.bytesReplied;
      const { status } = await requests.send(nextRequest + n);
      if (status !== 200) throw new Error(`${contestant.name} answered ${status} while its commands were counted`);
      counts.push({
        waves: proxy.waves,
        commands: proxy.commands.length,
        bytes: traffic.bytesReplied - bytesBefore,
      });
    }
    return {
      roundTrips: median(counts.map(({ waves }) => waves)),
      commands: median(counts.map(({ commands }) => commands)),
      bytesFromRedis: median(counts.map(({ bytes }) => bytes)),
    };
  }
}

class CountingTraffic extends RedisTraffic {
  bytesReplied = 0;

  override connection(): ReturnType<RedisTraffic['connection']> {
    const counted = super.connection();
    return {
      sent: (chunk) => counted.sent(chunk),
      replied: (chunk) => {
        this.bytesReplied += chunk.length;
        counted.replied(chunk);
      },
    };
  }
}
