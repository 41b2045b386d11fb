import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { askRedis, startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';
import { line, startCarts, type CartGateway } from './cartSetup.js';

const CLIENTS = 16;
const OPERATIONS = 30;
const CARTS = 4;

let redis: PrivateRedis;
let proxy: TcpProxy;
let gateway: CartGateway;

beforeAll(async () => {
  redis = await startRedis({ appendonly: true, appendfsync: 'always' });
  proxy = await startTcpProxy(redis, { count: false });
  gateway = await startCarts({ REDIS_URL: proxy.url });
});
afterAll(async () => {
  gateway.stop();
  await proxy.stop();
  await redis.stop();
});
beforeEach(() => askRedis(redis, 'FLUSHALL'));

const ownerOf = (cart: number) => ({ userId: `u${cart}`, sessionId: 's1' });

/** Clients that add one at a time and repeat with the same key what they do not know the end of. */
async function addUnder(fault: (isOver: () => boolean) => Promise<void>): Promise<{ unknown: number }> {
  let unknown = 0;
  let isOver = false;
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let i = 0; i < OPERATIONS; i++) {
      const options = { owner: ownerOf((client + i) % CARTS), idempotencyKey: `${client}-${i}` };
      for (;;) {
        const answer = await gateway.writer
          .addLines([line('many', 1)], options, gateway.scope(900))
          .catch(() => undefined);
        if (answer?.userErrors.length === 0) break;
        unknown++;
        await sleep(20);
      }
    }
  });
  const faulting = fault(() => isOver);
  await Promise.all(clients);
  isOver = true;
  await faulting;
  return { unknown };
}

async function expectEachOnce(): Promise<void> {
  let items = 0;
  for (let cart = 0; cart < CARTS; cart++) {
    const key = `cart:u${cart}:s1`;
    const [total, amount, version] = (await askRedis(
      redis,
      'HMGET',
      key,
      'total_items',
      'total_amount',
      'version',
    )) as string[];
    const elements = (await askRedis(redis, 'LRANGE', `cart_items:{${key}}:1`, '0', '-1')) as string[];
    const quantity = elements.reduce((sum, element) => sum + (JSON.parse(element) as { quantity: number }).quantity, 0);
    expect(Number(total)).toBe(quantity);
    expect(Math.round(Number(amount) * 100)).toBe(quantity);
    expect(Number(version)).toBe(quantity);
    items += quantity;
  }
  expect(items).toBe(CLIENTS * OPERATIONS);
}

it('cut connections lose nothing and apply nothing twice', async () => {
  await addUnder(async (isOver) => {
    for (let cuts = 0; cuts < 20 && !isOver(); cuts++) {
      await sleep(100);
      proxy.cutAll();
    }
  });
  await expectEachOnce();
});

it('dropped replies lose nothing and apply nothing twice', async () => {
  await addUnder(async (isOver) => {
    for (let drops = 0; drops < 10 && !isOver(); drops++) {
      await sleep(150);
      proxy.dropReplies(true);
      await sleep(10);
      proxy.dropReplies(false);
    }
  });
  await expectEachOnce();
});

it('a hanging Redis loses nothing and applies nothing twice', async () => {
  const { unknown } = await addUnder(async () => {
    await sleep(30);
    await redis.kill('SIGSTOP');
    await sleep(1_500);
    await redis.kill('SIGCONT');
  });
  expect(unknown).toBeGreaterThan(0);
  await expectEachOnce();
});

it('kill -9 with an append-only file that is always synced loses nothing that was acknowledged', async () => {
  const { unknown } = await addUnder(async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(100);
      await redis.kill('SIGKILL');
      await sleep(500);
      await redis.restart();
    }
  });
  expect(unknown).toBeGreaterThan(0);
  await expectEachOnce();
});
