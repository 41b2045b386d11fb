import calculateSlot from 'cluster-key-slot';
import { decodeLineId } from '../../src/cart/cartLines.js';
import { askRedis, startCluster, type RedisCluster } from '../support/redisServer.js';
import { line, seen, startCarts, WEEK_SECONDS, type CartGateway } from './cartSetup.js';

const USERS = Array.from({ length: 30 }, (_, i) => `user${i}`);
const ELEMENT = '{"item_id": "prod_7", "variation_id": "v", "quantity": 2, "price": 19.990, "name": "Shirt"}';

let cluster: RedisCluster;
let gateway: CartGateway;

beforeAll(async () => {
  cluster = await startCluster();
  gateway = await startCarts({
    REDIS_CLUSTER_NODES: cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
  });
}, 30_000);
afterAll(async () => {
  gateway.stop();
  await cluster.stop();
});
beforeEach(async () => {
  for (const master of cluster.masters) await askRedis(master, 'FLUSHALL');
});

const add = (userId: string, productId: string, quantity: number, options = {}) =>
  gateway.writer.addLines(
    [line(productId, quantity)],
    { owner: { userId, sessionId: 's1' }, ...options },
    gateway.scope(),
  );

it('keeps a cart, its lines and its operations in one slot', async () => {
  await Promise.all(USERS.map((userId) => add(userId, 'prod_1', 2)));
  for (const userId of USERS) {
    const key = `cart:${userId}:s1`;
    const { hash, elements } = await seen(gateway.client, key);
    expect(hash['total_amount']).toBe('59.98');
    expect(elements).toHaveLength(1);
    expect(calculateSlot(`cart_items:${hash['cart_id']!}`)).toBe(calculateSlot(key));
  }
});

it('changes, clears, converts and begins anew in whatever slot', async () => {
  await Promise.all(
    USERS.map(async (userId) => {
      const owner = { userId, sessionId: 's1' };
      const { content } = await add(userId, 'prod_1', 2);
      const ref = decodeLineId(content!.lines[0]!.id)!;
      await gateway.writer.updateLines([{ ref, quantity: 1 }], { owner }, gateway.scope());
      await gateway.writer.clear({ owner }, gateway.scope());
      await gateway.writer.convert(content!.cart.id, { owner }, gateway.scope());
      const next = await add(userId, 'prod_3', 1);
      expect(next.content?.cart).toMatchObject({ id: `{cart:${userId}:s1}:2`, version: 5, totalItems: 1 });
      const found = await gateway.store.find(owner, { withLines: true }, gateway.scope());
      expect(found.lines).toEqual(next.content?.lines);
    }),
  );
});

it('adopts a cart that others wrote under an id of another slot, with the bytes of its lines', async () => {
  for (const userId of USERS) {
    await foreignCart(`cart:${userId}:s1`, `c-${userId}`, { user_id: userId });
    const before = await gateway.store.find({ userId, sessionId: 's1' }, { withLines: true }, gateway.scope());
    expect(before.cart?.id).toBe(`c-${userId}`);
    const { content } = await add(userId, 'prod_1', 1);
    expect(content?.cart).toMatchObject({
      id: `{cart:${userId}:s1}:1`,
      totalItems: 3,
      totalAmount: { amount: '69.97' },
    });
    const { elements, ttls } = await seen(gateway.client, `cart:${userId}:s1`);
    expect(elements[0]).toBe(ELEMENT);
    expect(ttls[1]).toBeGreaterThan(WEEK_SECONDS - 5);
  }
});

it('adopts once where many add at the same moment', async () => {
  await foreignCart('cart:u1:s1', 'c1', { user_id: 'u1' });
  await Promise.all(Array.from({ length: 20 }, () => add('u1', 'many', 1)));
  expect((await seen(gateway.client, 'cart:u1:s1')).hash).toMatchObject({ total_items: '22', version: '20' });
});

it('merges guest carts of whatever slots, also foreign ones, also for fifty callers at once', async () => {
  await Promise.all(
    USERS.slice(0, 10).map(async (userId, i) => {
      const sessionId = `guest${i}`;
      const login = { userId, sessionId };
      if (i % 2 === 0) await foreignCart(`cart:guest:${sessionId}`, `g-${i}`, {});
      await gateway.writer.addLines([line('prod_1', 1)], { owner: { userId: null, sessionId } }, gateway.scope());
      if (i % 4 === 1) await foreignCart(`cart:guest:${sessionId}`, `g-${i}`, {});
      await add(userId, 'prod_3', 1);
      await Promise.all(Array.from({ length: 50 }, () => gateway.writer.mergeGuestCart(login, gateway.scope(15_000))));
      const { hash } = await seen(gateway.client, `cart:${userId}:s1`);
      const merged = i % 2 === 0 ? 3 : i % 4 === 1 ? 2 : 1;
      expect(hash).toMatchObject({ total_items: String(1 + merged), version: '2' });
      const again = await gateway.store.find(login, { withLines: false }, gateway.scope());
      expect(again.hasUnmergedGuestCart).toBe(false);
    }),
  );
});

it('goes on while a slot moves to another master', async () => {
  await add('u1', 'many', 1);
  const slot = String(calculateSlot('cart:u1:s1'));
  const [source, target] = await ownerAndOther(slot);
  const ids = [await askRedis(source!, 'CLUSTER', 'MYID'), await askRedis(target!, 'CLUSTER', 'MYID')].map(String);
  let isOver = false;
  let acknowledged = 0;
  const adding = (async () => {
    for (let i = 0; !isOver; i++) {
      const outcome = await add('u1', 'many', 1, { idempotencyKey: `k${i}` }).catch(() => undefined);
      if (outcome) acknowledged++;
      else i--; // to be repeated with the same key
    }
  })();
  await askRedis(target!, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[0]!);
  await askRedis(source!, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[1]!);
  for (const key of (await askRedis(source!, 'CLUSTER', 'GETKEYSINSLOT', slot, '10')) as string[])
    await askRedis(source!, 'MIGRATE', target!.host, String(target!.port), key, '0', '1000');
  for (const node of [target!, source!]) await askRedis(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', ids[1]!);
  await new Promise((resolve) => setTimeout(resolve, 200));
  isOver = true;
  await adding;
  const { hash } = await seen(gateway.client, 'cart:u1:s1');
  expect(acknowledged).toBeGreaterThan(5);
  expect(hash).toMatchObject({ total_items: String(1 + acknowledged), version: String(1 + acknowledged) });
});

async function foreignCart(key: string, id: string, fields: Record<string, string>): Promise<void> {
  await gateway.client.hset(key, {
    ...{ cart_id: id, session_id: 's1', status: 'active', total_items: '2', total_amount: '39.98' },
    ...fields,
  });
  await gateway.client.rpush(`cart_items:${id}`, ELEMENT);
}

async function ownerAndOther(slot: string) {
  const owners = (await askRedis(cluster.masters[0]!, 'CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  const port = owners.find(([from, to]) => from <= Number(slot) && Number(slot) <= to)![2][1];
  const owner = cluster.masters.find((master) => master.port === port);
  return [owner, cluster.masters.find((master) => master !== owner)];
}
