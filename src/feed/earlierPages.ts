import type { EdgePosition, FeedProduct } from './feed.js';
import { categoryOf, type FeedPorts } from './feedPorts.js';
import type { FeedRequest } from './feedRequest.js';
import { feedRules, type FeedRule, type RulePlace } from './feedRules.js';
import type { MemberStream, StreamedMember } from './memberStream.js';

/** The head of a key that earlier pages have used up. */
interface UsedUp {
  readonly at: RulePlace;
  readonly category: string | null;
  /** Ranks below this one were used up. */
  readonly below: number;
}

/** What the pages before a cursor have shown, as far as the cursor tells: it names keys, and how far they were read. */
export class EarlierPages {
  readonly #usedUp: UsedUp[] = [];

  constructor(
    private readonly request: Pick<FeedRequest, 'feed' | 'audience'>,
    private readonly ports: Pick<FeedPorts<FeedProduct>, 'category' | 'ranks'>,
  ) {}

  /** Learns from the cursor that a page goes on behind; `rule` is the one that it goes on with. */
  async learn(rule: FeedRule, category: string | null, after: EdgePosition): Promise<void> {
    const rules = feedRules[this.request.feed][this.request.audience];
    for (const [ruleIndex, alternative] of after.usedUp) {
      const earlier = rules[ruleIndex];
      if (earlier === undefined) continue;
      const ofCategory = await categoryOf(earlier, this.ports);
      for (const at of earlier.places[alternative] ?? [])
        this.#usedUp.push({ at, category: ofCategory, below: Infinity });
    }
    const group = rule.places[after.alternative] ?? [];
    group.forEach((at, index) => this.#usedUp.push({ at, category, below: after.offsets[index] ?? 0 }));
  }

  /** Which of the members they have shown; only keys beside the one that a member comes from can tell. */
  async repeatsAmong(
    pulled: readonly StreamedMember[],
    stream: Pick<MemberStream, 'sources'>,
    category: string | null,
  ): Promise<ReadonlySet<string>> {
    if (this.#usedUp.length === 0) return none;
    const repeats = new Set<string>();
    const lookIn = async ({ at, category: ofCategory, below }: UsedUp): Promise<void> => {
      const ids = pulled
        .filter(({ turn, member }) => stream.sources[turn]!.at.place !== at.place && member.id !== '')
        .map(({ member }) => member.id);
      if (ids.length === 0) return;
      const ranks = await this.ports.ranks(at.place, ofCategory ?? category, ids);
      ids.forEach((id, index) => {
        const rank = ranks[index];
        if (rank !== null && rank !== undefined && rank < below) repeats.add(id);
      });
    };
    await Promise.all(this.#usedUp.map(lookIn));
    return repeats;
  }
}

const none: ReadonlySet<string> = new Set();
