import type { FeedName } from '../feed/feed.js';
import type { FeedArguments, FeedQuery } from '../feed/feedQuery.js';
import { isSelected, productFieldsOf, type SelectionInfo } from './projection.js';

/** A feed as the client asks for it: its arguments, and what the query selects of it. */
export function feedQueryOf(
  feed: FeedName,
  about: string | null | undefined,
  args: FeedArguments,
  info: SelectionInfo,
): FeedQuery {
  return {
    ...args,
    feed,
    about,
    fields: productFieldsOf(info, ['edges', 'node']) | productFieldsOf(info, ['nodes']),
    wantsNextPage: isSelected(info, ['pageInfo', 'hasNextPage']),
  };
}
