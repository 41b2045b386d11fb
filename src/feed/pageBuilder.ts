import { upstreamUnavailable } from '../errors.js';
import { EarlierPages } from './earlierPages.js';
import type { AttemptOutcome, Dropped, EdgePosition, FallbackReason, FeedEdge, FeedPage, FeedProduct } from './feed.js';
import type { FeedPorts } from './feedPorts.js';
import type { FeedRequest } from './feedRequest.js';
import type { FeedRule } from './feedRules.js';
import { PageEdge, positionOf, type PageIdentity, type RuleIdentity } from './pageEdge.js';
import { MemberStream, type KeyReader, type StreamedMember } from './memberStream.js';

/** A short page is filled up from behind in so many further reads (R11). */
const FURTHER_READS = 3;
const FURTHER_READ_SIZE = { min: 20, max: 100 };

/** What one key was tried for and gave. */
interface Try {
  readonly key: KeyReader;
  readonly rule: FeedRule;
  /** Edges of the page from this key, looked-ahead ones not counted. */
  edges: number;
  /** Members of this key that were left out. */
  dropped: number;
}

/** A rule at work on one of its keys. */
interface RuleAt {
  readonly rule: FeedRule;
  readonly identity: RuleIdentity;
}

/** A page as it fills. */
export class PageBuilder<P extends FeedProduct> {
  readonly #edges: FeedEdge<P>[] = [];
  readonly #identity: PageIdentity;
  readonly #rules: FeedRule[] = [];
  readonly #tries: Try[] = [];
  /** All that was offered to the page, taken or not: a product comes once. */
  readonly #offered = new Set<string>();
  readonly #dropped: Dropped = { missing: 0, unavailable: 0, inCart: 0, duplicate: 0, excluded: 0 };
  readonly #usedUp: [number, number][];
  readonly #earlier: EarlierPages;
  #hasMore = false;
  #lookedAhead = false;
  /** The last member that was taken or left out: where a page goes on that has no edge. */
  #lastSeen: EdgePosition | undefined;
  /** Where the first stream was left off that gave no edge in the reads a page may take, but goes on. */
  #leftOff: EdgePosition | undefined;
  #unavailable: Error | undefined;

  constructor(
    private readonly request: FeedRequest,
    private readonly ports: FeedPorts<P>,
  ) {
    const { feed, subject, after } = request;
    this.#earlier = new EarlierPages(request, ports);
    this.#identity = { feed, subject, reason: after?.reason ?? null };
    this.#usedUp = (after?.usedUp ?? []).map(([rule, alternative]) => [rule, alternative]);
    if (after !== undefined) this.#offered.add(after.anchor);
  }

  get hasEdges(): boolean {
    return this.#edges.length > 0;
  }

