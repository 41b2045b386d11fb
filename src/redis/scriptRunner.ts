import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, upstreamUnavailable } from '../errors.js';
import type { RedisClient } from './client.js';
import type { Deadline } from './deadline.js';
import { ScriptPipelines, type Script, type ScriptAttempt, type ScriptCall } from './scriptPipelines.js';

export type { Script, ScriptCall };

/**
 * Reads a script. Build and tests both find it beside this file.
 * @param options.flags of the `#!lua` line, for a script that is used with and without them.
 */
export function defineScript(name: string, { keys, flags }: { keys: number; flags?: 'allow-oom' }): Script {
  const written = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
  const text = flags === undefined ? written : written.replace(/^#!lua$/m, `#!lua flags=${flags}`);
  return { name, keyCount: keys, text, sha1: createHash('sha1').update(text).digest('hex') };
}

export interface ScriptRunnerOptions {
  /** Beyond so many scripts without an answer, further ones are refused at once. */
  readonly maxQueuedCommands: number;
  /** How many replicas must have a change before it is acknowledged; 0 asks none. */
  readonly waitReplicas: number;
  readonly waitTimeoutMs: number;
}

/** A node that failed for so long is given up at once; what is shorter, such as a reconnect, is waited out. */
const BLIP_MS = 400;
const FORGOTTEN_MS = 1_000;
const RETRY_DELAY_MS = { first: 15, max: 80 };

/**
 * Sends writes to Redis, each of them one script.
 *
 * A write whose answer was lost may have been carried out, so ioredis must not resend it (`autoResendUnfulfilledCommands`
 * is off). This class sends it again itself, with the same arguments, until it is answered or the deadline is over.
 * Every script therefore has to be harmless when it runs twice: it sets what it sets, or it remembers an operation id.
 */
export class ScriptRunner {
  #pipelines: ScriptPipelines;
  #maxQueued: number;
  #queued = 0;
  /** Since when each node has failed, and when it last did, on the monotonic clock. */
  #failing = new Map<string, { sinceMs: number; lastMs: number }>();

  /** `client` is the runner's own: what it sends must come back in order, and WAIT counts one connection's writes. */
  constructor(client: RedisClient, options: ScriptRunnerOptions) {
    this.#pipelines = new ScriptPipelines(client, options);
    this.#maxQueued = options.maxQueuedCommands;
  }

  /**
   * Runs a script once, in effect, and answers its reply.
   * @throws UPSTREAM_UNAVAILABLE where it is not known whether it ran: safe to repeat with the same arguments.
   */
  async run(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    deadline: Deadline,
  ): Promise<unknown> {
    if (keys.length !== script.keyCount) throw new Error(`${script.name} takes ${script.keyCount} keys`);
    if (deadline.isOver || this.#queued >= this.#maxQueued) throw upstreamUnavailable();
    this.#queued++;
    try {
      return await deadline.race(this.#untilAnswered({ script, keys, args }, deadline));
    } finally {
      this.#queued--;
    }
  }

  /** The same for several, side by side; each settles by itself, and all travel together. */
  runMany(calls: readonly ScriptCall[], deadline: Deadline): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(calls.map(({ script, keys, args }) => this.run(script, keys, args, deadline)));
  }

  async #untilAnswered(call: ScriptCall, deadline: Deadline): Promise<unknown> {
    const attempt: ScriptAttempt = { ...call, withText: false, node: undefined, asking: false };
    for (let delayMs = RETRY_DELAY_MS.first; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MS.max)) {
      const { reply, node } = await this.#pipelines.send(attempt);
      if (!(reply instanceof Error)) {
        this.#failing.delete(node);
        return reply;
      }
      if (isOwnFault(reply)) throw reply;
      if (deadline.isOver || !isRetriable(reply) || this.#failsForLong(node, reply)) throw upstreamUnavailable(reply);
      follow(attempt, reply);
      if (!/^(NOSCRIPT|MOVED|ASK) /.test(reply.message)) await sleep(delayMs * (0.5 + Math.random()));
    }
  }

  /** Notes the failure. Whether the node has failed for so long by now that nobody need wait for it. */
  #failsForLong(node: string, error: Error): boolean {
    if (error.name === 'ReplyError') return false;
    const now = performance.now();
    const known = this.#failing.get(node);
    // A failure of some time ago, after which nothing was written, says nothing of now.
    const sinceMs = known !== undefined && now - known.lastMs < FORGOTTEN_MS ? known.sinceMs : now;
    this.#failing.set(node, { sinceMs, lastMs: now });
    return now - sinceMs > BLIP_MS;
  }
}

/** Makes the next attempt go where, and in the form that, Redis asked for. */
function follow(attempt: ScriptAttempt, { message }: Error): void {
  const [, word, , node] = /^(MOVED|ASK) (\d+) (\S+)/.exec(message) ?? [];
  if (message.startsWith('NOSCRIPT')) attempt.withText = true;
  // A half-migrated slot says TRYAGAIN on either side: the owner knows best, so begin there again.
  else {
    attempt.node = node;
    attempt.asking = word === 'ASK';
  }
}

/** Said before the script began, so that it may run once the cause has gone. */
const PASSING = /^(NOSCRIPT|TRYAGAIN|ASK|MOVED|CLUSTERDOWN|LOADING|READONLY|MASTERDOWN|NOREPLICAS|BUSY)\b/;
/** Redis will not take this write, now or in a second. */
const LASTING = /^(OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM|UNKILLABLE)\b/;

/** Anything but Redis' own word is a lost connection or a timeout. */
const isRetriable = (error: Error): boolean =>
  !(error instanceof CodedError) && (error.name !== 'ReplyError' || PASSING.test(error.message));

/** An error raised by the script itself: to mend here, not in Redis. */
const isOwnFault = (error: Error): boolean =>
  error.name === 'ReplyError' && !PASSING.test(error.message) && !LASTING.test(error.message);
