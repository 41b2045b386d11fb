import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { askRedis, startRedis } from '../support/redisServer.js';
import { startTcpProxy } from '../support/tcpProxy.js';
import type { TcpProxy } from '../support/tcpProxy.js';

let redis: PrivateRedis;
let proxy: TcpProxy;
let client: Redis;
const others: Redis[] = [];

beforeAll(async () => {
  redis = await startRedis({ password: 'secret' });
});

afterAll(async () => {
  await redis.stop();
});

beforeEach(async () => {
  proxy = await startTcpProxy(redis);
  client = await connected();
});

afterEach(async () => {
  // Disconnecting one that has ended already makes ioredis wait two seconds for a connection that is gone.
  for (const each of others.splice(0)) if (each.status !== 'end') each.disconnect();
  await proxy.stop();
});

async function connected(protocol: 2 | 3 = 3): Promise<Redis> {
  const each = new Redis(proxy.url, { lazyConnect: true, retryStrategy: () => null, protocol });
  each.on('error', () => undefined);
  others.push(each);
  await each.connect();
  return each;
}

describe('the proxy counts commands', () => {
  it('records name and arguments, in order, without the handshake', async () => {
    await client.ping();
    await client.set('k', 'ü');
    await client.pipeline().hmget('h', 'a', 'b').get('k').exec();
    expect(proxy.commands).toEqual([
      ['SET', 'k', 'ü'],
      ['HMGET', 'h', 'a', 'b'],
      ['GET', 'k'],
    ]);
    proxy.reset();
    expect(proxy.commands).toEqual([]);
    expect(proxy.waves).toBe(0);
  });

  it('keeps the bytes of binary and empty arguments, also where they look like the protocol', async () => {
    const value = Buffer.concat([Buffer.from([0, 255, 13, 10]), Buffer.from('$3\r\nfoo\r\n*1\r\n')]);
    await client.set('k', value);
    await client.set('empty', '');
    expect(proxy.traffic.rawCommands[0]?.[2]).toEqual(value);
    expect(proxy.commands[1]).toEqual(['SET', 'empty', '']);
  });

  it('reads commands that are larger than the chunks they come in', async () => {
    const large = 'x'.repeat(3_000_000);
    await client.set('large', large);
    expect(await client.get('large')).toBe(large);
    expect(proxy.commands.map((args) => args.map((arg) => arg.length))).toEqual([
      [3, 5, 3_000_000],
      [3, 5],
    ]);
    expect(proxy.waves).toBe(2);
  });

  it('counts what a caller chose not to ignore', async () => {
    const counting = await startTcpProxy(redis, { ignored: [] });
    await askRedis(counting, 'PING');
    await counting.stop();
    expect(counting.commands.map(([name]) => name)).toEqual(expect.arrayContaining(['PING']));
    expect(counting.commands.length).toBeGreaterThan(1);
  });

  it('counts nothing when told not to', async () => {
    const silent = await startTcpProxy(redis, { count: false });
    expect(await askRedis(silent, 'ECHO', 'hello')).toBe('hello');
    await silent.stop();
    expect(silent.commands).toEqual([]);
    expect(silent.waves).toBe(0);
  });
});

