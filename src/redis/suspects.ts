import { Cluster } from 'ioredis';
import type { RedisClient } from './client.js';
import { inTime, TimedOut } from './inTime.js';

/** The name of the one node, or of Sentinel's master, where there is no Cluster. */
export const ONLY_NODE = '';

export interface SuspectsOptions {
  /** How often a suspect is asked whether it is back. */
  readonly probeIntervalMs: number;
  /** How long a node may take to answer. */
  readonly timeoutMs: number;
  /** Told as soon as a node is suspected. */
  readonly onSuspect: ((node: string) => void) | undefined;
}

/**
 * Nodes that left a command without an answer. Each is asked by `PING` until it answers; while it does not, nobody
 * need wait for it. On a Cluster they are named `host:port`, and the other nodes go on.
 */
export class Suspects {
  readonly #probes = new Map<string, NodeJS.Timeout | undefined>();
  #isClosed = false;

  constructor(
    private readonly client: RedisClient,
    private readonly options: SuspectsOptions,
  ) {}

  has(node: string): boolean {
    return this.#probes.has(node);
  }

  add(node: string): void {
    if (this.#isClosed || this.#probes.has(node)) return;
    this.#probes.set(node, undefined);
    this.options.onSuspect?.(node);
    void this.#probe(node);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#probes.values()) clearTimeout(timer);
    this.#probes.clear();
  }

  async #probe(node: string): Promise<void> {
    const isBack = await this.#isBack(node);
    if (this.#isClosed) return;
    if (isBack) this.#probes.delete(node);
    else
      this.#probes.set(
        node,
        setTimeout(() => void this.#probe(node), this.options.probeIntervalMs),
      );
  }

  /** A node that has left the Cluster is asked nothing any more, so it need not be suspected either. */
  async #isBack(node: string): Promise<boolean> {
    const { timeoutMs } = this.options;
    if (!(this.client instanceof Cluster)) return answersPing(this.client, timeoutMs);
    if (this.client.status !== 'ready') return false;
    const redis = this.client.nodes('all').find(({ options }) => `${options.host}:${options.port}` === node);
    return redis === undefined || answersPing(redis, timeoutMs);
  }
}

/**
 * Whether Redis answers in time, be it that this user may not PING. A client that is not
 * connected is not asked, as its queue would keep the PING until it is.
 */
export async function answersPing(redis: RedisClient, timeoutMs: number): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  return inTime(redis.ping(), timeoutMs).then(
    (answer) => !(answer instanceof TimedOut),
    (error: Error) => error.name === 'ReplyError' && error.message.startsWith('NOPERM'),
  );
}
