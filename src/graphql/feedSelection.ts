import type { FeedName } from '../feed/feed.js';
import type { FeedArguments, FeedQuery } from '../feed/feedQuery.js';
import { isSelected, onceForField, productFieldsNamed, productFieldsOf, type SelectionInfo } from './projection.js';

const AVAILABILITY = productFieldsNamed('isAvailable');

/** A feed as the client asks for it: its arguments, what the query selects of it, and whose it is. */
export function feedQueryOf(
  feed: FeedName,
  about: string | null | undefined,
  args: FeedArguments,
  info: SelectionInfo,
  { userId, distinct }: Pick<FeedQuery, 'userId' | 'distinct'> = {},
): FeedQuery {
  const { fields, wantsNextPage } = onceForField(info, 'feed', () => ({
    fields: productFieldsOf(info, ['edges', 'node']) | productFieldsOf(info, ['nodes']),
    wantsNextPage: isSelected(info, ['pageInfo', 'hasNextPage']),
  }));
  // What is unavailable can be left out only by who asks whether it is.
  // Written out: executors' arguments have no prototype, and to spread such objects takes ten times as long.
  const { first, after, availableOnly, exclude, excludeInCart, fallback } = args;
  return {
    feed,
    about,
    first,
    after,
    availableOnly,
    exclude,
    excludeInCart,
    fallback,
    fields: availableOnly === true ? fields | AVAILABILITY : fields,
    wantsNextPage,
    userId,
    distinct,
  };
}
