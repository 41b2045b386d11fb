import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';

const KEYS_A_ROUND = 20;

/** Moves every other slot that holds a cart to the next master, key by key, as `redis-cli --cluster reshard` does. */
export async function moveSlotsOfCarts(redis: Redis | Cluster): Promise<void> {
  if (!(redis instanceof Cluster)) throw new Error('only a Cluster has slots');
  const masters = redis.nodes('master').sort((a, b) => a.options.port! - b.options.port!);
  const found = await Promise.all(masters.map((node) => node.keys('cart:*')));
  const slots = [...new Set(found.flat().map((key) => calculateSlot(key)))].sort((a, b) => a - b);
  for (const slot of slots.filter((_, index) => index % 2 === 0)) await moveSlot(slot, masters);
}

async function moveSlot(slot: number, masters: readonly Redis[]): Promise<void> {
  const from = await ownerOf(slot, masters);
  const to = masters[(masters.indexOf(from) + 1) % masters.length]!;
  const [fromId, toId] = await Promise.all([from, to].map(async (node) => String(await node.call('CLUSTER', 'MYID'))));
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!);
  for (;;) {
    const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_A_ROUND)) as string[];
    if (keys.length === 0) break;
    // One at a time, so that a cart lies on both sides for a while and its scripts hear TRYAGAIN.
    for (const key of keys) await from.call('MIGRATE', to.options.host!, to.options.port!, key, 0, 5_000);
  }
  // The new owner first: otherwise the slot would be nobody's for a moment.
  for (const node of [to, ...masters]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId!);
}

async function ownerOf(slot: number, masters: readonly Redis[]): Promise<Redis> {
  type Range = [from: number, to: number, master: [host: string, port: number]];
  const ranges = (await masters[0]!.call('CLUSTER', 'SLOTS')) as Range[];
  const [, , [, port]] = ranges.find(([from, to]) => from <= slot && slot <= to)!;
  return masters.find(({ options }) => options.port === port)!;
}
