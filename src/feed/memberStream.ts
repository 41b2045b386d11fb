import type { FeedMember } from './feed.js';
import type { FeedPorts } from './feedPorts.js';
import type { RulePlace } from './feedRules.js';

/** A member on its way to the page: where it comes from, and where one stands after taking it. */
export interface StreamedMember {
  readonly member: FeedMember;
  /** Index of its key among the stream's places. */
  readonly turn: number;
  /** How much of each key is used up when this member is taken. */
  readonly offsets: readonly number[];
}

/** Where to go on: behind `anchor`, which stood last before `offsets[turn]`. */
export interface StreamStart {
  readonly offsets: readonly number[];
  readonly turn: number;
  readonly anchor: string;
}

/**
 * The members of a rule's keys in the order of the page: of one key, or of several taken in turn. Nothing is read
 * that was not asked for, and no key is ever read whole.
 */
export class MemberStream {
  readonly sources: readonly KeyReader[];
  #turn: number;

  constructor(
    places: readonly RulePlace[],
    category: string | null,
    ports: Pick<FeedPorts<never>, 'read' | 'ranks'>,
    start?: StreamStart,
  ) {
    this.sources = places.map(
      (place, index) =>
        new KeyReader(
          place,
          category,
          ports,
          start?.offsets[index] ?? 0,
          start?.turn === index ? start.anchor : undefined,
        ),
    );
    this.#turn = start === undefined ? 0 : (start.turn + 1) % places.length;
  }

  /** Up to `count` further members, from at most one read of each key. */
  async pull(count: number): Promise<StreamedMember[]> {
    await Promise.all(this.sources.map((source) => source.fill(count)));
    const pulled: StreamedMember[] = [];
    while (pulled.length < count) {
      const turn = this.#nextTurn();
      if (turn === undefined) break;
      const member = this.sources[turn]!.take();
      this.#turn = (turn + 1) % this.sources.length;
      pulled.push({ member, turn, offsets: this.sources.map((source) => source.offset) });
    }
    return pulled;
  }

  get hasMore(): boolean {
    return this.sources.some((source) => source.hasMore);
  }

  #nextTurn(): number | undefined {
    for (let step = 0; step < this.sources.length; step++) {
      const turn = (this.#turn + step) % this.sources.length;
      if (this.sources[turn]!.hasBuffered) return turn;
    }
    return undefined;
  }
}

/** Reads one key stretch by stretch. */
export class KeyReader {
  /** How many members were taken, from the start of the key. */
  offset: number;
  /** Undefined until read; null where there is no such key for this caller. */
  outcome: 'read' | 'failed' | null | undefined;
  ttlMs = Infinity;
  /** Whether the key gave any member. */
  hadMembers = false;
  #buffer: FeedMember[] = [];
  #next = 0;
  #keyHasMore = true;
  #anchor: string | undefined;

  constructor(
    readonly at: RulePlace,
    private readonly category: string | null,
    private readonly ports: Pick<FeedPorts<never>, 'read' | 'ranks'>,
    offset: number,
    anchor: string | undefined,
  ) {
    this.offset = offset;
    this.#anchor = anchor;
  }

  get hasBuffered(): boolean {
    return this.#next < this.#buffer.length;
  }

  get hasMore(): boolean {
    return this.hasBuffered || this.#keyHasMore;
  }

  take(): FeedMember {
    this.offset++;
    return this.#buffer[this.#next++]!;
  }

  /** Makes `count` members ready, as far as the key has them. */
  async fill(count: number): Promise<void> {
    const buffered = this.#buffer.length - this.#next;
    if (buffered >= count || !this.#keyHasMore) return;
    if (this.#anchor !== undefined) return this.#findAnchor(this.#anchor, count);
    await this.#read(this.offset + buffered, count - buffered);
  }

  /**
   * Goes on behind the anchor. While the data stand still it is found where it stood. Where it has moved its new
   * place counts, and where it is gone what stands in its place is next.
   */
  async #findAnchor(anchor: string, count: number): Promise<void> {
    this.#anchor = undefined;
    const place = Math.max(0, this.offset - 1);
    this.offset = place;
    await this.#read(place, count + 1);
    if (this.#buffer[0]?.id === anchor) {
      this.take();
      return;
    }
    if (this.outcome !== 'read') return;
    const [rank] = await this.ports.ranks(this.at.place, this.category, [anchor]);
    if (rank === null || rank === undefined) return;
    this.#buffer = [];
    this.#next = 0;
    this.offset = rank + 1;
    await this.#read(this.offset, count);
  }

  async #read(start: number, count: number): Promise<void> {
    const slice = await this.ports.read(this.at.place, this.category, start, count);
    if (slice === null || slice.failed === true) {
      this.outcome = slice === null ? null : 'failed';
      this.#keyHasMore = false;
      return;
    }
    this.outcome = 'read';
    this.ttlMs = slice.ttlMs;
    this.#keyHasMore = slice.hasMore;
    if (slice.members.length > 0) this.hadMembers = true;
    this.#buffer = [...this.#buffer.slice(this.#next), ...slice.members];
    this.#next = 0;
  }
}