describe('the proxy counts waves', () => {
  it('takes a pipeline of many commands for one wave, and each awaited command for one more', async () => {
    const pipeline = client.pipeline();
    for (let index = 0; index < 5_000; index++) pipeline.hgetall(`product:${index}`);
    await pipeline.exec();
    expect(proxy.waves).toBe(1);
    await client.get('a');
    await client.get('b');
    expect(proxy.waves).toBe(3);
    expect(proxy.commands).toHaveLength(5_002);
  });

  it('takes commands sent side by side on several connections for one wave', async () => {
    const second = await connected();
    await Promise.all([client.get('a'), second.get('b'), client.get('c'), second.get('d')]);
    expect(proxy.waves).toBe(1);
  });

  it('takes commands for one wave that are sent in different turns before a reply, given that replies are delayed', async () => {
    proxy.delay(30);
    const first = client.get('a');
    await sleep(5);
    await Promise.all([first, client.get('b')]);
    expect(proxy.waves).toBe(1);
  });

  it('opens a wave for what follows a reply even while another reply is still out', async () => {
    const second = await connected();
    const blocked = second.blpop('never', 0.2);
    await eventually(() => expect(proxy.commands).toHaveLength(1));
    await client.get('a');
    await client.get('b');
    expect(proxy.waves).toBe(2);
    await blocked;
    expect(proxy.waves).toBe(2);
  });

  it('is not led astray by replies to the housekeeping, by pushed messages or by nested and empty replies', async () => {
    const subscriber = await connected();
    await subscriber.subscribe('news');
    proxy.delay(20);
    const read = client
      .pipeline()
      .zrevrange('none', 0, 9, 'WITHSCORES')
      .hgetall('none')
      .get('none')
      .eval('return {1,{2,{}}}', 0);
    const [answers] = await Promise.all([read.exec(), client.ping(), askRedis(redis, 'PUBLISH', 'news', 'x')]);
    expect(answers?.map(([error]) => error)).toEqual([null, null, null, null]);
    await client.get('after');
    expect(proxy.waves).toBe(2);
  });

  it('follows the older protocol too', async () => {
    const older = await connected(2);
    await older.pipeline().hgetall('none').get('none').eval('return {1,{2,{}}}', 0).exec();
    await older.get('after');
    expect(proxy.waves).toBe(2);
  });

  it('counts several proxies as one where they share their traffic', async () => {
    const sibling = await startTcpProxy(redis, { traffic: proxy.traffic });
    const second = new Redis(sibling.url);
    await second.ping();
    await Promise.all([client.get('a'), second.get('b')]);
    expect(proxy.waves).toBe(1);
    expect(sibling.commands).toHaveLength(2);
    second.disconnect();
    await sibling.stop();
  });
});

describe('the proxy breaks connections', () => {
  it('cuts those that are open and takes new ones', async () => {
    const ended = new Promise((resolve) => client.once('close', resolve));
    proxy.cutAll();
    await ended;
    await expect(client.get('k')).rejects.toThrow();
    expect(await (await connected()).ping()).toBe('PONG');
  });

  it('refuses new ones while those that are open go on, until told otherwise', async () => {
    await proxy.refuse(true);
    expect(await client.ping()).toBe('PONG');
    await expect(connected()).rejects.toThrow();
    await proxy.refuse(false);
    expect(await (await connected()).ping()).toBe('PONG');
  });

  it('drops the reply of a command that Redis has done', async () => {
    proxy.dropReplies(true);
    await expect(client.incr('dropped')).rejects.toThrow();
    await eventually(async () => expect(await askRedis(redis, 'GET', 'dropped')).toBe('1'));
    proxy.dropReplies(false);
    expect(await (await connected()).get('dropped')).toBe('1');
  });

  it('freezes in both directions without closing, and goes on where it stood', async () => {
    proxy.freeze(true);
    const answer = client.incr('frozen');
    expect(await Promise.race([answer, sleep(150, 'nothing')])).toBe('nothing');
    expect(await askRedis(redis, 'GET', 'frozen')).toBeNull();
    proxy.freeze(false);
    expect(await answer).toBe(1);
  });

  it('accepts connections while frozen, which then hear nothing', async () => {
    proxy.freeze(true);
    const waiting = connected();
    expect(await Promise.race([waiting, sleep(150, 'nothing')])).toBe('nothing');
    proxy.freeze(false);
    expect(await (await waiting).ping()).toBe('PONG');
  });

  it('delays replies and keeps their order when the delay is taken back', async () => {
    proxy.delay(100);
    const startedAt = performance.now();
    const first = client.get('a');
    await sleep(20);
    proxy.delay(0);
    const order: string[] = [];
    await Promise.all([first.then(() => order.push('first')), client.get('b').then(() => order.push('second'))]);
    expect(order).toEqual(['first', 'second']);
    expect(performance.now() - startedAt).toBeGreaterThan(90);
  });

  it('ends the client when Redis goes away', async () => {
    const short = await startRedis();
    const before = await startTcpProxy(short);
    const broken = new Redis(before.url, { retryStrategy: () => null });
    broken.on('error', () => undefined);
    await broken.ping();
    const ended = new Promise((resolve) => broken.once('close', resolve));
    await short.kill();
    await ended;
    await eventually(() => expect(before.connections).toBe(0));
    await before.stop();
    await short.stop();
  });
});
