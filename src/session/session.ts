import { presentText, timestamp, type DataFault } from '../redis/decode.js';
import { isSessionId, isUserId } from '../redis/ids.js';

/** A visit of a customer or guest (A: `session:{token}`). Its token is a credential and never stands here. */
export interface Session {
  id: string;
  /** Null for a guest. */
  userId: string | null;
  deviceType: string | null;
  createdAt: Date | null;
  lastActivityAt: Date | null;
  /** Null where the key has no TTL. */
  expiresAt: Date | null;
  /** Whether the request at hand came with this session's token. */
  isCurrent: boolean;
}

/** A session as it stands in Redis, for those who change it; resolvers get the session alone. */
export interface SessionRecord {
  token: string;
  session: Session;
  /** `last_activity_at` as it was read; a touch changes it only while it is still the same. */
  lastActivityText: string;
}

/** Fields of the hash, in the order in which they are asked for. */
export const sessionFields = ['session_id', 'user_id', 'device_type', 'created_at', 'last_activity_at'] as const;

/** The hash's values in the order of `sessionFields`; null where a field is absent. */
export type SessionValues = readonly (string | null)[];

/**
 * Reads a session's hash; total, as other teams write it too. No `session_id`, no session (R1); neither is one
 * whose session or user could not stand in a key (R12). `user_id` empty, missing or the word `null` is a guest.
 *
 * @param ttlMs what `PTTL` said: negative where the key has no TTL.
 * @param guestSegment the word that stands for a user in guests' keys, so no user's id (R3).
 */
export function decodeSession(
  values: SessionValues,
  { ttlMs, nowMs, guestSegment }: { ttlMs: number; nowMs: number; guestSegment: string },
): { session: Session | undefined; faults: DataFault[] } {
  const [id, userId, deviceType, createdAt, lastActivityAt] = values.map(presentText);
  if (id === undefined) {
    const isThere = values.some((value) => value !== null);
    return { session: undefined, faults: isThere ? ['MISSING_FIELD'] : [] };
  }
  const isUsable = isSessionId(id) && (userId === undefined || (isUserId(userId) && userId !== guestSegment));
  if (!isUsable) return { session: undefined, faults: ['INVALID_ID'] };

  const faults: DataFault[] = [];
  const time = (text: string | undefined): Date | null => {
    if (text === undefined) return null;
    const date = timestamp(text);
    if (date === undefined) faults.push('INVALID_TIMESTAMP');
    return date ?? null;
  };
  const session: Session = {
    id,
    userId: userId ?? null,
    deviceType: deviceType ?? null,
    createdAt: time(createdAt),
    lastActivityAt: time(lastActivityAt),
    expiresAt: ttlMs < 0 ? null : new Date(nowMs + ttlMs),
    isCurrent: false,
  };
  return { session, faults };
}

/** Newest activity first; ties and unknown times by id, so that the order is the same each time. */
export function byNewestActivity(a: Session, b: Session): number {
  return (b.lastActivityAt?.getTime() ?? 0) - (a.lastActivityAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1);
}
