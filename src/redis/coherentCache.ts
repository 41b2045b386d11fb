import { LRUCache } from 'lru-cache';
import { Flight, Flights } from './flights.js';
import type { FetchTicket } from './flights.js';

export type { FetchTicket } from './flights.js';

/** What a read of Redis brought. `value` is anything but undefined; null may stand for an absent key. */
export interface Fetched<V> {
  readonly value: V;
  /**
   * What is left of the keys' lives: the least of their PTTLs. Infinity is no expiry, which also fits an absent key,
   * for its creation is announced like any other change. 0 or less: not to be kept.
   */
  readonly ttlMs: number;
  /** Rough size, for the byte limit; the key and the bookkeeping are added here. */
  readonly bytes: number;
}

export interface CoherentCacheOptions {
  /** The limit for all entries together; 0 keeps nothing. */
  readonly maxBytes: number;
  /** How long after a loss of tracking what was known then may still be served as stale. */
  readonly staleMs: number;
  /** Names the entry that depends on a Redis key, where they differ: `hot_product:X` → `product:X`. */
  readonly entryKeyFor?: (redisKey: string) => string;
  /** The monotonic clock, in ms. Default: performance.now. */
  readonly now?: () => number;
}

export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  readonly staleHits: number;
  /** Redis keys announced as changed, whether they were cached or not. */
  readonly invalidations: number;
  /** Reads that were not kept: their key changed on the way, or tracking was off or lost. */
  readonly discarded: number;
  readonly trackingLosses: number;
  readonly tracking: boolean;
  readonly entries: number;
  readonly bytes: number;
}

/** An untracked value is held for this long at most. */
export const HOLD_MS = 1_000;

/** To move an entry to the head of the LRU list takes longer than to find it, so each is moved this often at most. */
const USE_NOTED_EVERY_MS = 1_000;

/** What an entry costs beside its value and key: its own object and the slots of the LRU list, roughly. */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * Decoded values of Redis keys in this process, dropped as soon as Redis announces that a key changed.
 *
 * An entry is served only while tracking is on (CacheTracker sees to that) and until the key's own expiry, which Redis
 * hardly announces and which is therefore counted here, on the monotonic clock, from the moment of asking.
 */
export class CoherentCache {
  private readonly entries: LRUCache<string, Entry>;
  private readonly flights = new Flights();
  private readonly staleMs: number;
  private readonly entryKeyFor: (redisKey: string) => string;
  private readonly now: () => number;
  private tracking = false;
  private era: Era = { lostAtMs: Infinity };
  private readonly counts = { hits: 0, misses: 0, staleHits: 0, invalidations: 0, discarded: 0, trackingLosses: 0 };

  constructor(options: CoherentCacheOptions) {
    this.entries = new LRUCache({ maxSize: Math.max(1, Math.floor(options.maxBytes)) });
    this.staleMs = options.staleMs;
    this.entryKeyFor = options.entryKeyFor ?? ((redisKey) => redisKey);
    this.now = options.now ?? (() => performance.now());
  }

  /** The coherent value, or undefined. A batch may read the clock once and pass it along. */
  get<V>(entryKey: string, atMs = this.now()): V | undefined {
    const entry = this.entries.peek(entryKey);
    if (entry === undefined || !this.isCoherent(entry, atMs)) {
      this.counts.misses++;
      return undefined;
    }
    this.counts.hits++;
    if (atMs - entry.usedAtMs > USE_NOTED_EVERY_MS) {
      entry.usedAtMs = atMs;
      this.entries.get(entryKey);
    }
    return entry.value as V;
  }

  /**
   * What was known when tracking was lost, for when Redis does not answer. Undefined while tracking is on, when the
   * loss is `staleMs` ago, and for what had expired before the loss.
   */
  getStale<V>(entryKey: string): V | undefined {
    if (this.tracking) return undefined;
    const entry = this.entries.get(entryKey);
    if (entry === undefined || entry.era === this.era) return undefined;
    const { lostAtMs } = entry.era;
    // A held value was known to be right only while it was held.
    const knownUntilMs = Math.min(lostAtMs, entry.expiresAtMs);
    if (entry.keyExpiresAtMs <= lostAtMs || this.now() >= knownUntilMs + this.staleMs) return undefined;
    this.counts.staleHits++;
    return entry.value as V;
  }

