import { CodedError, upstreamUnavailable } from '../errors.js';
import type { RedisClient } from './client.js';
import type { Deadline } from './deadline.js';
import { ConnectionLost, Presence } from './presence.js';
import { sendReads } from './readPipelines.js';
import { isFailure } from './replyErrors.js';
import { ONLY_NODE, Suspects } from './suspects.js';

/** One read: its name in lower case, its key, the rest. */
export type Command = readonly [name: string, key: string, ...args: (string | number)[]];

/**
 * What Redis said: the value, or an error for this one command. A `CodedError` says that Redis could not answer
 * it; any other error is Redis' own word on it, `WRONGTYPE` for one.
 */
export type Reply = unknown;

/** What the gateway reads Redis through. */
export interface CommandReader {
  /**
   * Replies in the order of the commands. A command's error is its reply; it costs only itself.
   * @throws UPSTREAM_UNAVAILABLE where Redis is known to be away, or did not answer before the deadline.
   */
  read(commands: readonly Command[], deadline?: Deadline): Promise<Reply[]>;

  /**
   * The same for commands that are gathered until their pipeline leaves: `gather` is called once, at that moment, and
   * not at all where the read is refused.
   */
  readLate(gather: () => readonly Command[]): Promise<Reply[]>;
}

/** So many commands travel together, or what one reader asked for where that is more. */
export const PIPELINE_COMMANDS = 512;

export interface CommandRunnerOptions {
  /** Beyond so many commands without an answer, further ones are refused at once. */
  maxQueuedCommands: number;
  /** How long a pipeline may take, and how long after its loss a connection is waited for. Default: 500. */
  commandTimeoutMs?: number;
  /** How often a Redis that is suspected to hang is asked whether it answers again. Default: 100. */
  probeIntervalMs?: number;
  /** Told of each pipeline, for the metrics. */
  onBatch?: (commands: number, durationMs: number, succeeded: boolean) => void;
  /** Told as soon as Redis, or a node of the Cluster, left a command without an answer. */
  onSuspect?: (node: string) => void;
}

interface Batch {
  commands: readonly Command[];
  resolve: (replies: Reply[]) => void;
  reject: (error: unknown) => void;
}

interface LateBatch extends Omit<Batch, 'commands'> {
  gather: () => readonly Command[];
}

/**
 * Sends reads to Redis. All that is asked for within one turn of the event loop, by whichever requests, travels as
 * one pipeline (on a Cluster: one a node), so a request makes as many round trips as it has dependent steps.
 *
 * It also keeps a dead Redis from holding requests. Once a command has timed out, Redis is *suspected*: further
 * commands fail at once, while a `PING` finds out when it is back. Without this each of a request's four dependent
 * steps would wait for its own timeout. While there is no connection nothing is sent, so that nothing waits in a queue
 * of ioredis' from which it would be sent long after it was given up.
 */
export class CommandRunner implements CommandReader {
  #client: RedisClient;
  #maxQueuedCommands: number;
  #onBatch: CommandRunnerOptions['onBatch'];
  #timeoutMs: number;
  #presence: Presence;
  #suspects: Suspects;
  #waiting: (Batch | LateBatch)[] = [];
  #inFlight = 0;

