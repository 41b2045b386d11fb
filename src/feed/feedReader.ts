import { badUserInput, upstreamUnavailable } from '../errors.js';
import { requireCategoryId, requireProductId } from '../redis/ids.js';
import { keys } from '../redis/keyspace.js';
import type { DerivedCache } from '../redis/derivedCache.js';
import type { ReadScope } from '../redis/readScope.js';
import { decodeCursor } from './cursor.js';
import type { FeedMember, FeedName, FeedPage, FeedProduct, FeedSlice } from './feed.js';
import type { FeedPorts } from './feedPorts.js';
import type { FeedQuery } from './feedQuery.js';
import type { FeedRequest } from './feedRequest.js';
import { feedRules, type Audience, type CategoryFrom, type Place } from './feedRules.js';
import type { FeedStore } from './feedStore.js';
import { assessHealth, type RecommendationHealth } from './health.js';
import type { HealthStore } from './healthStore.js';
import { SPARE_MEMBERS } from './memberStream.js';
import { resolveFeed } from './resolveFeed.js';
import type { Viewed, ViewHistory } from './viewHistory.js';

/** Who a feed is for: the caller's session, or a user that a service names. */
export interface FeedViewer {
  readonly userId: string | null;
  readonly sessionId: string | null;
}

/** The stores that all requests share. */
export interface FeedStores<P extends FeedProduct> {
  readonly feeds: FeedStore;
  readonly views: ViewHistory;
  readonly health: HealthStore;
  /** Whole pages of public feeds; undefined where the in-process cache is off. */
  readonly pages: DerivedCache<FeedPage<P>> | undefined;
}

/** What feeds need of the other features, for one request. */
export interface FeedNeighbours<P extends FeedProduct> {
  products(ids: readonly string[], fields: number): (P | null)[] | Promise<(P | null | Error)[]>;
  /** When the first of them expires, on the monotonic clock; undefined unless all are in the in-process cache. */
  productsExpireAt(ids: readonly string[], fields: number): number | undefined;
  /** The category of a product, null where unknown. */
  categoryOfProduct(productId: string): Promise<string | null>;
  /** The slug of a category, null where it has none. */
  slugOfCategory(categoryId: string): Promise<string | null>;
  /** The caller's session. @throws UPSTREAM_UNAVAILABLE */
  viewer(): Promise<FeedViewer>;
  /** The products in the caller's cart, newest line first. */
  cartProductIds(): Promise<readonly string[]>;
  setPrivate(): void;
  /** The answer holds feed data that live so long, in milliseconds. */
  noteTtl(ttlMs: number): void;
  /** For the metrics: which rule answered a feed. */
  onAnswer?(feed: FeedName, source: string, isFallback: boolean): void;
}

const DEFAULT_FIRST = 10;
const MAX_FIRST = 100;
const MAX_EXCLUDED = 100;
/** An answer from a fallback, or an empty one, is asked for again sooner (api.md, HTTP). */
const FALLBACK_MAX_AGE_MS = 30_000;
/** Rough sizes of a kept page, for the byte limit. */
const PAGE_BYTES = 500;
const EDGE_BYTES = 500;
/** How much of each line's feed goes into the cart's (api.md, Types). */
const BOUGHT_WITH_CART = { lines: 10, members: 50 };

/** The feeds that depend on who asks. */
const PERSONAL: ReadonlySet<FeedName> = new Set<FeedName>(['personalized', 'sessionBased', 'recentlyViewed', 'cart']);

/** Feeds for one request. What several feeds of a query need is read once. */
export class FeedReader<P extends FeedProduct = FeedProduct> {
  readonly #stretches = new Map<string, Promise<FeedSlice>>();
  readonly #viewed = new Map<string, Promise<Viewed>>();
  readonly #isNew = new Map<string, Promise<boolean>>();
  readonly #slugs = new Map<string, Promise<string | null>>();
  #boughtWithCart: Promise<readonly FeedMember[]> | undefined;

  constructor(
    private readonly stores: FeedStores<P>,
    private readonly neighbours: FeedNeighbours<P>,
    private readonly scope: ReadScope,
    private readonly staleAfterSeconds: number,
  ) {}

  /**
   * A page of a feed by its fallback rules (api.md, Fallback rules).
   * @throws BAD_USER_INPUT for `first`, `exclude`, an id or a cursor that is malformed
   * @throws UPSTREAM_UNAVAILABLE where nothing that the rules name could be read
   */
  page(query: FeedQuery): Promise<FeedPage<P>> {
    const { distinct } = query;
    if (distinct === undefined) return this.#page(query);
    // The turn is taken at once, in the order in which the feeds are written; a feed that fails hands it on.
    const page = this.#page(query, distinct.last);
    distinct.last = page.then(noop, noop);
    return page;
  }

