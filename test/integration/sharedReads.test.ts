import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { loadConfig } from '../../src/config.js';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { CodedError } from '../../src/errors.js';
import { FeedStore } from '../../src/feed/feedStore.js';
import { productField } from '../../src/product/product.js';
import { ProductStore } from '../../src/product/productStore.js';
import { createRedisClient, type RedisClient } from '../../src/redis/client.js';
import { CommandRunner } from '../../src/redis/commandRunner.js';
import { Deadline } from '../../src/redis/deadline.js';
import { ReadScope } from '../../src/redis/readScope.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy, type TcpProxy } from '../support/tcpProxy.js';

/** What requests share without any cache: the reads that none of them has sent yet. */

let server: PrivateRedis;
let proxy: TcpProxy;
let writer: Redis;
let client: RedisClient;
let runner: CommandRunner;
let products: ProductStore;
let feeds: FeedStore;
const deadlines: Deadline[] = [];

beforeAll(async () => {
  server = await startRedis();
  proxy = await startTcpProxy(server);
  writer = new Redis(server.url);
  const { redis, shop } = loadConfig({ REDIS_URL: proxy.url });
  client = createRedisClient(redis, 'reads');
  client.on('error', () => undefined);
  runner = new CommandRunner(client, redis);
  products = new ProductStore(runner, undefined, shop);
  feeds = new FeedStore(runner, undefined);
});

beforeEach(async () => {
  await writer.flushall();
  await writer.hset('product:p1', { id: 'p1', name: 'Old' });
  await writer.hset('product:p2', { id: 'p2', name: 'Two' });
  await writer.zadd('rec:trending', 2, 'p1', 1, 'p2');
  await eventually(async () => expect(await client.ping()).toBe('PONG'));
  proxy.reset();
});

afterEach(() => {
  proxy.delay(0);
  for (const deadline of deadlines.splice(0)) deadline.clear();
});

afterAll(async () => {
  runner.close();
  client.disconnect();
  writer.disconnect();
  await proxy.stop();
  await server.stop();
});

function aRequest(): ReadScope {
  const deadline = new Deadline(5_000);
  deadlines.push(deadline);
  return new ReadScope(deadline);
}

const namesOf = async (ids: readonly string[], scope = aRequest(), fields: number = productField.name) => {
  const entries = await products.readMany(
    ids.map((id) => ({ id, fields })),
    scope,
  );
  return entries.map((entry) => (entry instanceof CodedError ? entry.code : (entry.product?.name ?? null)));
};

const membersOf = async (scope = aRequest(), count = 2) => {
  const slice = await feeds.read('rec:trending', 0, count, scope);
  return slice.failed === true ? 'failed' : slice.members.map(({ id }) => id);
};

const sent = (name: string) => proxy.commands.filter(([command]) => command === name).map(([, key]) => key);

describe('look-ups of products that are asked for in one turn', () => {
  it('are sent once for all requests, in one pipeline', async () => {
    expect(await Promise.all([namesOf(['p1', 'p2']), namesOf(['p2', 'nothing']), namesOf(['p1'])])).toEqual([
      ['Old', 'Two'],
      ['Two', null],
      ['Old'],
    ]);
    expect(sent('HMGET').filter((key) => key?.startsWith('product:'))).toEqual([
      'product:p1',
      'product:p2',
      'product:nothing',
    ]);
    expect(proxy.waves).toBe(1);
  });

  it('ask for no field that only another request wants', async () => {
    await Promise.all([namesOf(['p1']), namesOf(['p1'], aRequest(), productField.rating)]);
    const [names, ratings] = proxy.commands.filter(([, key]) => key === 'product:p1');
    expect([names?.slice(2), ratings?.slice(2)]).toEqual([
      ['id', 'name'],
      ['id', 'rating'],
    ]);
  });

  it('are joined by nobody once they are on their way: who asks after a change sees it', async () => {
    proxy.delay(50);
    const before = namesOf(['p1']);
    await eventually(() => expect(sent('HMGET')).toContain('product:p1'));
    await writer.hset('product:p1', { name: 'New' });
    const after = namesOf(['p1']);
    expect([await before, await after]).toEqual([['Old'], ['New']]);
  });

  it('share the second look of what is in hot_product alone', async () => {
    await writer.hset('hot_product:h1', { product_id: 'h1', name: 'Hot' });
    const rating = (ids: string[]) => namesOf(ids, aRequest(), productField.rating);
    await Promise.all([rating(['p1', 'h1']), rating(['h1']), rating(['p1'])]);
    expect(sent('HMGET')).toEqual(['product:p1', 'product:h1', 'hot_product:h1']);
    expect(proxy.waves).toBe(2);
  });

  it('live on when the request that asked first has gone', async () => {
    proxy.delay(30);
    const first = aRequest();
    const [gone, other] = [namesOf(['p1'], first), namesOf(['p1'])];
    await turn();
    first.deadline.end();
    expect([await gone, await other]).toEqual([['UPSTREAM_UNAVAILABLE'], ['Old']]);
    proxy.reset();
    expect(await namesOf(['p1'], first)).toEqual(['UPSTREAM_UNAVAILABLE']);
    await namesOf(['p2']);
    expect(sent('HMGET')).not.toContain('product:p1');
  });

  it('are answered, too, where they are too many for one pipeline', async () => {
    const ids = Array.from({ length: 900 }, (_, index) => `many${index}`);
    const pipeline = writer.pipeline();
    for (const id of ids) pipeline.hset(`product:${id}`, { id, name: id });
    await pipeline.exec();
    const requests = Array.from({ length: 9 }, (_, index) => ids.slice(100 * index, 100 * index + 100));
    expect(await Promise.all(requests.map((each) => namesOf(each)))).toEqual(requests);
  });
});

