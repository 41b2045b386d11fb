import { CodedError } from '../errors.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import type { FeedProduct, FeedSlice } from './feed.js';
import { boughtWith } from './boughtWith.js';
import type { FeedNeighbours, FeedViewer } from './feedNeighbours.js';
import type { CategoryFrom, Place } from './feedRules.js';
import type { FeedStore } from './feedStore.js';
import type { Viewed, ViewHistory } from './viewHistory.js';

/** Whom a feed is for and what it is about: that decides which keys the rules' places stand for. */
export interface FeedSubject {
  readonly viewer: FeedViewer;
  readonly about: string | undefined;
}

/** How much of each line's feed goes into the cart's (api.md, Types). */
const BOUGHT_WITH_CART = { lines: 10, members: 50 };

/** The places that the rules name, for one request. What several feeds of a query need is read once. */
export class FeedPlaces {
  readonly #stretches = new Map<string, Promise<FeedSlice>>();
  readonly #viewed = new Map<string, Promise<Viewed>>();
  readonly #isNew = new Map<string, Promise<boolean>>();
  readonly #slugs = new Map<string, Promise<string | null>>();
  /** A stretch that several feeds of the answer read has its faults counted once. */
  readonly #counted = new Set<FeedSlice>();
  #boughtWithCart: Promise<Viewed> | undefined;

  constructor(
    private readonly stores: { feeds: FeedStore; views: ViewHistory },
    private readonly neighbours: Pick<
      FeedNeighbours<FeedProduct>,
      'categoryOfProduct' | 'slugOfCategory' | 'cartProductIds'
    >,
    private readonly scope: ReadScope,
  ) {}

  /** A stretch of a place, null where there is no such key. Never rejects: a failed read is a slice that says so. */
  async read(
    place: Place,
    subject: FeedSubject,
    category: string | null,
    start: number,
    count: number,
  ): Promise<FeedSlice | null> {
    if (start === 0) this.#askBeside(place, subject.viewer, category, count);
    const whole = await this.#shortList(place, subject.viewer);
    if (whole !== undefined) return whole === null ? null : stretchOf(whole, start, count);
    const key = await this.#keyOf(place, subject, category);
    if (key === null) return null;
    const slice = await this.#stretch(key, start, count);
    this.#count(slice);
    return slice;
  }

  /** Where products stand in a place, null for those that do not. */
  async ranks(
    place: Place,
    subject: FeedSubject,
    category: string | null,
    ids: readonly string[],
  ): Promise<(number | null)[]> {
    const key = await this.#keyOf(place, subject, category);
    if (key !== null) return this.stores.feeds.ranks(key, ids, this.scope);
    const whole = await this.#shortList(place, subject.viewer);
    return ids.map((id) => {
      const rank = whole?.members.findIndex((member) => member.id === id) ?? -1;
      return rank < 0 ? null : rank;
    });
  }

  /** Begins to read the head of a product's feed. */
  readAhead(place: 'similar' | 'frequentlyBought', productId: string, count: number): void {
    void this.#stretch(keys[place](productId), 0, count);
  }

  async isNewUser({ userId }: FeedViewer): Promise<boolean> {
    return userId !== null && memoized(this.#isNew, userId, () => this.stores.views.isNewUser(userId, this.scope));
  }

  async category(from: CategoryFrom, { viewer, about }: FeedSubject): Promise<string | null> {
    if (from === 'argument') return about ?? null;
    if (from === 'product') return about === undefined ? null : this.#categoryOf(about);
    const viewed = await this.#viewedBy(viewer);
    const last = viewed?.members.find(({ id }) => id !== '');
    return last === undefined ? null : this.#categoryOf(last.id);
  }

  /** What the rules behind this place will want to know at once: asked beside it, it costs no round trip. */
  #askBeside(place: Place, viewer: FeedViewer, category: string | null, count: number): void {
    if (place === 'userPersonalized') void this.isNewUser(viewer);
    // A cold start begins with what a guest viewed last.
    if (place === 'session' && viewer.userId === null) void this.#viewedBy(viewer);
    if (place !== 'categoryTrendingById' || category === null) return;
    // A category's feed may stand under its slug.
    if (this.stores.feeds.peek(keys.categoryTrending(category), 0, count) === undefined) void this.#slugOf(category);
  }

