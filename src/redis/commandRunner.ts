import calculateSlot from 'cluster-key-slot';
import { Cluster, Redis } from 'ioredis';
import { CodedError, upstreamUnavailable } from '../errors.js';
import type { RedisClient } from './client.js';
import type { Deadline } from './deadline.js';

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
}

export interface CommandRunnerOptions {
  /** Beyond so many commands without an answer, further ones are refused at once. */
  maxQueuedCommands: number;
  /** How long Redis has to answer `PING` when it is suspected to hang, and how often it is asked. */
  probeIntervalMs?: number;
  /** Told of each pipeline, for the metrics. */
  onBatch?: (commands: number, durationMs: number, succeeded: boolean) => void;
}

interface Batch {
  commands: readonly Command[];
  resolve: (replies: Reply[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Sends reads to Redis. All that is asked for within one turn of the event loop, by whichever requests, travels as
 * one pipeline (on a Cluster: one a node), so a request makes as many round trips as it has dependent steps.
 *
 * It also keeps a dead Redis from holding requests. Once a command has timed out, Redis is *suspected*: further
 * commands fail at once, while a `PING` every `probeIntervalMs` finds out when it is back. Without this each of a
 * request's four dependent steps would wait for its own timeout.
 */
export class CommandRunner implements CommandReader {
  #client: RedisClient;
  #maxQueuedCommands: number;
  #probeIntervalMs: number;
  #waiting: Batch[] = [];
  #inFlight = 0;
  #suspected = false;
  #probeTimer: NodeJS.Timeout | undefined;
  #onBatch: CommandRunnerOptions['onBatch'];

  constructor(client: RedisClient, options: CommandRunnerOptions) {
    this.#client = client;
    this.#maxQueuedCommands = options.maxQueuedCommands;
    this.#probeIntervalMs = options.probeIntervalMs ?? 100;
    this.#onBatch = options.onBatch;
  }

  /** Whether Redis answers, as far as is known. */
  get isAvailable(): boolean {
    return !this.#suspected && this.#client.status === 'ready';
  }

  read(commands: readonly Command[], deadline?: Deadline): Promise<Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    if (this.#suspected || this.#inFlight >= this.#maxQueuedCommands) return Promise.reject(upstreamUnavailable());
    if (deadline?.isOver === true) return Promise.reject(upstreamUnavailable());
    this.#inFlight += commands.length;
    const replies = new Promise<Reply[]>((resolve, reject) => {
      this.#waiting.push({ commands, resolve, reject });
      // `setImmediate` runs after all sockets of this turn were read: what other requests ask for joins the pipeline.
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
    return deadline ? deadline.race(replies) : replies;
  }

  /** Stops probing; commands under way settle by their own timeout. */
  close(): void {
    clearTimeout(this.#probeTimer);
  }

  #flush(): void {
    const batches = this.#waiting;
    this.#waiting = [];
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
    const client = this.#client;
    const replies = client instanceof Redis ? await pipeline(client, commands) : await perNode(client, commands);
    let timedOut = false;
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i];
      if (!(reply instanceof Error)) continue;
      if (isTimeout(reply)) timedOut = true;
      if (isFailure(reply)) replies[i] = upstreamUnavailable(reply);
    }
    if (timedOut) this.#suspect();
    return replies;
  }

  #suspect(): void {
    if (this.#suspected) return;
    this.#suspected = true;
    const probe = () => {
      this.#client.ping().then(
        () => (this.#suspected = false),
        () => (this.#probeTimer = setTimeout(probe, this.#probeIntervalMs)),
      );
    };
    probe();
  }
}

async function pipeline(client: RedisClient, commands: readonly Command[]): Promise<Reply[]> {
  const results = await client.pipeline(commands as unknown as unknown[][]).exec();
  if (results === null) throw new Error('The pipeline was discarded.');
  return results.map(([error, value]) => error ?? value);
}

/**
 * A Cluster takes a pipeline only where all its keys live on one node, so commands are grouped by the node that
 * owns their slot. What a node refuses because a slot moved meanwhile is asked again alone: ioredis follows
 * redirections for single commands.
 */
async function perNode(cluster: Cluster, commands: readonly Command[]): Promise<Reply[]> {
  const groups = new Map<string, number[]>();
  commands.forEach(([, key], index) => {
    const node = cluster.slots[calculateSlot(key)]?.[0] ?? '';
    const group = groups.get(node);
    if (group) group.push(index);
    else groups.set(node, [index]);
  });
  const replies = new Array<Reply>(commands.length);
  await Promise.all(
    [...groups.values()].map(async (indexes) => {
      const answers = await pipeline(
        cluster,
        indexes.map((index) => commands[index]!),
      ).catch((error: unknown) => indexes.map(() => error));
      await Promise.all(
        indexes.map(async (index, position) => {
          const answer = answers[position];
          replies[index] = isRedirection(answer) ? await alone(cluster, commands[index]!) : answer;
        }),
      );
    }),
  );
  return replies;
}

async function alone(cluster: Cluster, [name, ...args]: Command): Promise<Reply> {
  return cluster.call(name, ...args).catch((error: unknown) => error);
}

const isRedirection = (reply: Reply): boolean =>
  reply instanceof Error &&
  (/^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)/.test(reply.message) || reply.message.startsWith('All keys in the pipeline'));

const isTimeout = (error: Error): boolean => error.message === 'Command timed out';

/** What Redis says where it cannot do a command at all, whatever the key holds. */
const CANNOT_ANSWER =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|NOAUTH|WRONGPASS|NOPERM|MISCONF|TRYAGAIN|MOVED|ASK|READONLY|OOM|UNKILLABLE)/;

const isFailure = (error: Error): boolean => error.name !== 'ReplyError' || CANNOT_ANSWER.test(error.message);
