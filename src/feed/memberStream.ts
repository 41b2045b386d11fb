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
 * So many members more than a page needs are read along with it: where products are missing, the page is filled from
 * them, and costs one round trip more instead of two (R11).
 */
export const SPARE_MEMBERS = 10;

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

  /** Up to `count` further members, from at most one read of each key; fewer where that makes a read needless. */
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

  /** Begins to read what the next `pull` of so many will need. */
  readAhead(count: number): void {
    for (const source of this.sources) source.readAhead(count);
  }

  get hasMore(): boolean {
    return this.sources.some((source) => source.hasMore);
  }

  #nextTurn(): number | undefined {
    for (let step = 0; step < this.sources.length; step++) {
      const turn = (this.#turn + step) % this.sources.length;
      const source = this.sources[turn]!;
      if (source.hasBuffered) return turn;
      // It is this key's turn, and what comes is not known yet.
      if (source.hasMore) return undefined;
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
  /** Whether the key gave any member, the anchor among them. */
  hadMembers = false;
  /** Whether it gave any member behind the anchor. */
  hadFurther = false;
  #buffer: FeedMember[] = [];
  #next = 0;
  #keyHasMore = true;
  #anchor: string | undefined;
  #reading: Promise<void> | undefined;

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

  /** Makes members ready where none is: `count`, as far as the key has them, and some to spare. */
  async fill(count: number): Promise<void> {
    await this.#reading;
    if (this.hasBuffered || !this.#keyHasMore) return;
    if (this.#anchor !== undefined) await this.#findAnchor(this.#anchor, count + SPARE_MEMBERS);
    else await this.#read(this.offset, count + SPARE_MEMBERS);
    this.hadFurther ||= this.hasBuffered;
  }

  /** Begins to read behind what is ready, unless that is enough. */
  readAhead(count: number): void {
    const ready = this.#buffer.length - this.#next;
    if (ready >= count || !this.#keyHasMore) return;
    this.#reading = this.#read(this.offset + ready, count - ready);
    // `fill` waits for it and throws what it threw; a page that is full by then never does.
    this.#reading.catch(() => undefined);
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
