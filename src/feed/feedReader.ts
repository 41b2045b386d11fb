import type { DerivedCache } from '../redis/derivedCache.js';
import type { ReadScope } from '../redis/readScope.js';
import type { FeedName, FeedPage, FeedProduct } from './feed.js';
import type { FeedNeighbours, FeedViewer } from './feedNeighbours.js';
import { FeedPlaces, type FeedSubject } from './feedPlaces.js';
import type { FeedPorts } from './feedPorts.js';
import type { FeedQuery } from './feedQuery.js';
import type { FeedRequest } from './feedRequest.js';
import { feedRules, type Place } from './feedRules.js';
import type { FeedStore } from './feedStore.js';
import { assessHealth, type RecommendationHealth } from './health.js';
import type { HealthStore } from './healthStore.js';
import { SPARE_MEMBERS } from './memberStream.js';
import { resolveFeed } from './resolveFeed.js';
import { checkQuery, isPersonal, pageSize, toFeedRequest } from './toFeedRequest.js';
import type { ViewHistory } from './viewHistory.js';

/** The stores that all requests share. */
export interface FeedStores<P extends FeedProduct> {
  readonly feeds: FeedStore;
  readonly views: ViewHistory;
  readonly health: HealthStore;
  /** Whole pages of public feeds; undefined where the in-process cache is off. */
  readonly pages: DerivedCache<FeedPage<P>> | undefined;
}

/** An answer from a fallback, or an empty one, is asked for again sooner (api.md, HTTP). */
const FALLBACK_MAX_AGE_SECONDS = 30;
/** Rough sizes of a kept page, for the byte limit. */
const PAGE_BYTES = 500;
const EDGE_BYTES = 500;

/** Feeds for one request. */
export class FeedReader<P extends FeedProduct = FeedProduct> {
  readonly #places: FeedPlaces;

  constructor(
    private readonly stores: FeedStores<P>,
    private readonly neighbours: FeedNeighbours<P>,
    private readonly scope: ReadScope,
    private readonly staleAfterSeconds: number,
  ) {
    this.#places = new FeedPlaces(stores, neighbours, scope);
  }

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
      this.#note(query.feed, known.value, known.expiresAtMs);
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
      // Its products and categories are among what the request has met; the rest can only shorten its life.
      const expiresAtMs = Math.min(askedAtMs + page.ttlMs, this.neighbours.expiresAtMs());
      pages.store(publicKey, generation, page, { expiresAtMs, bytes: PAGE_BYTES + EDGE_BYTES * page.edges.length });
    }
    return page;
  }

  async #resolve(query: FeedQuery, reads: { isUntracked: boolean }, turn?: Promise<unknown>): Promise<FeedPage<P>> {
    checkQuery(query);
    if (isPersonal(query) || query.excludeInCart === true || query.userId !== undefined) this.neighbours.setPrivate();
    const viewer = isPersonal(query) ? await this.#viewerOf(query) : nobody;
    const request = toFeedRequest(query, viewer);
    const subject = { viewer, about: query.about ?? undefined };
    if (turn !== undefined) {
      this.#prepare(request, subject, query.fields);
      await turn;
    }
    const ports = this.#portsFor(subject, query.fields, reads);
    const page = await resolveFeed(request, ports);
    for (const node of page.nodes) query.distinct?.taken.add(node.id);
    this.#note(query.feed, page, performance.now() + page.ttlMs);
    return page;
  }

  /** Starts reading the first page of a product's feed, which will be asked for once the product is known. */
  readAhead(query: FeedQuery): void {
    const { feed, about, after, wantsNextPage } = query;
    const first = pageSize(query);
    // What is malformed is refused when it is asked for.
    if (typeof about !== 'string' || typeof after === 'string' || first === undefined) return;
    const count = first + (wantsNextPage ? 1 : 0) + SPARE_MEMBERS;
    this.#places.readAhead(feed === 'similar' ? 'similar' : 'frequentlyBought', about, count);
  }

  /** While the feeds written before it choose, what a feed is most likely to need is on its way. */
  #prepare({ feed, audience, first, after, wantsNextPage }: FeedRequest, subject: FeedSubject, fields: number): void {
    const [rule] = feedRules[feed][audience];
    if (rule === undefined || rule.category !== undefined || after !== undefined) return;
    const group = rule.places[0] ?? [];
    const count = first + (wantsNextPage ? 1 : 0);
    const prepare = async (place: Place): Promise<void> => {
      const slice = await this.#places.read(place, subject, null, 0, count + SPARE_MEMBERS);
      const ids = (slice?.members ?? []).map(({ id }) => id).filter((id) => id !== '');
      await this.neighbours.products(ids.slice(0, Math.ceil(count / group.length)), fields);
    };
    // What fails here fails again, and is told, when the feed asks for it in its turn.
    for (const { place } of group) prepare(place).catch(noop);
  }

  /** @throws UPSTREAM_UNAVAILABLE */
  async health(): Promise<RecommendationHealth> {
    return assessHealth(await this.stores.health.read(this.scope), this.staleAfterSeconds, Date.now());
  }

  async #viewerOf({ userId }: FeedQuery): Promise<FeedViewer> {
    return userId === undefined ? this.neighbours.viewer() : { userId, sessionId: null };
  }

  #note(feed: FeedName, page: FeedPage<P>, expiresAtMs: number): void {
    this.neighbours.noteExpiry(expiresAtMs);
    const isOwnAnswer = page.edges.length > 0 && !page.isFallback;
    if (!isOwnAnswer) this.neighbours.limitMaxAge(FALLBACK_MAX_AGE_SECONDS);
    this.neighbours.onAnswer?.(feed, page.source ?? 'NONE', page.isFallback);
  }

  #portsFor(subject: FeedSubject, fields: number, reads: { isUntracked: boolean }): FeedPorts<P> {
    const places = this.#places;
    return {
      read: (place, category, start, count) => {
        // Every view writes that key, so its changes are not announced: a page that looked there is not kept.
        if (place === 'trendingProducts') reads.isUntracked = this.scope.usesUntracked = true;
        return places.read(place, subject, category, start, count);
      },
      ranks: (place, category, ids) => places.ranks(place, subject, category, ids),
      products: (ids) => this.neighbours.products(ids, fields),
      isNewUser: () => places.isNewUser(subject.viewer),
      category: (from) => places.category(from, subject),
      inCart: async () => new Set(await this.neighbours.cartProductIds()),
    };
  }
}

const nobody: FeedViewer = { userId: null, sessionId: null };
const noop = (): void => undefined;
const notKept = { isUntracked: true };

/** Names a page that is the same for everybody; undefined where it depends on who asks, or on other feeds. */
function publicKeyOf(query: FeedQuery): string | undefined {
  if (isPersonal(query) || query.excludeInCart === true || query.userId !== undefined) return undefined;
  if (query.distinct !== undefined) return undefined;
  const { feed, about, first, after, availableOnly, exclude, fallback, fields, wantsNextPage } = query;
  const given = `${feed} ${first} ${availableOnly} ${fallback} ${fields} ${wantsNextPage}`;
  return about == null && after == null && exclude == null ? given : given + JSON.stringify([about, after, exclude]);
}
