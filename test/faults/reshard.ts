import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { askRedis } from '../support/redisServer.js';

const KEYS_A_ROUND = 20;

/** Moves every other slot that holds a cart to the next master, key by key, as `redis-cli --cluster reshard` does. */
export async function moveSlotsOfCarts(redis: Redis | Cluster, masters: readonly PrivateRedis[]): Promise<void> {
  if (!(redis instanceof Cluster)) throw new Error('only a Cluster has slots');
  const found = await Promise.all(redis.nodes('master').map((node) => node.keys('cart:*')));
  const slots = [...new Set(found.flat().map((key) => calculateSlot(key)))].sort((a, b) => a - b);
  for (const slot of slots.filter((_, index) => index % 2 === 0)) await moveSlot(slot, masters);
}

async function moveSlot(slot: number, masters: readonly PrivateRedis[]): Promise<void> {
  const from = await ownerOf(slot, masters);
  const to = masters[(masters.indexOf(from) + 1) % masters.length]!;
  const [fromId, toId] = await Promise.all(
    [from, to].map(async (node) => String(await askRedis(node, 'CLUSTER', 'MYID'))),
  );
  await askRedis(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', fromId!);
  await askRedis(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', toId!);
  for (;;) {
    const keys = (await askRedis(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), String(KEYS_A_ROUND))) as string[];
    if (keys.length === 0) break;
    // One at a time, so that a cart lies on both sides for a while and its scripts hear TRYAGAIN.
    for (const key of keys) await askRedis(from, 'MIGRATE', to.host, String(to.port), key, '0', '5000');
  }
  // The new owner first: otherwise the slot would be nobody's for a moment.
  for (const node of [to, from, ...masters]) await askRedis(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', toId!);
}

async function ownerOf(slot: number, masters: readonly PrivateRedis[]): Promise<PrivateRedis> {
  type Range = [from: number, to: number, master: [host: string, port: number]];
  const ranges = (await askRedis(masters[0]!, 'CLUSTER', 'SLOTS')) as Range[];
  const [, , [, port]] = ranges.find(([from, to]) => from <= slot && slot <= to)!;
  return masters.find((master) => master.port === port)!;
}
