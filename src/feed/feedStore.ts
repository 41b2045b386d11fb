import { CodedError, upstreamUnavailable } from '../errors.js';
import type { CoherentCache } from '../redis/coherentCache.js';
import type { Command, CommandReader, Reply } from '../redis/commandRunner.js';
import { remainingMs, score, type DataFault } from '../redis/decode.js';
import { isProductId } from '../redis/ids.js';
import { keys, trackedPrefixes } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { UnsentReads } from '../redis/unsentReads.js';
import type { FeedMember, FeedSlice } from './feed.js';

/** The head of a feed, as far as somebody read it. */
interface FeedHead {
  readonly members: readonly FeedMember[];
  /** Whether that is all of the key. */
  readonly isWhole: boolean;
  /** On the monotonic clock; Infinity without a TTL. */
  readonly expiresAtMs: number;
  /** Whether a member is broken, which is rare. */
  readonly hasFaults: boolean;
}

/** Deeper pages are rare and not kept. */
const KEPT_HEAD_MAX = 200;
const MEMBER_BYTES = 100;

/**
 * Reads of the sorted sets of document B, and of `trending_products` of document A. Nothing here rejects: a feed that
 * cannot be read, or is of the wrong type, is a slice that says so, and the next rule answers.
 */
export class FeedStore {
  readonly #unsent: UnsentReads<FeedHead>;

  constructor(
    private readonly reader: CommandReader,
    private readonly cache: CoherentCache | undefined,
  ) {
    this.#unsent = new UnsentReads(reader);
  }

  /** The stretch, if this process knows it to be right now, without asking Redis. */
  peek(key: string, start: number, count: number): FeedSlice | undefined {
    if (!isKept(key)) return undefined;
    const head = this.cache?.get<FeedHead>(key);
    return head === undefined ? undefined : sliceOf(head, start, count);
  }

  /** Members `start` to `start + count`, best first. */
  async read(key: string, start: number, count: number, scope: ReadScope): Promise<FeedSlice> {
    const { cache } = this;
    if (cache === undefined || !isKept(key) || start + count > KEPT_HEAD_MAX) {
      const head = await this.#readHead(key, start, count, scope).catch(failure);
      return 'failed' in head ? head : { ...sliceOf(head, 0, count)!, hasMore: !head.isWhole };
    }
    const known = this.peek(key, start, count);
    if (known !== undefined) return known;
    const flight = cache.inFlight<FeedHead>(key);
    const joined = flight && (await scope.deadline.race(flight).catch(() => undefined));
    const slice = joined === undefined ? undefined : sliceOf(joined, start, count);
    return slice ?? this.#readKept(key, start, count, scope, cache);
  }

  /** Where products stand in a feed, null for those that do not or where it cannot be told. */
  async ranks(key: string, ids: readonly string[], scope: ReadScope): Promise<(number | null)[]> {
    const commands = ids.map((id): Command => ['zrevrank', key, id]);
    const replies = await this.reader.read(commands, scope.deadline).catch((): Reply[] => []);
    return ids.map((_, index) => (typeof replies[index] === 'number' ? replies[index] : null));
  }

  /** Reads from the start of the key, so that the next page, or a longer one, finds it here. */
  async #readKept(
    key: string,
    start: number,
    count: number,
    scope: ReadScope,
    cache: CoherentCache,
  ): Promise<FeedSlice> {
    const askedAtMs = performance.now();
    const ticket = isTracked(key) ? cache.begin(key, askedAtMs) : cache.beginHold(key, askedAtMs);
    try {
      const head = await this.#readHead(key, 0, start + count, scope);
      const bytes = MEMBER_BYTES * (head.members.length + 1);
      cache.store(ticket, { value: head, ttlMs: head.expiresAtMs - askedAtMs, bytes });
      return sliceOf(head, start, count)!;
    } catch (error) {
      cache.abandon(ticket, error as Error);
      return (error instanceof CodedError && this.#stale(key, start, count, scope)) || failure(error);
    }
  }

  /** @throws UPSTREAM_UNAVAILABLE, or BrokenFeed where the key is no sorted set. */
  async #readHead(key: string, start: number, count: number, { deadline }: ReadScope): Promise<FeedHead> {
    if (deadline.isOver) throw upstreamUnavailable();
    const askedAtMs = performance.now();
    const commands: Command[] = [
      // One member more than asked for tells whether there is more.
      ['zrevrange', key, start, start + count, 'WITHSCORES'],
      ['pttl', key],
    ];
    const head = this.#unsent.join(`${key} ${start} ${count}`, commands, ([range, ttl]) =>
      headOf(range, ttl, count, askedAtMs),
    );
    return deadline.race(head);
  }

  #stale(key: string, start: number, count: number, scope: ReadScope): FeedSlice | undefined {
    const head = this.cache?.getStale<FeedHead>(key);
    const slice = head === undefined ? undefined : sliceOf(head, start, count);
    if (slice !== undefined) scope.isStale = true;
    return slice;
  }
}

class BrokenFeed extends Error {}

function headOf(range: Reply, ttl: Reply, count: number, askedAtMs: number): FeedHead {
  if (range instanceof CodedError) throw range;
  if (!Array.isArray(range)) throw new BrokenFeed();
  const faults: DataFault[] = [];
  const members = membersOf(range as string[], faults);
  return {
    members,
    isWhole: members.length <= count,
    expiresAtMs: askedAtMs + remainingMs(ttl, members.length > 0),
    hasFaults: faults.length > 0,
  };
}

const isTracked = (key: string): boolean => trackedPrefixes.some((prefix) => key.startsWith(prefix));
const isKept = (key: string): boolean => isTracked(key) || key === keys.trendingProducts();

/** What a failed read answers; an error that is none of Redis' goes on. */
function failure(error: unknown): FeedSlice & { failed: true } {
  if (!(error instanceof CodedError) && !(error instanceof BrokenFeed)) throw error;
  const faults: DataFault[] = error instanceof BrokenFeed ? ['WRONG_TYPE'] : [];
  return { members: [], hasMore: false, ttlMs: Infinity, failed: true, faults };
}

function membersOf(range: readonly string[], faults: DataFault[]): FeedMember[] {
  const members: FeedMember[] = [];
  for (let i = 0; i + 1 < range.length; i += 2) members.push(decodeMember(range[i]!, range[i + 1]!, faults));
  return members;
}

/** A member of any sorted set of products; with the empty id where it cannot be one. */
export function decodeMember(id: string, scoreText: string, faults: DataFault[]): FeedMember {
  const member = { id: isProductId(id) ? id : '', score: score(scoreText) };
  faults.push(...faultsOf(member));
  return member;
}

function faultsOf({ id, score: value }: FeedMember): DataFault[] {
  const faults: DataFault[] = [];
  if (id === '') faults.push('INVALID_ID');
  if (value === null) faults.push('INVALID_SCORE');
  return faults;
}

/** The stretch out of a head, undefined where the head does not reach so far. */
function sliceOf(head: FeedHead, start: number, count: number): FeedSlice | undefined {
  const end = start + count;
  const members = head.members.slice(start, end);
  // Of a head that goes on, one member behind the stretch must be known, to tell that there is more.
  if (!head.isWhole && head.members.length <= end) return undefined;
  return {
    members,
    hasMore: head.members.length > end,
    ttlMs: Math.max(0, head.expiresAtMs - performance.now()),
    faults: head.hasFaults ? members.flatMap(faultsOf) : [],
  };
}