  constructor(client: RedisClient, options: CommandRunnerOptions) {
    this.#client = client;
    this.#maxQueuedCommands = options.maxQueuedCommands;
    this.#onBatch = options.onBatch;
    this.#timeoutMs = options.commandTimeoutMs ?? 500;
    this.#presence = new Presence(client, this.#timeoutMs);
    this.#suspects = new Suspects(client, {
      probeIntervalMs: options.probeIntervalMs ?? 100,
      timeoutMs: this.#timeoutMs,
      onSuspect: options.onSuspect,
    });
  }

  read(commands: readonly Command[], deadline?: Deadline): Promise<Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    if (this.#isAway || this.#isFull || deadline?.isOver === true) return Promise.reject(upstreamUnavailable());
    this.#inFlight += commands.length;
    const replies = new Promise<Reply[]>((resolve, reject) => this.#wait({ commands, resolve, reject }));
    return deadline ? deadline.race(replies) : replies;
  }

  readLate(gather: () => readonly Command[]): Promise<Reply[]> {
    if (this.#isAway || this.#isFull) return Promise.reject(upstreamUnavailable());
    return new Promise<Reply[]>((resolve, reject) => this.#wait({ gather, resolve, reject }));
  }

  /** Stops probing; commands under way settle by their own timeout. */
  close(): void {
    this.#suspects.close();
  }

  /** Whether it is known that Redis would not answer. */
  get #isAway(): boolean {
    return this.#suspects.has(ONLY_NODE) || this.#presence.isLongAway;
  }

  get #isFull(): boolean {
    return this.#inFlight >= this.#maxQueuedCommands;
  }

  #wait(batch: Batch | LateBatch): void {
    this.#waiting.push(batch);
    // `setImmediate` runs after all sockets of this turn were read: what other requests ask for joins the pipeline.
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const asked = this.#waiting;
    this.#waiting = [];
    let waiting = asked.flatMap((batch) => ('gather' in batch ? this.#gathered(batch) : [batch]));
    // Of many requests the first need not wait until the last has its replies.
    while (waiting.length > 0) {
      const end = endOfPipeline(waiting);
      this.#sendBatches(waiting.slice(0, end));
      waiting = waiting.slice(end);
    }
  }

  /** None where what was asked for meanwhile is as much as may wait. */
  #gathered({ gather, resolve, reject }: LateBatch): Batch[] {
    if (this.#isFull) {
      reject(upstreamUnavailable());
      return [];
    }
    const commands = gather();
    this.#inFlight += commands.length;
    return [{ commands, resolve, reject }];
  }

  #sendBatches(batches: readonly Batch[]): void {
    const commands = batches.flatMap((batch) => batch.commands);
    const sentAtMs = performance.now();
    this.#send(commands)
      .then((replies) => {
        const succeeded = !replies.some((reply) => reply instanceof CodedError);
        this.#onBatch?.(commands.length, performance.now() - sentAtMs, succeeded);
        let start = 0;
        for (const batch of batches) {
          batch.resolve(replies.slice(start, (start += batch.commands.length)));
        }
      })
      .catch((error: unknown) => {
        this.#onBatch?.(commands.length, performance.now() - sentAtMs, false);
        for (const batch of batches) batch.reject(upstreamUnavailable(error));
      })
      .finally(() => {
        this.#inFlight -= commands.length;
      });
  }

  async #send(commands: readonly Command[]): Promise<Reply[]> {
    const replies = await this.#sendOnce(commands).catch((error: unknown) => {
      // Reads may be repeated: a connection that was merely cut costs them a moment.
      if (error instanceof ConnectionLost) return this.#sendOnce(commands);
      throw error;
    });
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i];
      if (reply instanceof Error && isFailure(reply)) replies[i] = upstreamUnavailable(reply);
    }
    return replies;
  }

  async #sendOnce(commands: readonly Command[]): Promise<Reply[]> {
    if (!this.#presence.isThere) await this.#presence.untilThere();
    const sent = sendReads(this.#client, commands, this.#suspects, this.#timeoutMs);
    // What a lost connection left unanswered times out in ioredis later on, which makes nobody a suspect.
    const { replies, timedOut } = await this.#presence.orLost(sent);
    for (const node of timedOut) this.#suspects.add(node);
    return replies;
  }
}

function endOfPipeline(batches: readonly Batch[]): number {
  let commands = 0;
  const end = batches.findIndex((batch) => (commands += batch.commands.length) > PIPELINE_COMMANDS);
  return end < 0 ? batches.length : Math.max(1, end);
}
