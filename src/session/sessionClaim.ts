import type { ReadScope } from '../redis/readScope.js';
import type { ScriptRunner } from '../redis/scriptRunner.js';
import { countedWrongType } from '../redis/wrongType.js';
import { decodeSession, type Session, type SessionValues } from './session.js';
import { sessionScripts } from './sessionScripts.js';

/** What came of reserving a guest's session for a user. */
export type Claim =
  | { outcome: 'CLAIMED'; session: Session }
  /** It has ended, perhaps since this very login replaced it. */
  | { outcome: 'GONE' }
  | { outcome: 'ALREADY_IDENTIFIED' }
  | { outcome: 'SESSION_NOT_FOUND' };

/**
 * Reserves the session of a token for a user: else two users who log in with one token at the same moment would both
 * get it. It stays what it is otherwise, a guest's for one, as the token may have been planted (R16, BIND).
 * @throws UPSTREAM_UNAVAILABLE; safe to repeat.
 */
export async function claimSession(
  token: string,
  userId: string,
  scope: ReadScope,
  { scripts, guestSegment }: { scripts: Pick<ScriptRunner, 'run'>; guestSegment: string },
): Promise<Claim> {
  const { script, keys, args } = sessionScripts.claim(token, userId);
  const reply = await scripts.run(script, keys, args, scope.deadline).catch(countedWrongType(scope));
  if (reply === undefined) return { outcome: 'SESSION_NOT_FOUND' };
  const [word, ...values] = reply as ['CLAIMED' | 'TAKEN' | 'GONE', ...SessionValues];
  if (word === 'GONE') return { outcome: 'GONE' };
  // Nothing is left of it but for whom it was replaced.
  if (values.length === 0) return { outcome: 'ALREADY_IDENTIFIED' };
  const { session, faults } = decodeSession(values, { ttlMs: -1, nowMs: Date.now(), guestSegment });
  scope.addFaults(faults);
  if (!session) return { outcome: 'SESSION_NOT_FOUND' };
  return word === 'TAKEN' ? { outcome: 'ALREADY_IDENTIFIED' } : { outcome: 'CLAIMED', session };
}
