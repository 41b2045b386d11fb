import type { DemoProduct } from './catalogue.js';
import type { ProductView } from './customers.js';

/** One member of a feed; what the score means is the feed's affair (document B). */
export interface Scored {
  productId: string;
  score: number;
}

/** For every thing, how often each other thing stood in the same group. */
export type CoCounts = Map<string, Map<string, number>>;

/** Counts pairs within each group; a group names each of its members once. */
export function countTogether(groups: Iterable<readonly string[]>): CoCounts {
  const counts: CoCounts = new Map();
  const rowOf = (id: string): Map<string, number> => {
    let row = counts.get(id);
    if (!row) counts.set(id, (row = new Map<string, number>()));
    return row;
  };
  for (const group of groups) {
    const rows = group.map(rowOf);
    group.forEach((id, place) => {
      rows.forEach((row, other) => {
        if (other !== place) row.set(id, (row.get(id) ?? 0) + 1);
      });
    });
  }
  return counts;
}

/** How often each thing occurs in all groups, times `weight`, added to `counts`. */
export function countEach(
  groups: Iterable<readonly string[]>,
  weight = 1,
  counts = new Map<string, number>(),
): Map<string, number> {
  for (const group of groups) for (const id of group) counts.set(id, (counts.get(id) ?? 0) + weight);
  return counts;
}

/** The best `limit`, highest score first; ties by id, so that the same shop gives the same feeds. */
export function topOf(scores: Iterable<readonly [string, number]>, limit: number): Scored[] {
  return [...scores]
    .map(([productId, score]) => ({ productId, score }))
    .sort((a, b) => b.score - a.score || (a.productId < b.productId ? -1 : 1))
    .slice(0, limit);
}

/** Bought together at least twice: once is chance. The score is the number of common baskets. */
export function frequentlyBought(productId: string, bought: CoCounts, limit: number): Scored[] {
  return topOf(
    [...(bought.get(productId) ?? [])].filter(([, count]) => count >= 2),
    limit,
  );
}

/**
 * Products of the same category, scored 0 to 1: three fifths for a near price (1 for the same, 0.5 for twice as much),
 * two fifths for how often the two were viewed by the same users, compared with the pair viewed most.
 */
export function similarProducts(
  product: DemoProduct,
  shelf: readonly DemoProduct[],
  coViews: CoCounts,
  limit: number,
): Scored[] {
  const row = coViews.get(product.id);
  const mostViewed = shelf.reduce((most, { id }) => Math.max(most, row?.get(id) ?? 0), 1);
  const scores = shelf
    .filter(({ id }) => id !== product.id)
    .map((other): [string, number] => {
      const low = Math.min(product.priceCents, other.priceCents);
      const priceProximity = low / Math.max(product.priceCents, other.priceCents);
      return [other.id, round(0.6 * priceProximity + (0.4 * (row?.get(other.id) ?? 0)) / mostViewed)];
    });
  return topOf(scores, limit);
}

/**
 * What a user may like: products similar to, or bought together with, what the user viewed (the recent counting more)
 * and bought, without what was bought already. Scores 0 to 1, the best just below 1.
 */
export function personalizedFeed(
  user: { views: readonly ProductView[]; boughtIds: ReadonlySet<string> },
  similar: ReadonlyMap<string, readonly Scored[]>,
  bought: ReadonlyMap<string, readonly Scored[]>,
  limit: number,
): Scored[] {
  const seeds = new Map<string, number>(user.views.map(({ productId }, age) => [productId, 0.95 ** age]));
  for (const id of user.boughtIds) seeds.set(id, (seeds.get(id) ?? 0) + 0.3);
  const scores = new Map<string, number>();
  const add = (productId: string, score: number): void => {
    if (!user.boughtIds.has(productId)) scores.set(productId, (scores.get(productId) ?? 0) + score);
  };
  for (const [seed, weight] of seeds) {
    for (const { productId, score } of similar.get(seed) ?? []) add(productId, weight * score);
    const together = bought.get(seed) ?? [];
    const most = together[0]?.score ?? 1;
    for (const { productId, score } of together) add(productId, (weight * score) / most);
  }
  const best = topOf(scores, limit);
  const highest = best[0]?.score ?? 1;
  return best.map(({ productId, score }) => ({ productId, score: round((0.99 * score) / highest) }));
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
