import type { ServiceKey, ServiceScope } from '../config.js';
import { forbidden, unauthenticated } from '../errors.js';
import { isToken } from '../redis/ids.js';
import type { ReadScope } from '../redis/readScope.js';
import type { Session, SessionRecord } from './session.js';
import type { SessionStore } from './sessionStore.js';

/**
 * What is known of the token that came: none came; it names a session; it does not, so the client should drop it;
 * or Redis could not be asked, so the client should keep it (api.md, Who is asking).
 */
export type TokenState = 'NONE' | 'VALID' | 'INVALID' | 'UNKNOWN';

export interface AskerOptions {
  /** The token as the request brought it, see `presentedToken`; it may be malformed. */
  presentedToken: string | undefined;
  /** Whose `x-api-key` came with the request. */
  service: ServiceKey | undefined;
  store: Pick<SessionStore, 'byToken'>;
  scope: ReadScope;
  /** Told once of the session that was found; starts the touch beside the request. It must not throw. */
  onSession?: (record: SessionRecord) => void;
}

/**
 * Who asks: a customer or guest with a session, a service, both or nobody. The session is looked up from the moment
 * the request is here; who does not need it does not wait for it.
 */
export class Asker {
  readonly service: ServiceKey | undefined;
  /** The session's token; undefined where none came or it is malformed. */
  readonly token: string | undefined;
  #wasPresented: boolean;
  #session: Promise<Session | undefined>;
  #hasEnded = false;

  constructor({ presentedToken, service, store, scope, onSession }: AskerOptions) {
    this.service = service;
    this.#wasPresented = presentedToken !== undefined;
    this.token = presentedToken !== undefined && isToken(presentedToken) ? presentedToken : undefined;
    this.#session = this.token === undefined ? Promise.resolve(undefined) : lookUp(this.token, store, scope, onSession);
    // Public feeds never ask for it, and then nobody else hears of a failure.
    this.#session.catch(() => undefined);
  }

  /**
   * The caller's session, undefined where nobody is known.
   * @throws UPSTREAM_UNAVAILABLE where Redis could not be asked.
   */
  async session(): Promise<Session | undefined> {
    const session = await this.#session;
    return this.#hasEnded ? undefined : session;
  }

  /** @throws UNAUTHENTICATED where nobody is known. */
  async requireSession(): Promise<Session> {
    const session = await this.session();
    if (!session) throw unauthenticated();
    return session;
  }

  /** What the answer's `extensions.session` is made of. Never rejects. */
  async tokenState(): Promise<TokenState> {
    if (!this.#wasPresented) return 'NONE';
    return this.#session.then(
      (session) => (session ? 'VALID' : 'INVALID'),
      () => 'UNKNOWN',
    );
  }

  hasScope(scope: ServiceScope): boolean {
    return this.service?.scopes.has(scope) ?? false;
  }

  /** @throws FORBIDDEN unless a service asks that has the scope. */
  requireScope(scope: ServiceScope): void {
    if (!this.hasScope(scope)) throw forbidden();
  }

  /** The request at hand ended the caller's session: what follows in it is asked by nobody known. */
  endSession(): void {
    this.#hasEnded = true;
  }
}

/**
 * The token that a request's headers bring: `Authorization: Bearer TOKEN`, else `x-session-token`. Another scheme of
 * `Authorization` is somebody else's business, a proxy's for one. An empty token counts as one, a malformed one.
 */
export function presentedToken(header: (name: string) => string | undefined): string | undefined {
  const bearer = /^bearer(?:\s+(.*))?$/is.exec(header('authorization')?.trim() ?? '');
  return bearer ? (bearer[1] ?? '').trim() : header('x-session-token')?.trim();
}

async function lookUp(
  token: string,
  store: AskerOptions['store'],
  scope: ReadScope,
  onSession: AskerOptions['onSession'],
): Promise<Session | undefined> {
  const record = await store.byToken(token, scope);
  if (!record) return undefined;
  onSession?.(record);
  return { ...record.session, isCurrent: true };
}
