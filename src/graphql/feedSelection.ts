import type { FeedName } from '../feed/feed.js';
import type { FeedArguments, FeedQuery } from '../feed/feedQuery.js';
import { isSelected, productFieldsNamed, productFieldsOf, type SelectionInfo } from './projection.js';

const AVAILABILITY = productFieldsNamed('isAvailable');

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
    fields:
      productFieldsOf(info, ['edges', 'node']) |
      productFieldsOf(info, ['nodes']) |
      // What is unavailable can be left out only by who asks whether it is.
      (args.availableOnly === true ? AVAILABILITY : 0),
    wantsNextPage: isSelected(info, ['pageInfo', 'hasNextPage']),
  };
}
