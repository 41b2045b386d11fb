import DataLoader from 'dataloader';
import type { Redis } from 'ioredis';
import type { ReadHash } from './peerSchema.js';
import { CATALOGUE_FIELDS, fieldsOf, HOT_FIELDS, mergeProduct, type ProductView } from './shopRules.js';

/** What people write first: both hashes whole, all products of a tick in one pipeline. */
export const wholeProducts = (redis: Redis) =>
  new DataLoader<string, ProductView | null>(async (ids) => {
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.hgetall(`hot_product:${id}`).hgetall(`product:${id}`);
    const replies = await repliesOf<Record<string, string>>(pipeline);
    return ids.map((id, index) => mergeProduct(id, replies[2 * index]!, replies[2 * index + 1]!));
  });

/** The fields of the schema alone, all products of a tick in one pipeline. */
export const productsByFields = (redis: Redis) =>
  new DataLoader<string, ProductView | null>(async (ids) => {
    const pipeline = redis.pipeline();
    for (const id of ids)
      pipeline.hmget(`hot_product:${id}`, ...HOT_FIELDS).hmget(`product:${id}`, ...CATALOGUE_FIELDS);
    const replies = await repliesOf<(string | null)[]>(pipeline);
    return ids.map((id, index) =>
      mergeProduct(id, fieldsOf(HOT_FIELDS, replies[2 * index]!), fieldsOf(CATALOGUE_FIELDS, replies[2 * index + 1]!)),
    );
  });

export const readWholeHash =
  (redis: Redis): ReadHash =>
  (key) =>
    redis.hgetall(key);

export const readHashFields =
  (redis: Redis): ReadHash =>
  async (key, fields) => {
    const values = await redis.hmget(key, ...fields);
    return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? null]));
  };

async function repliesOf<T>(pipeline: ReturnType<Redis['pipeline']>): Promise<T[]> {
  const replies = await pipeline.exec();
  return (replies ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply as T;
  });
}
