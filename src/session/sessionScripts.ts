import { keys, ttlSeconds } from '../redis/keyspace.js';
import { defineScript, type ScriptCall } from '../redis/scriptRunner.js';
import { sessionFields, type Session } from './session.js';

const claim = defineScript('sessionClaim', { keys: 2 });
const write = defineScript('sessionWrite', { keys: 2 });
const touch = defineScript('sessionTouch', { keys: 1 });
const end = defineScript('sessionEnd', { keys: 2 });
const listAdd = defineScript('sessionListAdd', { keys: 1 });
const listRemove = defineScript('sessionListRemove', { keys: 1 });

/** A session's own key and, in the same slot, what remembers that it was ended. */
const keysOf = (token: string) => [keys.session(token), keys.endedSession(token)];

/** The scripts that change sessions, with their arguments; each script's header says what it answers. */
export const sessionScripts = {
  claim: (token: string, userId: string): ScriptCall => ({ script: claim, keys: keysOf(token), args: [userId] }),

  write: (token: string, session: Session): ScriptCall => ({
    script: write,
    keys: keysOf(token),
    args: [ttlSeconds.session, ...hashOf(session)],
  }),

  touch: (token: string, lastActivityText: string, now: Date): ScriptCall => ({
    script: touch,
    keys: [keys.session(token)],
    args: [lastActivityText, now.toISOString(), ttlSeconds.session],
  }),

  /** `rotatedFor`: the user who got another token in place of this one; empty where the session simply ends. */
  end: (token: string, rotatedFor = ''): ScriptCall => ({
    script: end,
    keys: keysOf(token),
    args: [ttlSeconds.endedSession, rotatedFor],
  }),

  listAdd: (userId: string, token: string): ScriptCall => ({
    script: listAdd,
    keys: [keys.userSessions(userId)],
    args: [token, ttlSeconds.session],
  }),

  listRemove: (userId: string, tokens: readonly string[]): ScriptCall => ({
    script: listRemove,
    keys: [keys.userSessions(userId)],
    args: tokens,
  }),
};

/** All five fields of the document, ISO 8601 (R6); what is not known is empty. */
function hashOf(session: Session): string[] {
  const values = [
    session.id,
    session.userId ?? '',
    session.deviceType ?? '',
    session.createdAt?.toISOString() ?? '',
    session.lastActivityAt?.toISOString() ?? '',
  ];
  return sessionFields.flatMap((field, index) => [field, values[index]!]);
}
