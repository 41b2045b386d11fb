import { ttlSeconds } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import type { ScriptCall, ScriptRunner } from '../redis/scriptRunner.js';
import { countedWrongType } from '../redis/wrongType.js';
import type { Session } from './session.js';
import { claimSession } from './sessionClaim.js';
import type { SessionKeeper } from './sessionKeeper.js';
import { sessionScripts } from './sessionScripts.js';
import type { SessionStore } from './sessionStore.js';
import { newSessionId, newToken, rotatedToken } from './sessionToken.js';

export interface SessionWriterOptions {
  scripts: Pick<ScriptRunner, 'run' | 'runMany'>;
  store: Pick<SessionStore, 'byToken'>;
  keeper: Pick<SessionKeeper, 'tidy'>;
  /** `SESSION_SECRET`, which rotated tokens are made with. */
  secret: string;
  guestSegment: string;
}

/** A session that is to end: its token, its id, and whose list it stands on. */
export interface EndingSession {
  token: string;
  session: Pick<Session, 'id' | 'userId'>;
}

/** What came of binding a session to a user. */
export type Binding =
  | { outcome: 'ALREADY_IDENTIFIED' | 'SESSION_NOT_FOUND' }
  | {
      outcome: 'BOUND';
      /** The new token, the same for every repeat. */
      token: string;
      session: Session;
      /** When the guest was last active; null where the old session has ended, so an earlier call got that far. */
      guestLastActiveAt: Date | null;
    };

/**
 * Starts, binds and ends sessions (R1, R16). What the caller awaits is in Redis when the promise resolves; a repeat of
 * any of it is harmless.
 * @throws UPSTREAM_UNAVAILABLE from every method, where it is not known whether it was done.
 */
export class SessionWriter {
  #options: SessionWriterOptions;

  constructor(options: SessionWriterOptions) {
    this.#options = options;
  }

  /** A guest's new session. Its token is shown to nobody else. */
  async start(deviceType: string | null, scope: ReadScope): Promise<{ token: string; session: Session }> {
    const token = newToken();
    const now = new Date();
    const session: Session = {
      id: newSessionId(),
      userId: null,
      deviceType,
      createdAt: now,
      lastActivityAt: now,
      expiresAt: new Date(now.getTime() + ttlSeconds.session * 1_000),
      isCurrent: false,
    };
    await this.#run(sessionScripts.write(token, session), scope);
    return { token, session };
  }

  /**
   * Gives the session to a user, under a new token. The old one lives on until `retire`, so that whoever repeats a
   * login that broke off finds what is left to do.
   */
  async bind(oldToken: string, userId: string, scope: ReadScope): Promise<Binding> {
    const token = rotatedToken(this.#options.secret, oldToken, userId);
    const claim = await claimSession(oldToken, userId, scope, this.#options);
    if (claim.outcome !== 'CLAIMED' && claim.outcome !== 'GONE') return { outcome: claim.outcome };

    const now = new Date();
    if (claim.outcome === 'CLAIMED') {
      const bound = { ...claim.session, userId, createdAt: claim.session.createdAt ?? now, lastActivityAt: now };
      await this.#run(sessionScripts.write(token, bound), scope);
    }
    // The session's hash stands before its place in the list: a reader of the list drops what it does not find (R1).
    const record = await this.#options.store.byToken(token, scope);
    if (record?.session.userId !== userId) {
      // The new session has been ended already; the old one must not outlive it.
      if (claim.outcome === 'CLAIMED') await this.retire(oldToken, userId, scope);
      return { outcome: 'SESSION_NOT_FOUND' };
    }
    await this.#runOnList(sessionScripts.listAdd(userId, token), scope);
    this.#options.keeper.tidy(userId);

    const guestLastActiveAt =
      claim.outcome === 'CLAIMED' ? earlier(claim.session.lastActivityAt ?? claim.session.createdAt ?? now, now) : null;
    return { outcome: 'BOUND', token, session: record.session, guestLastActiveAt };
  }

  /** Ends the session that a login replaced: a token planted before the login must not survive it. */
  async retire(oldToken: string, userId: string, scope: ReadScope): Promise<void> {
    await Promise.all([
      this.#run(sessionScripts.end(oldToken, userId), scope),
      // On the list where the user had been signed in already.
      this.#runOnList(sessionScripts.listRemove(userId, [oldToken]), scope),
    ]);
  }

  /** Ends sessions and answers the ids of those that were still there. */
  async end(ending: readonly EndingSession[], scope: ReadScope): Promise<string[]> {
    const results = await this.#options.scripts.runMany(
      ending.map(({ token }) => sessionScripts.end(token)),
      scope.deadline,
    );
    const ended = ending.filter((_, index) => valueOf(results[index]) === 1);
    await Promise.all(
      [...tokensByUser(ending)].map(([userId, tokens]) =>
        this.#runOnList(sessionScripts.listRemove(userId, tokens), scope),
      ),
    );
    return ended.map(({ session }) => session.id);
  }

  /** A list of another type lists nothing; the sessions themselves are as good without it. */
  async #runOnList(call: ScriptCall, scope: ReadScope): Promise<void> {
    await this.#run(call, scope).catch(countedWrongType(scope));
  }

  #run({ script, keys, args }: ScriptCall, scope: ReadScope): Promise<unknown> {
    return this.#options.scripts.run(script, keys, args, scope.deadline);
  }
}

function tokensByUser(ending: readonly EndingSession[]): Map<string, string[]> {
  const tokens = new Map<string, string[]>();
  for (const { token, session } of ending) {
    if (session.userId !== null) tokens.set(session.userId, [...(tokens.get(session.userId) ?? []), token]);
  }
  return tokens;
}

function valueOf(result: PromiseSettledResult<unknown> | undefined): unknown {
  if (result?.status === 'rejected') throw result.reason;
  return result?.value;
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
