import { CodedError } from '../errors.js';
import type { CommandReader } from '../redis/commandRunner.js';
import { isProductId } from '../redis/ids.js';
import { keys, limits, ttlSeconds } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { defineScript, type ScriptCall, type ScriptRunner } from '../redis/scriptRunner.js';
import { countedWrongType } from '../redis/wrongType.js';

/** One look at a product. Its id has passed `isProductId`. */
export interface View {
  sessionId: string;
  /** Null for a guest. */
  userId: string | null;
  productId: string;
  durationSeconds: number;
}

const viewSession = defineScript('viewSession', { keys: 1 });
const viewHistory = defineScript('viewHistory', { keys: 1 });
const viewRecent = defineScript('viewRecent', { keys: 1 });
const viewCount = defineScript('viewCount', { keys: 2 });

/**
 * Writes what was viewed, as documents A and B have it (R7, R8). Each key has a script of its own, since each may live
 * on another node of a Cluster; all travel at once, and any of them may run twice.
 */
export class ViewStore {
  #reader: CommandReader;
  #scripts: Pick<ScriptRunner, 'runMany'>;
  #lastMicroseconds = 0;

  constructor(reader: CommandReader, scripts: Pick<ScriptRunner, 'runMany'>) {
    this.#reader = reader;
    this.#scripts = scripts;
  }

  /**
   * Records a view of a product that is known. One wave. A key that holds another type costs itself, and is counted.
   * @throws UPSTREAM_UNAVAILABLE where it is not known whether all was written; safe to repeat.
   */
  async record({ sessionId, userId, productId, durationSeconds }: View, scope: ReadScope): Promise<void> {
    const now = this.#nextTime();
    const calls: ScriptCall[] = [
      {
        script: viewSession,
        keys: [keys.sessionViewed(sessionId)],
        args: [productId, limits.sessionViewed, ttlSeconds.sessionViewed],
      },
      {
        script: viewCount,
        keys: [keys.trendingProducts(), keys.countedViews(sessionId)],
        args: [productId, ttlSeconds.trendingProducts, ttlSeconds.countedViews, limits.countedViews],
      },
    ];
    if (userId !== null) {
      calls.push(historyCall(userId, [[now, productId]]), {
        script: viewRecent,
        keys: [keys.recentViews(userId)],
        args: [productId, durationSeconds, now, limits.recentViews, ttlSeconds.recentViews],
      });
    }
    await this.#runAll(calls, scope);
  }

  /**
   * Takes what a guest viewed into the history of the user that the guest turned out to be. The list knows the order
   * and no times: the newest view counts as made at `lastActiveAt`, each older one a second earlier. The same time
   * gives the same history, so it is safe to repeat. Two waves.
   * @throws UPSTREAM_UNAVAILABLE
   */
  async adoptGuestViews(sessionId: string, userId: string, lastActiveAt: Date, scope: ReadScope): Promise<void> {
    const productIds = await this.#viewedIn(sessionId, scope);
    if (productIds.length === 0) return;
    const newest = lastActiveAt.getTime() / 1_000;
    const views = productIds.map((productId, age): [number, string] => [newest - age, productId]);
    await this.#runAll([historyCall(userId, views)], scope);
  }

  /** Newest first, each product once. */
  async #viewedIn(sessionId: string, scope: ReadScope): Promise<string[]> {
    const command = ['lrange', keys.sessionViewed(sessionId), 0, limits.sessionViewed - 1] as const;
    const [reply] = await this.#reader.read([command], scope.deadline);
    if (reply instanceof CodedError) throw reply;
    if (reply instanceof Error) {
      scope.addFault('WRONG_TYPE');
      return [];
    }
    const members = [...new Set(reply as string[])];
    const productIds = members.filter(isProductId);
    if (productIds.length < members.length) scope.addFault('INVALID_ID');
    return productIds;
  }

  /** Now, in epoch seconds; never the same twice, so that of two views within a millisecond the later is the newer. */
  #nextTime(): number {
    this.#lastMicroseconds = Math.max(Date.now() * 1_000, this.#lastMicroseconds + 1);
    return this.#lastMicroseconds / 1_000_000;
  }

  async #runAll(calls: readonly ScriptCall[], scope: ReadScope): Promise<void> {
    const countIfWrongType = countedWrongType(scope);
    for (const result of await this.#scripts.runMany(calls, scope.deadline)) {
      if (result.status === 'rejected') countIfWrongType(result.reason);
    }
  }
}

function historyCall(userId: string, views: readonly [time: number, productId: string][]): ScriptCall {
  return {
    script: viewHistory,
    keys: [keys.userHistory(userId)],
    args: [limits.userHistory, ttlSeconds.userHistory, ...views.flat()],
  };
}
