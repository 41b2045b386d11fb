import { CodedError } from '../errors.js';
import type { Command, CommandReader, Reply } from '../redis/commandRunner.js';
import { isToken } from '../redis/ids.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { decodeSession, sessionFields, type SessionRecord, type SessionValues } from './session.js';

/** Sessions of one user that are read at once; a pipeline of bounded size, however many there are. */
const CHUNK = 250;

/** A user's living sessions, and the members of `user_sessions` that name none of them any more (R1). */
export interface SessionsOfUser {
  live: SessionRecord[];
  staleTokens: string[];
}

/** Reads sessions (A: `session:{token}`, `user_sessions:{user_id}`). */
export class SessionStore {
  #reader: CommandReader;
  #guestSegment: string;

  constructor(reader: CommandReader, { guestSegment }: { guestSegment: string }) {
    this.#reader = reader;
    this.#guestSegment = guestSegment;
  }

  /**
   * The session of a token, undefined where there is none (any more). One wave.
   * @throws UPSTREAM_UNAVAILABLE where Redis could not be asked.
   */
  async byToken(token: string, scope: ReadScope): Promise<SessionRecord | undefined> {
    const [record] = await this.byTokens([token], scope);
    return record;
  }

  /** As `byToken`, in the order of the tokens. One wave; tokens must have passed `isToken`. */
  async byTokens(tokens: readonly string[], scope: ReadScope): Promise<(SessionRecord | undefined)[]> {
    const commands = tokens.flatMap((token): Command[] => [
      ['hmget', keys.session(token), ...sessionFields],
      ['pttl', keys.session(token)],
    ]);
    const replies = await this.#reader.read(commands, scope.deadline);
    return tokens.map((token, index) => this.#decode(token, replies[2 * index], replies[2 * index + 1], scope));
  }

  /**
   * All sessions of a user, as `user_sessions` lists them. Two waves, further ones beyond 250 sessions.
   * @throws UPSTREAM_UNAVAILABLE where Redis could not be asked.
   */
  async ofUser(userId: string, scope: ReadScope): Promise<SessionsOfUser> {
    const [reply] = await this.#reader.read([['smembers', keys.userSessions(userId)]], scope.deadline);
    const members = (valueOf(reply, scope) ?? []) as string[];
    const tokens = members.filter(isToken);
    const found: SessionsOfUser = { live: [], staleTokens: members.filter((member) => !isToken(member)) };
    for (let start = 0; start < tokens.length; start += CHUNK) {
      const chunk = tokens.slice(start, start + CHUNK);
      const records = await this.byTokens(chunk, scope);
      records.forEach((record, index) => {
        if (record?.session.userId === userId) found.live.push(record);
        else found.staleTokens.push(chunk[index]!);
      });
    }
    return found;
  }

  #decode(token: string, hash: Reply, ttl: Reply, scope: ReadScope): SessionRecord | undefined {
    const values = valueOf(hash, scope) as SessionValues | undefined;
    if (values === undefined) return undefined;
    const { session, faults } = decodeSession(values, {
      ttlMs: (valueOf(ttl, scope) as number | undefined) ?? -1,
      nowMs: Date.now(),
      guestSegment: this.#guestSegment,
    });
    scope.addFaults(faults);
    return session && { token, session, lastActivityText: values[4] ?? '' };
  }
}

/** A reply's value; undefined where the key holds another type, which is counted. */
function valueOf(reply: Reply, scope: ReadScope): unknown {
  if (reply instanceof CodedError) throw reply;
  if (!(reply instanceof Error)) return reply;
  scope.addFault('WRONG_TYPE');
  return undefined;
}