  /** The places that are no key, but short enough to be known whole; undefined for all others. */
  async #shortList(place: Place, viewer: FeedViewer): Promise<Viewed | null | undefined> {
    if (place === 'recentlyViewed') return this.#viewedBy(viewer);
    return place === 'boughtWithCart' ? (this.#boughtWithCart ??= this.#readBoughtWithCart()) : undefined;
  }

  async #keyOf(
    place: Place,
    { viewer: { userId, sessionId }, about }: FeedSubject,
    category: string | null,
  ): Promise<string | null> {
    switch (place) {
      case 'userPersonalized':
        return userId === null ? null : keys.userPersonalized(userId);
      case 'userSession':
        return userId === null ? null : keys.userSessionFeed(userId);
      case 'session':
        return sessionId === null ? null : keys.sessionFeed(sessionId);
      case 'similar':
      case 'frequentlyBought':
        return about === undefined ? null : keys[place](about);
      case 'trending':
      case 'trendingProducts':
      case 'popular':
      case 'newArrivals':
        return keys[place]();
      case 'categoryTrendingById':
        return category === null ? null : keys.categoryTrending(category);
      case 'categoryTrendingBySlug': {
        const slug = category === null ? null : await this.#slugOf(category);
        return slug === null || slug === category ? null : keys.categoryTrending(slug);
      }
      case 'recentlyViewed':
      case 'boughtWithCart':
        return null;
    }
  }

  #stretch(key: string, start: number, count: number): Promise<FeedSlice> {
    return memoized(this.#stretches, `${key} ${start} ${count}`, () =>
      this.stores.feeds.read(key, start, count, this.scope),
    );
  }

  #count(slice: FeedSlice): void {
    if (slice.faults.length === 0 || this.#counted.has(slice)) return;
    this.#counted.add(slice);
    this.scope.addFaults(slice.faults);
  }

  /** A category that cannot be looked up is none: the next rule answers. */
  #categoryOf(productId: string): Promise<string | null> {
    return this.neighbours.categoryOfProduct(productId).catch(() => null);
  }

  #slugOf(categoryId: string): Promise<string | null> {
    return memoized(this.#slugs, categoryId, () => this.neighbours.slugOfCategory(categoryId).catch(() => null));
  }

  async #viewedBy({ userId, sessionId }: FeedViewer): Promise<Viewed | null> {
    if (userId !== null)
      return memoized(this.#viewed, `user:${userId}`, () => this.stores.views.ofUser(userId, this.scope));
    if (sessionId === null) return null;
    return memoized(this.#viewed, sessionId, () => this.stores.views.ofSession(sessionId, this.scope));
  }

  async #readBoughtWithCart(): Promise<Viewed> {
    try {
      const inCart = await this.neighbours.cartProductIds();
      const newest = [...new Set(inCart)].slice(0, BOUGHT_WITH_CART.lines);
      const slices = await Promise.all(
        newest.map((id) => this.#stretch(keys.frequentlyBought(id), 0, BOUGHT_WITH_CART.members)),
      );
      for (const slice of slices) this.#count(slice);
      return boughtWith(inCart, slices);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { members: [], ttlMs: Infinity, failed: true };
    }
  }
}

function stretchOf(whole: Viewed, start: number, count: number): FeedSlice {
  return {
    ...whole,
    members: whole.members.slice(start, start + count),
    hasMore: whole.members.length > start + count,
    faults: [],
  };
}

function memoized<T>(memo: Map<string, Promise<T>>, name: string, read: () => Promise<T>): Promise<T> {
  let value = memo.get(name);
  if (value === undefined) {
    value = read();
    // What is asked ahead may fail before anybody waits for it; whoever does hears of it from the promise itself.
    value.catch(() => undefined);
    memo.set(name, value);
  }
  return value;
}
