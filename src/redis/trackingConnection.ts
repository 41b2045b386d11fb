import type { Redis, RedisOptions } from 'ioredis';

/**
 * What a tracking connection needs over the settings of the connection that reads: `reader.duplicate(TRACKING_OPTIONS)`.
 *
 * Protocol 2, because ioredis 6 drops the `invalidate` pushes of RESP3. ioredis is to retry and resubscribe nothing: a
 * subscriber that it brings back in silence no longer tracks, so nothing would ever be announced again.
 */
export const TRACKING_OPTIONS = {
  connectionName: 'cache-tracking',
  protocol: 2,
  replyMapping: 'legacy',
  keyPrefix: '',
  lazyConnect: true,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  failoverDetector: true,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: true,
  maxRetriesPerRequest: 0,
  // The heartbeat and the set-up's own limit stand in for these.
  commandTimeout: undefined,
  socketTimeout: undefined,
  // A half-open socket never hears of a polite end.
  disconnectTimeout: 50,
} as const satisfies RedisOptions;

/** The channel on which Redis tells clients of protocol 2. */
const INVALIDATIONS = '__redis__:invalidate';

export interface TrackingListener {
  /** Keys that changed; null when all did. */
  invalidated(redisKeys: string[] | null): void;
  /** Called once, at that very moment: from here on nothing is announced. */
  lost(reason: Error): void;
}

/**
 * One connection to one master, on which Redis announces changed keys. It redirects to itself, so there is one thing
 * to fail, and it lives once: after a loss another one is made.
 */
export class TrackingConnection {
  private over = false;
  private lastError: Error | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private answered = true;

  /** `redis` was made with TRACKING_OPTIONS and has not connected. PING goes out, and is answered, every `heartbeatMs`. */
  constructor(
    private readonly redis: Redis,
    private readonly heartbeatMs: number,
    private readonly listener: TrackingListener,
  ) {
    redis.on('error', (error: Error) => (this.lastError = error));
    redis.on('close', () => this.lose(new Error('the connection was closed', { cause: this.lastError })));
    redis.on('end', () => this.lose(new Error('no connection', { cause: this.lastError })));
    redis.on('messageBuffer', (_channel: Buffer, keys: unknown) => this.announce(keys));
  }

  /** Resolves when every change of a key with one of these prefixes is announced; rejects when that cannot be had. */
  async open(prefixes: readonly string[]): Promise<void> {
    await this.redis.connect();
    const [role] = (await this.redis.role()) as [unknown];
    // A replica announces too, but late, and not at all while it is cut off from its master.
    if (role !== 'master') throw new Error(`only a master may be tracked, and this is a ${String(role)}`);
    const id = await this.redis.client('ID');
    const tracked = prefixes.flatMap((prefix) => ['PREFIX', prefix]);
    await this.redis.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...tracked);
    await this.redis.subscribe(INVALIDATIONS);
    if (this.over) throw new Error('lost while it was set up', { cause: this.lastError });
    this.heartbeat = setInterval(() => this.beat(), this.heartbeatMs);
  }

  /** Ends it without a report. */
  close(): void {
    this.over = true;
    clearInterval(this.heartbeat);
    this.redis.disconnect();
  }

  /** ioredis hands on what Redis sent: a list of keys, and null for FLUSHALL and FLUSHDB. */
  private announce(keys: unknown): void {
    if (!this.over) this.listener.invalidated(Array.isArray(keys) ? keys.map(String) : null);
  }

  private beat(): void {
    if (this.answered) {
      this.answered = false;
      this.redis.ping().then(
        () => (this.answered = true),
        (error: Error) => this.lose(error),
      );
      return;
    }
    // After a long turn of the event loop the answer may lie in the socket, unread: read first, then judge.
    setImmediate(() => {
      if (!this.answered) this.lose(new Error(`no answer to PING within ${this.heartbeatMs} ms`));
    });
  }

  private lose(reason: Error): void {
    if (this.over) return;
    this.close();
    this.listener.lost(reason);
  }
}
