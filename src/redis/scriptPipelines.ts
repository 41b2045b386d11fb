import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import { upstreamUnavailable } from '../errors.js';
import type { RedisClient } from './client.js';

/** One atomic operation in Lua: `scripts/{name}.lua`, whose header is its contract. */
export interface Script {
  readonly name: string;
  readonly keyCount: number;
  readonly text: string;
  /** Under which Redis keeps it, once it has seen it. */
  readonly sha1: string;
}

export interface ScriptCall {
  readonly script: Script;
  /** All in one slot on a Cluster. */
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** A call and how it is to be sent this time. */
export interface ScriptAttempt extends ScriptCall {
  /** Whether Redis has forgotten the script, so that its text must travel. */
  withText: boolean;
  /** `host:port` that a redirection named. */
  node: string | undefined;
  /** Whether that node takes it only after ASKING, as the slot is on its way there. */
  asking: boolean;
}

export interface AttemptOutcome {
  /** The script's reply, or why there is none. */
  readonly reply: unknown;
  /** Which node was asked. */
  readonly node: string;
}

type PipelineResults = readonly [Error | null, unknown][];

interface Waiting {
  readonly attempt: ScriptAttempt;
  readonly resolve: (outcome: AttemptOutcome) => void;
}

/**
 * All scripts of one turn of the event loop travel as one pipeline (on a Cluster: one a master).
 *
 * With `waitReplicas` each pipeline ends in one WAIT (group commit): nothing in it is acknowledged before so many
 * replicas have it. WAIT counts only what its own connection wrote, so scripts and WAIT go straight to the master's
 * connection instead of through ioredis' own routing.
 */
export class ScriptPipelines {
  #client: RedisClient;
  #replicas: number;
  #waitTimeoutMs: number;
  #waiting: Waiting[] = [];
  #underWay = new WeakMap<Redis, Set<(error: Error) => void>>();

  constructor(client: RedisClient, options: { readonly waitReplicas: number; readonly waitTimeoutMs: number }) {
    this.#client = client;
    this.#replicas = options.waitReplicas;
    this.#waitTimeoutMs = options.waitTimeoutMs;
  }

  send(attempt: ScriptAttempt): Promise<AttemptOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ attempt, resolve });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const groups = new Map<string, Waiting[]>();
    for (const one of waiting) {
      const node = this.#nodeOf(one.attempt);
      const group = groups.get(node);
      if (group) group.push(one);
      else groups.set(node, [one]);
    }
    for (const [node, group] of groups) {
      this.#sendTo(
        node,
        group.map(({ attempt }) => attempt),
      ).then(
        (replies) => group.forEach(({ resolve }, index) => resolve({ node, reply: replies[index] })),
        (error: unknown) => group.forEach(({ resolve }) => resolve({ node, reply: asError(error) })),
      );
    }
  }

  /** Empty on one node or Sentinel's master, and where no owner of the slot is known. */
  #nodeOf({ node, keys }: ScriptAttempt): string {
    if (!(this.#client instanceof Cluster)) return '';
    return node ?? this.#client.slots[calculateSlot(keys[0] ?? '')]?.[0] ?? '';
  }

  async #sendTo(node: string, attempts: readonly ScriptAttempt[]): Promise<unknown[]> {
    const redis = this.#connectionTo(node);
    const commands: unknown[][] = [];
    const places = attempts.map((attempt) => {
      if (attempt.asking) commands.push(['asking']);
      return commands.push(commandOf(attempt)) - 1;
    });
    if (this.#replicas > 0) commands.push(['wait', this.#replicas, this.#waitTimeoutMs]);

    const results = await this.#orLost(redis, redis.pipeline(commands).exec());
    const replies = places.map((place) => resultAt(results, place));
    for (const reply of replies) this.#heed(reply);
    return this.#replicas > 0 ? acknowledged(replies, resultAt(results, commands.length - 1), this.#replicas) : replies;
  }

  /**
   * Rejects as soon as the connection closes. ioredis, told not to resend, would leave the commands under way
   * unsettled until their timeout.
   */
  #orLost(redis: Redis, exec: Promise<PipelineResults | null>): Promise<PipelineResults> {
    const underWay = this.#underWay.get(redis) ?? new Set();
    if (!this.#underWay.has(redis)) {
      this.#underWay.set(redis, underWay);
      redis.on('close', () => {
        for (const reject of underWay) reject(new Error('Connection lost.'));
        underWay.clear();
      });
    }
    return new Promise((resolve, reject) => {
      underWay.add(reject);
      exec.then((results) => resolve(results ?? []), reject).finally(() => underWay.delete(reject));
    });
  }

  /** @throws where it is not ready: nothing waits in a queue of ioredis', from which it could be sent much later. */
  #connectionTo(node: string): Redis {
    const redis =
      this.#client instanceof Cluster
        ? this.#client.nodes('master').find(({ options }) => `${options.host}:${options.port}` === node)
        : this.#client;
    // A master that nothing was asked of yet; where it cannot be reached, the attempt at hand fails below, and so on.
    if (redis?.status === 'wait') redis.connect().catch(() => undefined);
    if (redis?.status === 'ready') return redis;
    this.#refreshSlots();
    throw new Error('Not connected.');
  }

  /** Some answers say that the connection leads to the wrong server. */
  #heed(reply: unknown): void {
    if (!(reply instanceof Error)) return;
    if (/^(MOVED|CLUSTERDOWN)/.test(reply.message) || reply.name !== 'ReplyError') this.#refreshSlots();
    // The master became a replica: ask Sentinel again who is master.
    if (reply.message.startsWith('READONLY') && !(this.#client instanceof Cluster)) this.#client.disconnect(true);
  }

  #refreshSlots(): void {
    if (this.#client instanceof Cluster) this.#client.refreshSlotsCache();
  }
}

function commandOf({ script, withText, keys, args }: ScriptAttempt): unknown[] {
  return [withText ? 'eval' : 'evalsha', withText ? script.text : script.sha1, keys.length, ...keys, ...args];
}

function resultAt(results: PipelineResults, place: number): unknown {
  const [error, value] = results[place] ?? [new Error('No reply.'), undefined];
  return error ?? value;
}

/** What too few replicas have may be lost: nobody is told that it was done. */
function acknowledged(replies: unknown[], replicasReached: unknown, replicasWanted: number): unknown[] {
  if (typeof replicasReached === 'number' && replicasReached >= replicasWanted) return replies;
  const unknown = replicasReached instanceof Error ? replicasReached : upstreamUnavailable('too few replicas');
  return replies.map((reply) => (reply instanceof Error ? reply : unknown));
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