  /** A read of this entry that is on its way and whose answer is still good for someone who asks now. */
  inFlight<V>(entryKey: string): Promise<V> | undefined {
    return this.flights.latest(entryKey)?.join() as Promise<V> | undefined;
  }

  /** Registers a read of tracked keys; call it before sending. While tracking is off nobody joins it and nothing keeps it. */
  begin(entryKey: string, atMs = this.now()): FetchTicket {
    if (this.tracking) return this.flights.add(entryKey, atMs, false);
    const alone = new Flight(entryKey, atMs, false);
    alone.dirty = true;
    return alone;
  }

  /** The same for an untracked key, one that changes too often to be announced: held for HOLD_MS, tracking or not. */
  beginHold(entryKey: string, atMs = this.now()): FetchTicket {
    return this.flights.add(entryKey, atMs, true);
  }

  /**
   * Ends a read: who joined it gets the value, and it is kept unless something overtook it. It replaces the entry: a
   * caller that fetched other fields than the entry has merges them first (a `get` at this moment is as fresh).
   */
  store<V>(ticket: FetchTicket, { value, ttlMs, bytes }: Fetched<V>): void {
    const flight = this.ended(ticket);
    flight.resolve(value);
    if (flight.dirty) {
      this.counts.discarded++;
      return;
    }
    flight.dirty = true;
    const { entryKey, askedAtMs, held } = flight;
    const expiresAtMs = askedAtMs + (held ? Math.min(ttlMs, HOLD_MS) : ttlMs);
    if (expiresAtMs <= this.now()) return;
    const size = Math.ceil(bytes) + 2 * entryKey.length + ENTRY_OVERHEAD_BYTES;
    this.entries.set(
      entryKey,
      { value, expiresAtMs, keyExpiresAtMs: askedAtMs + ttlMs, held, era: this.era, usedAtMs: askedAtMs },
      { size },
    );
  }

  /** Ends a read that failed; who joined it fails with the same reason. */
  abandon(ticket: FetchTicket, reason: Error = new Error(`the read of ${ticket.entryKey} was given up`)): void {
    this.ended(ticket).reject(reason);
  }

  /** Drops what depends on these Redis keys. Null, as FLUSHALL and FLUSHDB are announced, is all of them. */
  invalidate(redisKeys: readonly string[] | null): void {
    if (redisKeys === null) {
      this.counts.invalidations++;
      this.entries.clear();
      this.flights.overtakeAll();
      return;
    }
    this.counts.invalidations += redisKeys.length;
    for (const redisKey of redisKeys) {
      const entryKey = this.entryKeyFor(redisKey);
      this.entries.delete(entryKey);
      this.flights.overtake(entryKey);
    }
  }

  /** From here on nothing is coherent; what is kept may only be served as stale. Safe to repeat. */
  trackingLost(): void {
    if (!this.tracking) return;
    this.tracking = false;
    this.counts.trackingLosses++;
    this.era.lostAtMs = this.now();
    this.era = { lostAtMs: Infinity };
    this.flights.overtakeAll((flight) => !flight.held);
  }

  /** From here on every change is announced. */
  trackingReady(): void {
    this.tracking = true;
  }

  /**
   * Changes whenever something that a value could depend on may have changed; undefined while tracking is off. What
   * was worked out from coherent entries stays right for as long as it stands still (and they have not expired).
   */
  get generation(): number | undefined {
    return this.tracking ? this.counts.invalidations + this.counts.trackingLosses : undefined;
  }

  get stats(): CacheStats {
    const { size: entries, calculatedSize: bytes } = this.entries;
    return { ...this.counts, tracking: this.tracking, entries, bytes };
  }

  private isCoherent(entry: Entry, atMs: number): boolean {
    return atMs < entry.expiresAtMs && (entry.held || (this.tracking && entry.era === this.era));
  }

  private ended(ticket: FetchTicket): Flight {
    if (!(ticket instanceof Flight)) throw new TypeError('a ticket that no cache gave out');
    this.flights.remove(ticket);
    return ticket;
  }
}

/** The time between two losses of tracking. Entries point to theirs, so that a loss need not touch each of them. */
interface Era {
  lostAtMs: number;
}

interface Entry {
  readonly value: unknown;
  readonly expiresAtMs: number;
  /** Later than `expiresAtMs` where the value is merely held. */
  readonly keyExpiresAtMs: number;
  readonly held: boolean;
  readonly era: Era;
  /** When it was last moved to the head of the LRU list. */
  usedAtMs: number;
}