  /** With a `turn` it waits until the feed written before has chosen. */
  async #page(query: FeedQuery, turn?: Promise<unknown>): Promise<FeedPage<P>> {
    const publicKey = publicKeyOf(query);
    if (publicKey === undefined) return this.#resolve(query, notKept, turn);
    const { pages } = this.stores;
    const known = pages?.get(publicKey);
    if (known !== undefined) {
      this.#note(query.feed, known.value, known.expiresAtMs - performance.now());
      return known.value;
    }
    const generation = pages?.generation;
    const askedAtMs = performance.now();
    const reads = { isUntracked: false };
    const page = await this.#resolve(query, reads);
    // What went wrong in this request is told in its answer, so it is not handed on to others.
    const isClean =
      !reads.isUntracked &&
      !this.scope.isStale &&
      this.scope.faults.size === 0 &&
      page.attempts.every(({ outcome }) => outcome !== 'ERROR');
    if (pages !== undefined && isClean) {
      const ids = page.nodes.map((node) => node.id);
      const productsExpireAtMs = this.neighbours.productsExpireAt(ids, query.fields) ?? 0;
      const expiresAtMs = Math.min(askedAtMs + page.ttlMs, productsExpireAtMs);
      pages.store(publicKey, generation, page, { expiresAtMs, bytes: PAGE_BYTES + EDGE_BYTES * page.edges.length });
    }
    return page;
  }

  async #resolve(query: FeedQuery, reads: { isUntracked: boolean }, turn?: Promise<unknown>): Promise<FeedPage<P>> {
    const about = query.about ?? undefined;
    if (about !== undefined) checkAbout(query.feed, about);
    const first = query.first ?? DEFAULT_FIRST;
    if (first < 1 || first > MAX_FIRST) throw badUserInput(`"first" must be 1 to ${MAX_FIRST}.`);
    const excluded = excludedOf(query);
    const isPersonal = PERSONAL.has(query.feed);
    if (isPersonal || query.excludeInCart === true || query.userId !== undefined) this.neighbours.setPrivate();

    const viewer = isPersonal ? await this.#viewerOf(query) : nobody;
    const audience = audienceOf(viewer);
    const subject = isPersonal ? `${audience}:${query.userId ?? ''}:${about ?? ''}` : (about ?? '');
    const request: FeedRequest = {
      feed: query.feed,
      subject,
      audience,
      first,
      after: query.after == null ? undefined : positionIn(query.after, query.feed, subject, audience),
      availableOnly: query.availableOnly ?? false,
      excluded,
      excludeInCart: query.feed === 'cart' || (query.excludeInCart ?? false),
      fallback: query.fallback ?? 'WHEN_EMPTY',
      wantsNextPage: query.wantsNextPage,
      taken: query.distinct?.taken ?? none,
    };
    await turn;
    const page = await resolveFeed(request, this.#portsFor(query, viewer, about, reads));
    for (const node of page.nodes) query.distinct?.taken.add(node.id);
    this.#note(query.feed, page, page.ttlMs);
    return page;
  }

  /** Starts reading the first page of a product's feed, which will be asked for once the product is known. */
  readAhead({ feed, about, first, after, wantsNextPage }: FeedQuery): void {
    if (about == null || after != null) return;
    const key = feed === 'similar' ? keys.similar(about) : keys.frequentlyBought(about);
    const count = (first ?? DEFAULT_FIRST) + (wantsNextPage ? 1 : 0);
    // What is malformed is refused when it is asked for.
    if (count >= 1 && count <= MAX_FIRST + 1) void this.#stretch(key, 0, count + SPARE_MEMBERS);
  }

  /** @throws UPSTREAM_UNAVAILABLE */
  async health(): Promise<RecommendationHealth> {
    return assessHealth(await this.stores.health.read(this.scope), this.staleAfterSeconds, Date.now());
  }

  async #viewerOf({ userId }: FeedQuery): Promise<FeedViewer> {
    return userId === undefined ? this.neighbours.viewer() : { userId, sessionId: null };
  }

  #note(feed: FeedName, page: FeedPage<P>, ttlMs: number): void {
    const isOwnAnswer = page.edges.length > 0 && !page.isFallback;
    this.neighbours.noteTtl(isOwnAnswer ? ttlMs : Math.min(ttlMs, FALLBACK_MAX_AGE_MS));
    this.neighbours.onAnswer?.(feed, page.source ?? 'NONE', page.isFallback);
  }

  #portsFor(
    query: FeedQuery,
    viewer: FeedViewer,
    about: string | undefined,
    reads: { isUntracked: boolean },
  ): FeedPorts<P> {
    const readers = this.#placesFor(viewer, about);
    return {
      read: async (place, category, start, count) => {
        // Every view writes that key, so its changes are not announced: a page that looked there is not kept.
        if (place === 'trendingProducts') reads.isUntracked = true;
        const slice = await readers[place](category, start, count);
        if (slice !== null && slice.faults.length > 0) this.scope.addFaults(slice.faults);
        return slice;
      },
      ranks: async (place, category, ids) => {
        const key = await this.#keyOf(place, viewer, about, category);
        if (key !== null) return this.stores.feeds.ranks(key, ids, this.scope);
        const whole = await readers[place](category, 0, Number.MAX_SAFE_INTEGER);
        return ids.map((id) => indexOrNull(whole?.members.findIndex((member) => member.id === id)));
      },
      products: (ids) => this.neighbours.products(ids, query.fields),
      isNewUser: () => this.#isNewUser(viewer),
      category: (from) => this.#categoryFrom(from, viewer, about),
      inCart: async () => new Set(await this.neighbours.cartProductIds()),
    };
  }

  /** How each place is read; null where the viewer has no such key. */
  #placesFor(
    viewer: FeedViewer,
    about: string | undefined,
  ): Record<Place, (category: string | null, start: number, count: number) => Promise<FeedSlice | null>> {
    const key = (place: Place) => async (category: string | null, start: number, count: number) => {
      const name = await this.#keyOf(place, viewer, about, category);
      return name === null ? null : this.#stretch(name, start, count);
    };
    return {
      // Whether the user is new is asked beside the feed: the rules behind it need to know at once.
      userPersonalized: (category, start, count) => {
        if (start === 0) void this.#isNewUser(viewer);
        return key('userPersonalized')(category, start, count);
      },
      // The same for what a guest viewed last, which a cold start begins with.
      session: (category, start, count) => {
        if (start === 0 && viewer.userId === null) void this.#viewedBy(viewer);
        return key('session')(category, start, count);
      },
      // A category's feed may stand under its slug: the slug is looked up beside the feed.
      categoryTrendingById: (category, start, count) => {
        if (category !== null && this.stores.feeds.peek(keys.categoryTrending(category), start, count) === undefined)
          void this.#slugOf(category);
        return key('categoryTrendingById')(category, start, count);
      },
      categoryTrendingBySlug: key('categoryTrendingBySlug'),
      userSession: key('userSession'),
      similar: key('similar'),
      frequentlyBought: key('frequentlyBought'),
      trending: key('trending'),
      trendingProducts: key('trendingProducts'),
      popular: key('popular'),
      newArrivals: key('newArrivals'),
      recentlyViewed: async (_category, start, count) => {
        const viewed = await this.#viewedBy(viewer);
        return viewed === null ? null : stretchOf(viewed, start, count);
      },
      boughtWithCart: async (_category, start, count) => {
        this.#boughtWithCart ??= this.#readBoughtWithCart();
        return stretchOf({ members: await this.#boughtWithCart, ttlMs: Infinity }, start, count);
      },
    };
  }

  async #keyOf(
    place: Place,
    { userId, sessionId }: FeedViewer,
    about: string | undefined,
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
        return about === undefined ? null : keys.similar(about);
      case 'frequentlyBought':
        return about === undefined ? null : keys.frequentlyBought(about);
      case 'trending':
        return keys.trending();
      case 'trendingProducts':
        return keys.trendingProducts();
      case 'popular':
        return keys.popular();
      case 'newArrivals':
        return keys.newArrivals();
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
    const name = `${key} ${start} ${count}`;
    let slice = this.#stretches.get(name);
    if (slice === undefined) {
      slice = this.stores.feeds.read(key, start, count, this.scope);
      this.#stretches.set(name, slice);
    }
    return slice;
  }

  async #categoryFrom(from: CategoryFrom, viewer: FeedViewer, about: string | undefined): Promise<string | null> {
    if (from === 'argument') return about ?? null;
    if (from === 'product') return about === undefined ? null : this.#categoryOf(about);
    const viewed = await this.#viewedBy(viewer);
    const last = viewed?.members.find(({ id }) => id !== '');
    return last === undefined ? null : this.#categoryOf(last.id);
  }

  /** A category that cannot be looked up is none: the next rule answers. */
  #categoryOf(productId: string): Promise<string | null> {
    return this.neighbours.categoryOfProduct(productId).catch(() => null);
  }

  #slugOf(categoryId: string): Promise<string | null> {
    return memoized(this.#slugs, categoryId, () => this.neighbours.slugOfCategory(categoryId).catch(() => null));
  }

  async #isNewUser({ userId }: FeedViewer): Promise<boolean> {
    return userId !== null && memoized(this.#isNew, userId, () => this.stores.views.isNewUser(userId, this.scope));
  }

  async #viewedBy({ userId, sessionId }: FeedViewer): Promise<Viewed | null> {
    if (userId !== null)
      return memoized(this.#viewed, `user:${userId}`, () => this.stores.views.ofUser(userId, this.scope));
    if (sessionId === null) return null;
    return memoized(this.#viewed, sessionId, () => this.stores.views.ofSession(sessionId, this.scope));
  }

  /** What is bought together with the newest lines: scores summed, ties by id, without what is in the cart. */
  async #readBoughtWithCart(): Promise<readonly FeedMember[]> {
    const inCart = await this.neighbours.cartProductIds();
    const newest = [...new Set(inCart)].slice(0, BOUGHT_WITH_CART.lines);
    const slices = await Promise.all(
      newest.map((id) => this.#stretch(keys.frequentlyBought(id), 0, BOUGHT_WITH_CART.members)),
    );
    if (slices.length > 0 && slices.every((slice) => slice.failed === true)) throw upstreamUnavailable();
    const sums = new Map<string, number>();
    for (const { id, score } of slices.flatMap((slice) => slice.members))
      sums.set(id, (sums.get(id) ?? 0) + (score ?? 0));
    for (const id of inCart) sums.delete(id);
    sums.delete('');
    return [...sums].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  }
}

