import { Deadline } from '../redis/deadline.js';
import { ReadScope } from '../redis/readScope.js';
import type { ScriptCall, ScriptRunner } from '../redis/scriptRunner.js';
import type { Session, SessionRecord } from './session.js';
import { sessionScripts } from './sessionScripts.js';
import type { SessionStore } from './sessionStore.js';

/** A session's activity is noted at most so often. */
const TOUCH_EVERY_MS = 60_000;
const TIMEOUT_MS = 1_000;

export interface SessionKeeperOptions {
  scripts: Pick<ScriptRunner, 'run'>;
  store: Pick<SessionStore, 'ofUser'>;
  /** Told of what failed: no request does. */
  onError: (error: unknown) => void;
}

/**
 * What the gateway writes about sessions beside the requests: nobody waits for it, and nothing fails with it. All of it
 * is done again at a later request where it failed.
 */
export class SessionKeeper {
  #options: SessionKeeperOptions;
  #underWay = new Map<string, Promise<void>>();

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
  }

  /** Notes that the session was used and prolongs it and its place in the user's list, at most once a minute (R1). */
  touch({ token, session, lastActivityText }: SessionRecord): void {
    if (!isTouchDue(session, Date.now())) return;
    this.#beside(`touch ${token}`, async ({ deadline }) => {
      const touched = await this.#run(sessionScripts.touch(token, lastActivityText, new Date()), deadline);
      if (touched === 1 && session.userId !== null) {
        await this.#run(sessionScripts.listAdd(session.userId, token), deadline);
      }
    });
  }

  /** Takes members off the user's list that name no session of the user (R1). */
  dropStale(userId: string, staleTokens: readonly string[]): void {
    if (staleTokens.length === 0) return;
    this.#beside(`drop ${userId}`, ({ deadline }) =>
      this.#run(sessionScripts.listRemove(userId, staleTokens), deadline),
    );
  }

  /** Finds such members first. A session that merely expires leaves one, and only a look at the list finds it. */
  tidy(userId: string): void {
    this.#beside(`tidy ${userId}`, async (scope) => {
      const { staleTokens } = await this.#options.store.ofUser(userId, scope);
      this.dropStale(userId, staleTokens);
    });
  }

  /** Resolves when nothing is under way any more: before the connection is closed. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  /** Starts the work unless the same is under way. Its deadline is its own: the request's ends with the request. */
  #beside(name: string, work: (scope: ReadScope) => Promise<unknown>): void {
    if (this.#underWay.has(name)) return;
    const scope = new ReadScope(new Deadline(TIMEOUT_MS));
    const done = work(scope)
      .then(() => undefined, this.#options.onError)
      .finally(() => {
        scope.deadline.clear();
        this.#underWay.delete(name);
      });
    this.#underWay.set(name, done);
  }

  #run({ script, keys, args }: ScriptCall, deadline: Deadline): Promise<unknown> {
    return this.#options.scripts.run(script, keys, args, deadline);
  }
}

/** A time that lies ahead is another clock's, or broken: it must not keep the session from living on. */
function isTouchDue({ lastActivityAt }: Session, nowMs: number): boolean {
  return lastActivityAt === null || Math.abs(nowMs - lastActivityAt.getTime()) >= TOUCH_EVERY_MS;
}
