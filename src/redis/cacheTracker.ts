import { setTimeout as sleep } from 'node:timers/promises';
import { TrackingConnection } from './trackingConnection.js';
import type { TrackingSource } from './trackingSource.js';

/** The part of CoherentCache that hears what Redis announces. */
export interface TrackedCache {
  invalidate(redisKeys: readonly string[] | null): void;
  trackingReady(): void;
  trackingLost(): void;
}

export interface CacheTrackerOptions {
  readonly cache: TrackedCache;
  readonly source: TrackingSource;
  /** Of the keys to be announced. None may begin with another one: Redis refuses that. */
  readonly prefixes: readonly string[];
  /** Told each time tracking has come up. */
  readonly onReady?: () => void;
  /** Told why tracking was lost or could not be set up. */
  readonly onLost?: (reason: Error) => void;
  /** How often PING goes out; a connection that falls silent is lost within twice this. Default: 1 s. */
  readonly heartbeatMs?: number;
  /** How long it may take to set up all connections. Default: 2 s. */
  readonly setUpMs?: number;
}

const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 500;

/**
 * Keeps a cache coherent: one tracking connection a master, and the cache on only while all of them stand.
 *
 * Whatever happens to one of them, or to the set of masters, has one answer: the cache goes off at that moment, all
 * connections are closed and set up anew, and only then does the cache go on. It tries for as long as it takes.
 */
export class CacheTracker {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private round: Round | undefined;

  constructor(private readonly options: CacheTrackerOptions) {}

  /** Returns at once; the cache goes on when Redis is there, now or later. */
  start(): void {
    this.running ??= this.run(this.stopping.signal);
  }

  /** For who learns before the heartbeat that Redis does not answer: puts the cache off and sets tracking up anew. */
  renew(reason: Error): void {
    this.round?.end(reason);
  }

  /** Puts the cache off and closes the connections. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const round = (this.round = new Round(this.options));
      const stop = (): void => round.end(undefined);
      signal.addEventListener('abort', stop);
      const cameUp = await round.ended;
      signal.removeEventListener('abort', stop);

      retryMs = cameUp ? FIRST_RETRY_MS : Math.min(2 * retryMs, LAST_RETRY_MS);
      // Rejects only when stop cuts it short, which the loop sees by itself.
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One set of connections to the masters of one moment, from set-up to the first fault of any of them. */
class Round {
  /** Tells whether tracking came up. */
  readonly ended: Promise<boolean>;
  private resolveEnded!: (cameUp: boolean) => void;
  private readonly tooLate: NodeJS.Timeout;
  private connections: readonly TrackingConnection[] = [];
  private unwatch: (() => void) | undefined;
  private up = false;
  private over = false;

  constructor(private readonly options: CacheTrackerOptions) {
    const { setUpMs = 2_000 } = options;
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.tooLate = setTimeout(() => this.end(new Error(`tracking was not set up within ${setUpMs} ms`)), setUpMs);
    this.open().catch((error: unknown) => this.end(error instanceof Error ? error : new Error(String(error))));
  }

  /** Synchronous to its last line: between a loss and the cache's hearing of it nothing may be served. */
  end(reason: Error | undefined): void {
    if (this.over) return;
    this.over = true;
    this.options.cache.trackingLost();
    clearTimeout(this.tooLate);
    this.unwatch?.();
    for (const connection of this.connections) connection.close();
    if (reason) this.options.onLost?.(reason);
    this.resolveEnded(this.up);
  }

  private async open(): Promise<void> {
    const { cache, source, prefixes, onReady, heartbeatMs = 1_000 } = this.options;
    const topology = await source.topology();
    if (this.over) return;
    this.connections = topology.connections().map(
      (redis) =>
        new TrackingConnection(redis, heartbeatMs, {
          invalidated: (redisKeys) => cache.invalidate(redisKeys),
          lost: (reason) => this.end(reason),
        }),
    );
    // Watched before anything connects, so that no change falls between looking and tracking.
    this.unwatch = topology.watch((why) => this.end(why));
    await Promise.all(this.connections.map((connection) => connection.open(prefixes)));
    if (this.over) return;
    clearTimeout(this.tooLate);
    this.up = true;
    cache.trackingReady();
    onReady?.();
  }
}