const notKept = { isUntracked: true };

/** Names a page that is the same for everybody; undefined where it depends on who asks, or on other feeds. */
function publicKeyOf(query: FeedQuery): string | undefined {
  if (PERSONAL.has(query.feed) || query.excludeInCart === true || query.userId !== undefined) return undefined;
  if (query.distinct !== undefined) return undefined;
  const { feed, about, first, after, availableOnly, exclude, fallback, fields, wantsNextPage } = query;
  return JSON.stringify([feed, about, first, after, availableOnly, exclude, fallback, fields, wantsNextPage]);
}

const nobody: FeedViewer = { userId: null, sessionId: null };
const none: ReadonlySet<string> = new Set();
const noop = (): void => undefined;

function audienceOf({ userId, sessionId }: FeedViewer): Audience {
  if (userId !== null) return 'user';
  return sessionId === null ? 'nobody' : 'guest';
}

function checkAbout(feed: FeedName, about: string): void {
  if (feed === 'similar' || feed === 'frequentlyBoughtTogether') requireProductId(about, 'productId');
  else requireCategoryId(about, 'categoryId');
}

/** What the client leaves out, and the product that the feed is about. */
function excludedOf({ feed, about, exclude }: FeedQuery): ReadonlySet<string> {
  const ids = exclude ?? [];
  if (ids.length > MAX_EXCLUDED) throw badUserInput(`"exclude" may name at most ${MAX_EXCLUDED} products.`);
  for (const id of ids) requireProductId(id, 'exclude');
  const isAboutProduct = feed === 'similar' || feed === 'frequentlyBoughtTogether';
  if (ids.length === 0 && !isAboutProduct) return none;
  return new Set(isAboutProduct && about != null ? [...ids, about] : ids);
}

function positionIn(cursor: string, feed: FeedName, subject: string, audience: Audience) {
  const position = decodeCursor(cursor, feed, subject);
  const group = feedRules[feed][audience][position.rule]?.places[position.alternative];
  if (group?.length !== position.offsets.length) throw badUserInput('"after" is no cursor of this feed.');
  return position;
}

function stretchOf(viewed: Viewed, start: number, count: number): FeedSlice {
  return {
    ...viewed,
    members: viewed.members.slice(start, start + count),
    hasMore: viewed.members.length > start + count,
    faults: [],
  };
}

const indexOrNull = (index: number | undefined): number | null => (index === undefined || index < 0 ? null : index);

function memoized<T>(memo: Map<string, Promise<T>>, name: string, read: () => Promise<T>): Promise<T> {
  let value = memo.get(name);
  if (value === undefined) {
    value = read();
    memo.set(name, value);
  }
  return value;
}