  /**
   * Tries the rule's keys in order; the first that gives an edge answers for it.
   * @returns whether the page is done: full, or short with more behind it
   */
  async runRule(rule: FeedRule, ruleIndex: number, category: string | null): Promise<boolean> {
    const { after } = this.request;
    const resumed = after?.rule === ruleIndex ? after : undefined;
    if (resumed !== undefined) await this.#earlier.learn(rule, category, resumed);
    for (let index = resumed?.alternative ?? 0; index < rule.places.length; index++) {
      const places = rule.places[index]!;
      const start = resumed?.alternative === index ? resumed : undefined;
      const stream = new MemberStream(places, category, this.ports, start);
      const before = this.#edges.length;
      const usedUp = this.#usedUp.slice();
      await this.#fillFrom(stream, { rule, identity: { rule: ruleIndex, alternative: index, category, usedUp } });
      if (this.#isFull) return true;
      if (stream.hasMore && (this.#edges.length > before || resumed !== undefined)) {
        // The reads for one page are used up: a short page, and a cursor to go on with.
        this.#hasMore = true;
        return true;
      }
      if (stream.hasMore) this.#leftOff ??= this.#lastSeen;
      if (stream.sources.some((source) => source.hadMembers)) this.#usedUp.push([ruleIndex, index]);
      if (this.#edges.length > before || resumed !== undefined) return false;
    }
    return false;
  }

  finish(): FeedPage<P> {
    const { request } = this;
    const tries = this.#tries.filter(({ key }) => key.outcome !== null && key.outcome !== undefined);
    if (!this.hasEdges && tries.length > 0 && tries.every(({ key }) => key.outcome === 'failed'))
      throw upstreamUnavailable();
    if (!this.hasEdges && this.#unavailable !== undefined) throw this.#unavailable;
    // Nothing was found in the reads that a page may take, not here and in no later rule: there the next page goes on.
    const leftOff = !this.hasEdges && !this.#hasMore ? this.#leftOff : undefined;
    const isFallback = this.#rules.some((rule) => rule.isOwn !== true);
    const reason = this.#reason(isFallback);
    if (reason !== null) this.#identity.reason = reason;
    const edges = this.#edges;
    const ttlMs = Math.min(...tries.filter((one) => one.edges > 0).map(({ key }) => key.ttlMs));
    return {
      edges,
      nodes: edges.map((edge) => edge.node),
      hasNextPage: this.#hasMore || this.#lookedAhead || leftOff !== undefined,
      endPosition: edges.at(-1)?.position ?? (this.#hasMore ? this.#lastSeen : leftOff) ?? null,
      hasPreviousPage: request.after !== undefined,
      source: edges[0]?.source ?? null,
      sources: [...new Set(edges.map((edge) => edge.source))],
      isFallback,
      fallbackReason: reason,
      ttlMs,
      expiresAt: Number.isFinite(ttlMs) ? new Date(Date.now() + ttlMs) : null,
      dropped: this.#dropped,
      attempts: tries.map((one) => ({ source: one.key.at.source, outcome: outcomeOf(one), count: one.edges })),
    };
  }

  get #isFull(): boolean {
    return this.#edges.length >= this.request.first && (!this.request.wantsNextPage || this.#lookedAhead);
  }

  async #fillFrom(stream: MemberStream, at: RuleAt): Promise<void> {
    const tries = stream.sources.map((key): Try => ({ key, rule: at.rule, edges: 0, dropped: 0 }));
    this.#tries.push(...tries);
    for (let read = 0; read <= FURTHER_READS && !this.#isFull; read++) {
      const missing = this.request.first - this.#edges.length + (this.request.wantsNextPage ? 1 : 0);
      const further = Math.min(Math.max(2 * missing, FURTHER_READ_SIZE.min), FURTHER_READ_SIZE.max);
      const pulled = await stream.pull(read === 0 ? missing : further);
      // A page that has come up short once may do so again: the stretch behind is read beside these products.
      if (read > 0 && read < FURTHER_READS) stream.readAhead(further);
      const reasons = await this.#reasonsAgainst(pulled, stream, at.identity.category);
      const allowed = pulled.filter((_, index) => reasons[index] === undefined);
      const products = await this.ports.products(allowed.map(({ member }) => member.id));
      let next = 0;
      for (let i = 0; i < pulled.length && !this.#isFull; i++) {
        const streamed = pulled[i]!;
        const reason = reasons[i];
        const tried = tries[streamed.turn]!;
        if (reason === undefined) this.#offer(streamed, products[next++]!, at, tried);
        else this.#drop(reason, streamed, at, tried);
      }
      if (!stream.hasMore) break;
    }
  }

  /** Why members may not stand on the page, known before their products are looked up; undefined where they may. */
  async #reasonsAgainst(
    pulled: readonly StreamedMember[],
    stream: MemberStream,
    category: string | null,
  ): Promise<(keyof Dropped | undefined)[]> {
    const { excluded, taken, excludeInCart } = this.request;
    const inCart = excludeInCart && pulled.length > 0 ? await this.ports.inCart() : undefined;
    const repeats = await this.#earlier.repeatsAmong(pulled, stream, category);
    return pulled.map(({ member: { id } }) => {
      if (id === '') return 'missing';
      if (this.#offered.has(id) || taken.has(id) || repeats.has(id)) return 'duplicate';
      this.#offered.add(id);
      if (excluded.has(id)) return 'excluded';
      return inCart?.has(id) === true ? 'inCart' : undefined;
    });
  }

  #offer(streamed: StreamedMember, product: P | null | Error, at: RuleAt, tried: Try): void {
    if (product instanceof Error) this.#unavailable = product;
    if (product === null || product instanceof Error) return this.#drop('missing', streamed, at, tried);
    if (this.request.availableOnly && product.isAvailable === false)
      return this.#drop('unavailable', streamed, at, tried);
    if (this.#edges.length === this.request.first) {
      this.#lookedAhead = true;
      return;
    }
    tried.edges++;
    this.#rules.push(at.rule);
    const rank = this.#ranksBefore + this.#edges.length + 1;
    const { score } = streamed.member;
    const { source } = tried.key.at;
    this.#edges.push(new PageEdge(product, score, rank, source, streamed, at.identity, this.#identity));
  }

  get #ranksBefore(): number {
    return this.request.after?.rank ?? 0;
  }

  /** Nothing that lies behind the last edge of the page is the page's loss. */
  #drop(reason: keyof Dropped, streamed: StreamedMember, at: RuleAt, tried: Try): void {
    if (this.#edges.length === this.request.first) return;
    this.#dropped[reason]++;
    tried.dropped++;
    this.#lastSeen = positionOf(streamed, at.identity, this.#identity, this.#ranksBefore + this.#edges.length);
  }

  #reason(isFallback: boolean): FallbackReason | null {
    if (!isFallback) return null;
    if (this.request.after !== undefined && this.request.after.reason !== null) return this.request.after.reason;
    const own = this.#tries.filter(({ rule }) => rule.isOwn === true).map(outcomeOf);
    if (own.includes('ERROR')) return 'UNAVAILABLE';
    if (own.includes('FILTERED')) return 'ALL_FILTERED';
    return this.#rules.find((rule) => rule.isOwn !== true)?.reason ?? 'NO_DATA';
  }
}

/** A key that was read for members which the page then had no room for is a hit all the same. */
function outcomeOf({ key, edges, dropped }: Try): AttemptOutcome {
  if (key.outcome === 'failed') return 'ERROR';
  if (edges > 0) return 'HIT';
  if (dropped > 0) return 'FILTERED';
  return key.hadFurther ? 'HIT' : 'EMPTY';
}
