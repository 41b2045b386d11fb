import { connect } from 'node:net';
import { AnswerReader } from './answerReader.js';
import { quantile } from './statistics.js';
import type { EncodedWorkload, Target } from './target.js';

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Number of the request to begin with, so that rounds do not all ask for the same ones. */
  readonly firstRequest?: number;
}

export interface LoadResult {
  /** Answered within the time, and without an error. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Share of the answers that were errors. */
  readonly failedShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Where the next load may go on. */
  readonly nextRequest: number;
}

const READ_BUFFER_BYTES = 128 * 1024;
const SETTLE_MS = 5_000;

/**
 * Keeps a number of keep-alive connections busy, each with one request at a time. Raw sockets, as any HTTP client
 * would need more of its core than the fastest servers here need of theirs.
 * Answers that are not 200 or hold GraphQL errors are counted apart. Throws where a connection breaks or hangs.
 */
export async function applyLoad(
  { name, port }: Target,
  requests: EncodedWorkload,
  { connections, seconds, firstRequest = 0 }: LoadOptions,
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let failed = 0;
  let next = firstRequest;
  const startedAtMs = performance.now();
  const endAtMs = startedAtMs + seconds * 1_000;

  const runConnection = () =>
    new Promise<void>((resolve, reject) => {
      let sentAtMs = 0;
      const reader = new AnswerReader();
      const fail = (reason: Error) => {
        clearTimeout(watchdog);
        socket.destroy();
        reject(new Error(`${name} under load: ${reason.message}`));
      };
      const send = () => {
        const request = requests.raw[next % requests.raw.length]!;
        reader.begin();
        next++;
        sentAtMs = performance.now();
        socket.write(request);
      };
      const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
      const take = (length: number): boolean => {
        try {
          if (!reader.push(buffer.subarray(0, length))) return true;
        } catch (error) {
          fail(error as Error);
          return false;
        }
        const nowMs = performance.now();
        if (nowMs < endAtMs) {
          if (reader.failed) failed++;
          else latenciesMs.push(nowMs - sentAtMs);
          send();
        } else {
          clearTimeout(watchdog);
          socket.destroy();
          resolve();
        }
        return true;
      };
      const socket = connect({
        host: '127.0.0.1',
        port,
        noDelay: true,
        onread: { buffer, callback: take },
      });
      const watchdog = setTimeout(() => fail(new Error('a request was not answered')), seconds * 1_000 + SETTLE_MS);
      socket.once('connect', send);
      socket.once('error', fail);
      socket.once('end', () => fail(new Error('the server closed a connection')));
    });

  await Promise.all(Array.from({ length: connections }, runConnection));
  latenciesMs.sort((a, b) => a - b);
  return {
    requests: latenciesMs.length,
    requestsPerSecond: latenciesMs.length / seconds,
    failedShare: failed / Math.max(1, failed + latenciesMs.length),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    nextRequest: next,
  };
}
