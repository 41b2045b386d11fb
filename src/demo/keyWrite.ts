import type { Scored } from './feeds.js';

/** One key as its owner would write it. */
export interface KeyWrite {
  command: 'HSET' | 'ZADD' | 'SADD' | 'RPUSH' | 'SET';
  key: string;
  args: string[];
  /** Null for the monitoring keys, which do not expire. */
  ttlSeconds: number | null;
}

/** A hash; fields whose value is null are left out, as a writer does who does not know it. */
export function hash(key: string, values: Record<string, string | number | boolean | null>, ttl: number): KeyWrite {
  const args = Object.entries(values).flatMap(([field, value]) => (value === null ? [] : [field, String(value)]));
  return { command: 'HSET', key, args, ttlSeconds: ttl };
}

/** A sorted set. */
export function sortedSet(key: string, feed: readonly Scored[], ttl: number): KeyWrite {
  return {
    command: 'ZADD',
    key,
    args: feed.flatMap(({ productId, score }) => [String(score), productId]),
    ttlSeconds: ttl,
  };
}
