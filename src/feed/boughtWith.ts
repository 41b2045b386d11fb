import type { FeedMember, FeedSlice } from './feed.js';

/**
 * What is bought together with all of these lines (api.md, Cart): the scores of their feeds summed, ties by id,
 * without what is in the cart. It lives as long as the first of the feeds, and fails where all of them do.
 */
export function boughtWith(
  inCart: readonly string[],
  slices: readonly FeedSlice[],
): { members: readonly FeedMember[]; ttlMs: number; failed: boolean } {
  const sums = new Map<string, number>();
  for (const { id, score } of slices.flatMap(({ members }) => members))
    sums.set(id, (sums.get(id) ?? 0) + (score ?? 0));
  for (const id of [...inCart, '']) sums.delete(id);
  return {
    members: [...sums]
      .map(([id, score]) => ({ id, score }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)),
    ttlMs: Math.min(Infinity, ...slices.map(({ ttlMs }) => ttlMs)),
    failed: slices.length > 0 && slices.every(({ failed }) => failed === true),
  };
}
