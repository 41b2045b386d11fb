import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Deadline } from '../redis/deadline.js';
import { keys } from '../redis/keyspace.js';
import { defineScript, type ScriptRunner } from '../redis/scriptRunner.js';
import { limitedAddress } from './callerAddress.js';
import { RateBucket, type Standing } from './rateBucket.js';

/** Whom a request counts for. */
export interface LimitedCaller {
  /** The session's token, where one came that could be one; whether it is good need not be known yet. */
  readonly token: string | undefined;
  readonly address: string;
}

export interface RateLimiterOptions {
  scripts: Pick<ScriptRunner, 'run'>;
  /** Cost that a session may spend in a window. */
  sessionCost: number;
  /** Cost that an address may spend in a window, with sessions and without. */
  addressCost: number;
  windowSeconds: number;
  /** Told once when Redis cannot be told any more; until it can again, each process limits by what it knows itself. */
  onLost?: (error: unknown) => void;
  /** The monotonic clock, in milliseconds. */
  now?: () => number;
}

/**
 * Limits by cost, per session and per address, over all gateways of the shop.
 *
 * A request is judged by what this process knows and waits for nobody. Redis is told beside the requests, and only
 * when a caller has spent a twentieth of its limit since: whoever stays below that costs Redis nothing. So a caller
 * who is served by N gateways may spend N twentieths too much, and never more than that without Redis hearing of it.
 */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #buckets = new LRUCache<string, RateBucket>({ max: MAX_BUCKETS });
  readonly #gatewayId = randomBytes(6).toString('base64url');
  readonly #now: () => number;
  #lostUntilMs = 0;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The caller's tightest standing; books nothing. */
  standing(caller: LimitedCaller): Standing {
    return tightest(this.#bucketsOf(caller).map((bucket) => bucket.standing(this.#now())));
  }

  /**
   * Books a request. The last one of a window may cost more than what is left: a caller with anything left is served.
   * @returns the standing afterwards, and whether the request may run; where not, nothing was booked.
   */
  spend(caller: LimitedCaller, cost: number): Standing & { isAllowed: boolean } {
    const buckets = this.#bucketsOf(caller);
    const now = this.#now();
    const before = tightest(buckets.map((bucket) => bucket.standing(now)));
    if (before.remaining <= 0) return { ...before, isAllowed: false };
    for (const bucket of buckets) this.#book(bucket, cost, now);
    return { ...tightest(buckets.map((bucket) => bucket.standing(now))), isAllowed: true };
  }

  /** Books on an address what it has caused already: a refused document, a guessed token. */
  charge(address: string, cost: number): void {
    this.#book(this.#addressBucket(address), cost, this.#now());
  }

  #bucketsOf({ token, address }: LimitedCaller): RateBucket[] {
    const ofAddress = this.#addressBucket(address);
    return token === undefined ? [ofAddress] : [this.#bucket('session', token, this.#options.sessionCost), ofAddress];
  }

  #addressBucket(address: string): RateBucket {
    return this.#bucket('address', limitedAddress(address), this.#options.addressCost);
  }

  #bucket(kind: string, whose: string, limit: number): RateBucket {
    const id = `${kind}:${whose}`;
    let bucket = this.#buckets.get(id);
    if (bucket === undefined) {
      bucket = new RateBucket(id, limit, this.#options.windowSeconds * 1_000);
      this.#buckets.set(id, bucket);
    }
    return bucket;
  }

  #book(bucket: RateBucket, cost: number, now: number): void {
    bucket.spend(cost, now);
    const isDue = bucket.unsettled * TELL_AT_SHARE >= bucket.standing(now).limit;
    if (isDue && !bucket.isSettling && now >= this.#lostUntilMs) void this.#settle(bucket);
  }

  /** Never rejects: a limit that cannot be shared is still a limit. */
  async #settle(bucket: RateBucket): Promise<void> {
    bucket.isSettling = true;
    const { window, spent, leftMs } = bucket.statement(this.#now());
    const deadline = new Deadline(SETTLE_WITHIN_MS);
    try {
      const key = keys.rateLimit(keyNameOf(bucket.name));
      const reply = await this.#options.scripts.run(settle, [key], [this.#gatewayId, spent, leftMs], deadline);
      const [total, msToEnd] = reply as [number, number];
      bucket.settled(window, spent, total, msToEnd, this.#now());
      this.#lostUntilMs = 0;
    } catch (error) {
      if (this.#lostUntilMs === 0) this.#options.onLost?.(error);
      this.#lostUntilMs = this.#now() + RETRY_AFTER_MS;
    } finally {
      deadline.clear();
      bucket.isSettling = false;
    }
  }
}

const settle = defineScript('rateLimitSettle', { keys: 1 });

/** Some 300 bytes each. Who is forgotten here is known to Redis but for a twentieth of the limit. */
const MAX_BUCKETS = 50_000;
/** Redis is told when a caller has spent this part of its limit: one twentieth. */
const TELL_AT_SHARE = 20;
const SETTLE_WITHIN_MS = 1_000;
const RETRY_AFTER_MS = 1_000;

const tightest = ([first, ...others]: Standing[]): Standing =>
  others.reduce((least, standing) => (standing.remaining < least.remaining ? standing : least), first!);

/** `session:` or `address:` and a digest: neither tokens nor addresses stand in a key. */
function keyNameOf(bucketName: string): string {
  const kind = bucketName.slice(0, bucketName.indexOf(':'));
  return `${kind}:${createHash('sha256').update(bucketName).digest('base64url').slice(0, 22)}`;
}