describe('reads of a feed that are asked for in one turn', () => {
  it('are sent once for all requests', async () => {
    expect(await Promise.all([membersOf(), membersOf(), membersOf(aRequest(), 1)])).toEqual([
      ['p1', 'p2'],
      ['p1', 'p2'],
      ['p1'],
    ]);
    expect(sent('ZREVRANGE')).toHaveLength(2);
  });

  it('are joined by nobody once they are on their way', async () => {
    proxy.delay(50);
    const before = membersOf();
    await eventually(() => expect(sent('ZREVRANGE')).toHaveLength(1));
    await writer.zadd('rec:trending', 3, 'p3');
    const after = membersOf();
    expect([await before, await after]).toEqual([
      ['p1', 'p2'],
      ['p3', 'p1'],
    ]);
  });

  it('live on when the request that asked first has gone', async () => {
    proxy.delay(30);
    const first = aRequest();
    const [gone, other] = [membersOf(first), membersOf()];
    await turn();
    first.deadline.end();
    expect([await gone, await other]).toEqual(['failed', ['p1', 'p2']]);
    proxy.reset();
    expect(await membersOf(first)).toBe('failed');
    await namesOf(['p1']);
    expect(sent('ZREVRANGE')).toEqual([]);
  });
});

it('what one turn asks for is refused beyond the limit of commands that wait', async () => {
  const small = new CommandRunner(client, { maxQueuedCommands: 100 });
  const store = new ProductStore(small, undefined, loadConfig({}).shop);
  const requests = Array.from({ length: 50 }, async (_, request) => {
    const wanted = Array.from({ length: 80 }, (__, n) => ({ id: `r${request}n${n}`, fields: productField.name }));
    const [first] = await store.readMany(wanted, aRequest());
    return first instanceof CodedError ? first.code : first?.product;
  });
  const answers = await Promise.all(requests);
  small.close();
  // The pipeline that was gathered when the limit was met is sent as a whole.
  expect(answers.filter((answer) => answer === null).length).toBeLessThan(6);
  expect(answers.filter((answer) => answer === 'UPSTREAM_UNAVAILABLE').length).toBeGreaterThan(44);
});

it("a failure is everybody's who shared the read, and nobody's who asks afterwards", async () => {
  await proxy.refuse(true);
  proxy.cutAll();
  const answers = Promise.all([namesOf(['p1']), namesOf(['p1']), membersOf(), membersOf()]);
  expect(await answers).toEqual([['UPSTREAM_UNAVAILABLE'], ['UPSTREAM_UNAVAILABLE'], 'failed', 'failed']);
  // Known to be away, it is not even asked.
  expect(await namesOf(['p1', 'p2'])).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
  await proxy.refuse(false);
  await eventually(async () => {
    expect(await namesOf(['p1'])).toEqual(['Old']);
    expect(await membersOf()).toEqual(['p1', 'p2']);
  });
});
