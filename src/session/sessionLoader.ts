import type { ReadScope } from '../redis/readScope.js';
import type { Asker } from './asker.js';
import { byNewestActivity, type Session, type SessionRecord } from './session.js';
import type { SessionStore } from './sessionStore.js';

export interface SessionLoaderOptions {
  store: Pick<SessionStore, 'ofUser'>;
  asker: Asker;
  scope: ReadScope;
  /** Takes members that name no session of the user off `user_sessions`, beside the request. It must not throw. */
  dropStale: (userId: string, staleTokens: readonly string[]) => void;
}

/** One request's look at the other sessions of the caller's user; read at most once. */
export class SessionLoader {
  #options: SessionLoaderOptions;
  #others: Promise<SessionRecord[]> | undefined;

  constructor(options: SessionLoaderOptions) {
    this.#options = options;
  }

  /** The user's other sessions, newest activity first; none for a guest. */
  async otherSessions(): Promise<Session[]> {
    const records = await this.otherRecords();
    return records.map((record) => record.session).sort(byNewestActivity);
  }

  /**
   * As `otherSessions`, with the tokens: for those who end sessions, never for an answer.
   * @throws UPSTREAM_UNAVAILABLE where Redis could not be asked.
   */
  otherRecords(): Promise<SessionRecord[]> {
    this.#others ??= this.#read();
    return this.#others;
  }

  async #read(): Promise<SessionRecord[]> {
    const { store, asker, scope, dropStale } = this.#options;
    const session = await asker.session();
    if (!session || session.userId === null) return [];
    const { live, staleTokens } = await store.ofUser(session.userId, scope);
    if (staleTokens.length > 0) dropStale(session.userId, staleTokens);
    return live.filter((record) => record.token !== asker.token);
  }
}
