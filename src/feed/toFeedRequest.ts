import { badUserInput } from '../errors.js';
import { requireCategoryId, requireProductId } from '../redis/ids.js';
import { decodeCursor } from './cursor.js';
import type { EdgePosition, FeedName } from './feed.js';
import type { FeedViewer } from './feedNeighbours.js';
import type { FeedQuery } from './feedQuery.js';
import type { FeedRequest } from './feedRequest.js';
import { feedRules, type Audience } from './feedRules.js';

const DEFAULT_FIRST = 10;
const MAX_FIRST = 100;
const MAX_EXCLUDED = 100;

/** The feeds that depend on who asks. */
const PERSONAL: ReadonlySet<FeedName> = new Set<FeedName>(['personalized', 'sessionBased', 'recentlyViewed', 'cart']);

export const isPersonal = ({ feed }: Pick<FeedQuery, 'feed'>): boolean => PERSONAL.has(feed);

/** How many edges a page may have; undefined where the client asks for what is refused. */
export function pageSize({ first }: Pick<FeedQuery, 'first'>): number | undefined {
  const size = first ?? DEFAULT_FIRST;
  return size >= 1 && size <= MAX_FIRST ? size : undefined;
}

/**
 * Checks all that can be checked before anything is asked of Redis.
 * @throws BAD_USER_INPUT for an id, `first` or `exclude` that is malformed
 */
export function checkQuery(query: FeedQuery): void {
  const { feed, about, exclude } = query;
  if (pageSize(query) === undefined) throw badUserInput(`"first" must be 1 to ${MAX_FIRST}.`);
  if (isGiven(about)) {
    if (isAboutProduct(feed)) requireProductId(about, 'productId');
    else requireCategoryId(about, 'categoryId');
  }
  if (!isGiven(exclude)) return;
  if (exclude.length > MAX_EXCLUDED) throw badUserInput(`"exclude" may name at most ${MAX_EXCLUDED} products.`);
  for (const id of exclude) requireProductId(id, 'exclude');
}

/**
 * What a query that `checkQuery` let pass asks for, with the defaults in place.
 * @throws BAD_USER_INPUT for a cursor that is malformed, or another feed's
 */
export function toFeedRequest(query: FeedQuery, viewer: FeedViewer): FeedRequest {
  const { feed, after } = query;
  const audience = audienceOf(viewer);
  const about = query.about ?? '';
  const subject = isPersonal(query) ? `${audience}:${query.userId ?? ''}:${about}` : about;
  return {
    feed,
    subject,
    audience,
    first: pageSize(query) ?? DEFAULT_FIRST,
    after: isGiven(after) ? positionIn(after, feed, subject, audience) : undefined,
    availableOnly: query.availableOnly ?? false,
    excluded: excludedOf(query),
    // What is in the cart goes well with it, and is bought already.
    excludeInCart: feed === 'cart' || (query.excludeInCart ?? false),
    fallback: query.fallback ?? 'WHEN_EMPTY',
    wantsNextPage: query.wantsNextPage,
    taken: query.distinct?.taken ?? none,
  };
}

const none: ReadonlySet<string> = new Set();

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
const isAboutProduct = (feed: FeedName): boolean => feed === 'similar' || feed === 'frequentlyBoughtTogether';

function audienceOf({ userId, sessionId }: FeedViewer): Audience {
  if (userId !== null) return 'user';
  return sessionId === null ? 'nobody' : 'guest';
}

/** What the client leaves out, and the product that the feed is about. */
function excludedOf({ feed, about, exclude }: FeedQuery): ReadonlySet<string> {
  const itself = isAboutProduct(feed) && isGiven(about) ? [about] : [];
  return isGiven(exclude) || itself.length > 0 ? new Set([...(exclude ?? []), ...itself]) : none;
}

function positionIn(cursor: string, feed: FeedName, subject: string, audience: Audience): EdgePosition {
  const position = decodeCursor(cursor, feed, subject);
  const group = feedRules[feed][audience][position.rule]?.places[position.alternative];
  if (group?.length !== position.offsets.length) throw badUserInput('"after" is no cursor of this feed.');
  return position;
}
