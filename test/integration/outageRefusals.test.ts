import { Redis } from 'ioredis';
import { build, type Build } from '../support/builtGateway.js';
import { eventually } from '../support/eventually.js';
import { PROMPT_REPLICATION, askRedis, startRedis } from '../support/redisServer.js';
import {
  ADD,
  AnswerTimes,
  CLEAR,
  END,
  HOME,
  openOutage,
  PUBLIC,
  START,
  VIEW,
  write,
  type Outage,
  type OutageOptions,
} from './outageSetup.js';

// A Redis that is there and refuses: loading, full, a replica, another password, rights taken away (docs/architecture.md, When Redis does not answer).

let built: Build;
let outage: Outage;
const times = new AnswerTimes();

beforeAll(async () => {
  built = await build();
}, 60_000);

afterAll(async () => {
  await built.remove();
  console.info(String(times));
});

afterEach(() => outage.stop());

const open = async (options?: OutageOptions): Promise<void> => {
  outage = await openOutage(built, options);
};

it('answers while Redis loads its data, and is back within a second of the end', async () => {
  // Each key takes a millisecond to load, and Redis looks for commands in between.
  const config = ['key-load-delay 1000', 'loading-process-events-interval-bytes 1024'];
  await open({ redis: { config } });
  const filler = Array.from({ length: 2_500 }, (_, index) => `SET filler:${index} ${'x'.repeat(50)}`);
  await write(outage.redis, filler.join('\n'));
  await askRedis(outage.redis, 'SAVE');
  const restarted = outage.redis.restart();
  await eventually(async () => expect(await loading(outage)).toBe('1'));
  const [seen, , add] = await times.during('loading', outage);
  expect(await loading(outage)).toBe('1');
  expect(seen?.body.extensions).toEqual({ stale: true });
  expect(add?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(await outage.ready()).toBe(503);

  await restarted;
  await eventually(async () => expect(await loading(outage)).toBe('0'), 10_000);
  times.recovered(await outage.recoveryMs());
});

it('reads from a Redis that is full, refuses what needs room and still clears carts and ends sessions', async () => {
  await open();
  await askRedis(outage.redis, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await askRedis(outage.redis, 'CONFIG', 'SET', 'maxmemory', '1mb');
  const [seen, home, add, start, view] = await times.during('out of memory', outage);

  for (const read of [seen, home]) expect([read?.codes, read?.body.extensions]).toEqual([[], undefined]);
  for (const refused of [add, start, view]) expect(refused?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(await outage.ready()).toBe(200);

  const cleared = await outage.ask(CLEAR);
  expect(cleared.body.data).toEqual({ cartClear: { cart: { totalItems: 0 }, userErrors: [] } });
  const ended = await outage.ask(END);
  expect(ended.body.data).toEqual({ sessionEnd: { endedSessionIds: ['s5'] } });
  expect(await askRedis(outage.redis, 'EXISTS', 'session:customer-token-0123456789')).toBe(0);

  await askRedis(outage.redis, 'CONFIG', 'SET', 'maxmemory', '0');
  times.recovered(await outage.recoveryMs(START));
});

it('reads from a replica, and refuses what it cannot write there until it is a master', async () => {
  await open();
  const master = await startRedis({ config: [PROMPT_REPLICATION] });
  try {
    await askRedis(outage.redis, 'REPLICAOF', master.host, String(master.port));
    await eventually(async () => expect(await askRedis(outage.redis, 'INFO')).toContain('master_link_status:up'));
    // The replica has its master's data now, and that has none.
    await write(master, 'HSET product:p1 id p1 name replicated\nZADD rec:trending 1 p1');
    await eventually(async () => {
      const { body } = await outage.ask({ query: '{ product(id: "p1") { name } }' });
      expect(body).toEqual({ data: { product: { name: 'replicated' } } });
    });
    const [seen, , , start] = await times.during('read-only replica', outage, [PUBLIC, HOME, ADD, START]);
    expect(seen?.codes).toEqual([]);
    expect(start?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(await outage.ready()).toBe(200);

    await askRedis(outage.redis, 'REPLICAOF', 'NO', 'ONE');
    times.recovered(await outage.recoveryMs(START));
  } finally {
    await master.stop();
  }
});

it('answers while its password is refused, shows it nowhere, and is back when it is right again', async () => {
  await open({ redis: { password: 'right-and-secret' } });
  await askRedis(outage.redis, 'CONFIG', 'SET', 'requirepass', 'another');
  const otherUrl = { url: outage.redis.url.replace('right-and-secret', 'another') };
  await askRedis(otherUrl, 'CLIENT', 'KILL', 'TYPE', 'normal');
  await askRedis(otherUrl, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
  const [seen, home, add] = await times.during('wrong password', outage);
  expect(seen?.body.extensions).toEqual({ stale: true });
  expect(home?.body.extensions).toEqual({ session: 'UNKNOWN', stale: true });
  expect(add?.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(await outage.ready()).toBe(503);
  expect(outage.gateway.output()).toContain('WRONGPASS');
  expect(outage.gateway.output()).not.toContain('right-and-secret');

  await askRedis(otherUrl, 'CONFIG', 'SET', 'requirepass', 'right-and-secret');
  times.recovered(await outage.recoveryMs());
});

describe('without the right to', () => {
  const take = async (...rules: string[]): Promise<void> => {
    await askRedis(outage.redis, 'ACL', 'SETUSER', 'default', ...rules);
    // What is known from before the rights were taken away is not what is tested here.
    await write(outage.redis, 'DEL product:p9\nHSET product:p1 name p1\nZADD rec:trending 3 p1\nZADD rec:popular 3 p3');
  };
  const giveBack = async (): Promise<void> => {
    await askRedis(outage.redis, 'ACL', 'SETUSER', 'default', '+@all');
    times.recovered(await outage.recoveryMs());
  };

  it('ZREVRANGE all but the feeds are answered', async () => {
    await open({ env: { CACHE_ENABLED: 'false' } });
    await take('-zrevrange');
    const [seen, home] = await times.during('without zrevrange', outage);

    expect(seen?.body.data).toEqual({
      recommendations: { trending: null, popular: null },
      product: { name: 'p1', price: { amount: '4.50' }, similar: null },
      category: { name: 'Lamps' },
    });
    expect(home?.body.data).toMatchObject({ session: { id: 's5' }, recommendations: { personalized: null } });
    await giveBack();
  });

  it('HMGET sessions are unknown and products are errors at their own places', async () => {
    await open({ env: { CACHE_ENABLED: 'false' } });
    await take('-hmget');
    const [seen, home] = await times.during('without hmget', outage);

    expect(seen?.body.data).toMatchObject({ product: null, category: null });
    expect(home?.body.extensions).toEqual({ session: 'UNKNOWN' });
    await giveBack();
  });

  it('EVALSHA everything is read and nothing is changed', async () => {
    await open();
    await take('-evalsha', '-eval');
    const [seen, home, ...changes] = await times.during('without evalsha', outage);

    for (const read of [seen, home]) expect([read?.codes, read?.body.extensions]).toEqual([[], undefined]);
    for (const change of changes) expect(change.codes).toEqual(['UPSTREAM_UNAVAILABLE']);
    await giveBack();
  });

  it('SUBSCRIBE everything works, without the cache', async () => {
    await open();
    await take('-subscribe');
    await askRedis(outage.redis, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
    const answers = await times.during('without subscribe', outage, [PUBLIC, HOME, ADD, START, VIEW]);

    for (const answer of answers) expect([answer.codes, answer.body.extensions]).toEqual([[], undefined]);
    await write(outage.redis, 'HSET product:p1 name renamed');
    const { body } = await outage.ask({ query: '{ product(id: "p1") { name } }' });
    expect(body).toEqual({ data: { product: { name: 'renamed' } } });
    await giveBack();
  });

  it('PING it still finds out that a Redis that hung is back, and is ready', async () => {
    await open({ env: { CACHE_ENABLED: 'false' } });
    await take('-ping');
    expect(await outage.ready()).toBe(200);
    await outage.redis.kill('SIGSTOP');
    await times.during('without ping, hung', outage);
    await outage.redis.kill('SIGCONT');
    times.recovered(await outage.recoveryMs());
  });
});

/** As INFO says it, asked on a connection that does not wait for the end of the loading. */
async function loading({ redis }: Outage): Promise<string | undefined> {
  const client = new Redis(redis.url, { enableReadyCheck: false });
  client.on('error', () => undefined);
  try {
    return /^loading:(\d)/m.exec(await client.info('persistence'))?.[1];
  } finally {
    client.disconnect();
  }
}
