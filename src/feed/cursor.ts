import { z } from 'zod';
import { badUserInput } from '../errors.js';
import { isProductId } from '../redis/ids.js';
import type { EdgePosition, FallbackReason, FeedName } from './feed.js';

const REASONS = [
  'NO_DATA',
  'NEW_USER',
  'COLD_START',
  'ALL_FILTERED',
  'UNAVAILABLE',
] as const satisfies FallbackReason[];

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const small = z.number().int().min(0).max(20);
const id = z.string().refine(isProductId);
/** Empty where the last thing seen was a member that is no product's id. */
const anchor = id.or(z.literal(''));

/** A position on the wire: a tuple, as every edge may carry one. */
const wire = z.tuple([
  z.literal(1),
  z.string(),
  z.string(),
  small,
  small,
  z.array(count).min(1).max(4),
  small,
  anchor,
  count,
  id.nullable(),
  z.array(z.tuple([small, small])).max(10),
  z.enum(REASONS).nullable(),
]);

/** The opaque text of a position. */
export function encodeCursor(at: EdgePosition): string {
  const tuple: z.infer<typeof wire> = [
    1,
    at.feed,
    at.subject,
    at.rule,
    at.alternative,
    [...at.offsets],
    at.turn,
    at.anchor,
    at.rank,
    at.category,
    at.usedUp.map(([rule, alternative]) => [rule, alternative]),
    at.reason,
  ];
  return Buffer.from(JSON.stringify(tuple)).toString('base64url');
}

/**
 * The position that a cursor tells.
 * @throws BAD_USER_INPUT where it is malformed, or another feed's, or of the same feed about something else.
 */
export function decodeCursor(cursor: string, feed: FeedName, subject: string): EdgePosition {
  const parsed = wire.safeParse(parse(cursor));
  if (!parsed.success) throw badUserInput('"after" is no cursor of this feed.');
  const [, ofFeed, ofSubject, rule, alternative, offsets, turn, anchorId, rank, category, usedUp, reason] = parsed.data;
  if (ofFeed !== feed || ofSubject !== subject || turn >= offsets.length)
    throw badUserInput('"after" is no cursor of this feed.');
  return { feed, subject, rule, alternative, offsets, turn, anchor: anchorId, rank, category, usedUp, reason };
}

/** A cursor of ours is a few hundred characters long, with ids of the longest. */
const MAX_LENGTH = 2_000;

function parse(cursor: string): unknown {
  if (cursor.length > MAX_LENGTH) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined; // No JSON is no cursor; the caller says so.
  }
}
