import { CodedError } from '../errors.js';
import type { Command, CommandReader, Reply } from '../redis/commandRunner.js';
import { SECONDS_BELOW, type DataFault } from '../redis/decode.js';
import { isProductId } from '../redis/ids.js';
import { keys, limits } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import type { FeedMember, FeedSlice } from './feed.js';
import { decodeMember } from './feedStore.js';

/** What somebody viewed, newest first, each product once. Short by the documents' limits, so it is read whole. */
export type Viewed = Pick<FeedSlice, 'members' | 'ttlMs' | 'failed'>;

/** Reads of the views that the documents keep: `history` and `recent_views` of users, the viewed list of sessions. */
export class ViewHistory {
  constructor(private readonly reader: CommandReader) {}

  /** Documents A (`recent_views`, R7) and B (`rec:user:{id}:history`) together. */
  async ofUser(userId: string, scope: ReadScope): Promise<Viewed> {
    const [history, recent] = [keys.userHistory(userId), keys.recentViews(userId)];
    const [historyRange, historyTtl, recentRange, recentTtl] = await this.#read(
      [
        ['zrevrange', history, 0, limits.userHistory - 1, 'WITHSCORES'],
        ['pttl', history],
        ['zrevrange', recent, 0, limits.recentViews - 1, 'WITHSCORES'],
        ['pttl', recent],
      ],
      scope,
    );
    const isHistory = isReadable(historyRange, scope);
    const isRecent = isReadable(recentRange, scope);
    if (!isHistory && !isRecent) return failed;
    const faults: DataFault[] = [];
    const entries = [
      ...(isHistory ? pairs(historyRange).map(([id, at]) => ({ id, at })) : []),
      // `product_id:duration`; a product's id may hold a colon itself.
      ...(isRecent ? pairs(recentRange).map(([member, at]) => ({ id: beforeLastColon(member), at })) : []),
    ].map(({ id, at }) => ({ member: decodeMember(id, at, faults), seconds: epochSeconds(at) }));
    scope.addFaults(faults);
    entries.sort((a, b) => b.seconds - a.seconds);
    return {
      members: newestOfEach(entries.map(({ member }) => member)),
      ttlMs: Math.min(remainingMs(historyTtl), remainingMs(recentTtl)),
    };
  }

  /** Document B: `rec:session:{session_id}:viewed`, newest first. */
  async ofSession(sessionId: string, scope: ReadScope): Promise<Viewed> {
    const key = keys.sessionViewed(sessionId);
    const [range, ttl] = await this.#read(
      [
        ['lrange', key, 0, limits.sessionViewed - 1],
        ['pttl', key],
      ],
      scope,
    );
    if (!isReadable(range, scope)) return failed;
    const members = range.map((id): FeedMember => {
      if (isProductId(id)) return { id, score: null };
      scope.addFault('INVALID_ID');
      return { id: '', score: null };
    });
    return { members: newestOfEach(members), ttlMs: remainingMs(ttl) };
  }

  /** A user is new who has neither a history nor recent views (api.md, Fallback rules). */
  async isNewUser(userId: string, scope: ReadScope): Promise<boolean> {
    const replies = await this.#read(
      [
        ['exists', keys.userHistory(userId)],
        ['exists', keys.recentViews(userId)],
      ],
      scope,
    );
    return replies.length === 2 && replies.every((reply) => reply === 0);
  }

  #read(commands: readonly Command[], scope: ReadScope): Promise<Reply[]> {
    return this.reader.read(commands, scope.deadline).catch((error: unknown) => {
      if (error instanceof CodedError) return commands.map(() => error);
      throw error;
    });
  }
}

const failed: Viewed = { members: [], ttlMs: Infinity, failed: true };

function isReadable(range: Reply, scope: ReadScope): range is string[] {
  if (Array.isArray(range)) return true;
  if (!(range instanceof CodedError)) scope.addFault('WRONG_TYPE');
  return false;
}

const remainingMs = (ttl: Reply): number => (typeof ttl === 'number' && ttl >= 0 ? ttl : Infinity);

function pairs(range: readonly string[]): [member: string, score: string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < range.length; i += 2) result.push([range[i]!, range[i + 1]!]);
  return result;
}

const beforeLastColon = (member: string): string => member.slice(0, Math.max(0, member.lastIndexOf(':')));

/** Some writers score in milliseconds (R6). Redis says `inf` and `-inf`; what is no number would put all out of order. */
function epochSeconds(scoreText: string): number {
  const value = Number(scoreText.replace('inf', 'Infinity'));
  return value < SECONDS_BELOW ? value : value / 1_000;
}

function newestOfEach(members: readonly FeedMember[]): FeedMember[] {
  const seen = new Set<string>();
  return members.filter(({ id }) => id === '' || (!seen.has(id) && seen.add(id)));
}
