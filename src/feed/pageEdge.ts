import type { EdgePosition, FallbackReason, FeedEdge, FeedName, FeedProduct, RecommendationSource } from './feed.js';
import type { StreamedMember } from './memberStream.js';

/** What all edges of a page share. */
export interface PageIdentity {
  readonly feed: FeedName;
  readonly subject: string;
  /** Known when the page is finished. */
  reason: FallbackReason | null;
}

/** What all edges of one of a rule's keys share. */
export type RuleIdentity = Pick<EdgePosition, 'rule' | 'alternative' | 'category' | 'usedUp'>;

/** An edge that works its position out when a cursor is selected, which is seldom, and for one edge of twenty. */
export class PageEdge<P extends FeedProduct> implements FeedEdge<P> {
  constructor(
    readonly node: P,
    readonly score: number | null,
    readonly rank: number,
    readonly source: RecommendationSource,
    private readonly streamed: StreamedMember,
    private readonly rule: RuleIdentity,
    private readonly page: PageIdentity,
  ) {}

  get position(): EdgePosition {
    return positionOf(this.streamed, this.rule, this.page, this.rank);
  }
}

/** Where one stands behind a member. */
export function positionOf(
  { member, turn, offsets }: StreamedMember,
  { rule, alternative, category, usedUp }: RuleIdentity,
  { feed, subject, reason }: PageIdentity,
  rank: number,
): EdgePosition {
  return { feed, subject, rule, alternative, offsets, turn, anchor: member.id, rank, category, usedUp, reason };
}
