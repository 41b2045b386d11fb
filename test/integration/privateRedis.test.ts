import { transformFile } from '@swc/core';
import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPrivateRedis } from '../../src/demo/privateRedis.js';
import type { PrivateRedis, PrivateRedisOptions } from '../../src/demo/privateRedis.js';
import { processBehind } from '../../src/demo/redisProbe.js';
import { eventually } from '../support/eventually.js';

/** Ports that the choice of a free one gives out first: so that a test can be too late for one. */
const mockedPorts: number[] = [];
jest.mock('../../src/demo/freePort.js', () => {
  const { freePort } = jest.requireActual<typeof import('../../src/demo/freePort.js')>('../../src/demo/freePort.js');
  return { freePort: async () => mockedPorts.shift() ?? (await freePort()) };
});

const started: PrivateRedis[] = [];

async function start(options?: PrivateRedisOptions): Promise<PrivateRedis> {
  const redis = await startPrivateRedis(options);
  started.push(redis);
  return redis;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
});

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

describe('a private redis-server', () => {
  it('answers as soon as it is started, and is gone with its directory after stop', async () => {
    const redis = await start();
    expect(await withClient(redis.url, (client) => client.set('k', 'v'))).toBe('OK');
    expect(await processBehind(redis)).toBe(redis.pid);

    await redis.stop();
    await redis.stop();
    expect(redis.pid).toBeNull();
    expect(await processBehind(redis)).toBeNull();
    expect(existsSync(redis.dir)).toBe(false);
  });

  it('asks for the password it was given, whatever characters it holds', async () => {
    const password = 'p@ss "word" \\ / ü';
    const redis = await start({ password });
    expect(await withClient(redis.url, (client) => client.ping())).toBe('PONG');
    expect(await processBehind({ host: redis.host, port: redis.port })).toBeNull();
  });

  it('writes nothing to disk by default, so a restart finds it empty', async () => {
    const redis = await start();
    await withClient(redis.url, (client) => client.set('k', 'v'));
    await redis.restart();
    expect(await withClient(redis.url, (client) => client.get('k'))).toBeNull();
  });

  it('keeps what was acknowledged over a SIGKILL when the append-only file is always flushed', async () => {
    const redis = await start({ appendonly: true, appendfsync: 'always' });
    const firstPid = redis.pid;
    await withClient(redis.url, (client) => client.set('k', 'v'));
    await redis.kill();
    expect(redis.pid).toBeNull();
    await redis.restart();
    expect(redis.pid).not.toBe(firstPid);
    expect(await withClient(redis.url, (client) => client.get('k'))).toBe('v');
  });

  it('stops a server that was held up and hears no SIGTERM', async () => {
    const redis = await start();
    await redis.kill('SIGSTOP');
    await redis.stop();
    expect(redis.pid).toBeNull();
  });

  it('takes further configuration, and leaves a directory that the caller named', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'named-'));
    try {
      const redis = await start({ dir, config: ['maxmemory 10mb'] });
      const answer = await withClient(redis.url, (client) => client.config('GET', 'maxmemory'));
      expect(Object.values(answer as object).flat()).toContain(String(10 * 1024 * 1024));
      await redis.stop();
      expect(existsSync(dir)).toBe(true);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('reports the log of a server that does not start', async () => {
    await expect(startPrivateRedis({ config: ['no-such-setting 1'] })).rejects.toThrow(/no-such-setting/);
  });

  it('takes another port where someone was quicker to take the one it chose', async () => {
    const first = await start();
    mockedPorts.push(first.port);
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await processBehind(first)).toBe(first.pid);
    expect(await processBehind(second)).toBe(second.pid);
  });

  it('dies with the process that started it, even by SIGKILL, and its directory goes too', async () => {
    const build = await compiledDemo();
    try {
      const parent = spawn(process.execPath, [join(build, 'parent.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      const orphan = JSON.parse(line) as { host: string; port: number; pid: number; dir: string };
      expect(await processBehind(orphan)).toBe(orphan.pid);

      parent.kill('SIGKILL');
      await eventually(async () => {
        expect(await processBehind(orphan)).toBeNull();
        expect(existsSync(orphan.dir)).toBe(false);
      });
    } finally {
      await rm(build, { recursive: true });
    }
  });
});

/** The demo's modules as JavaScript, with a program that starts a Redis, tells about it and then waits for ever. */
async function compiledDemo(): Promise<string> {
  const source = join(__dirname, '../../src/demo');
  const build = await mkdtemp(join(tmpdir(), 'compiled-demo-'));
  for (const file of ['freePort.ts', 'redisProbe.ts', 'watchdog.ts', 'privateRedis.ts']) {
    const { code } = await transformFile(join(source, file), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(join(build, `${basename(file, '.ts')}.js`), code);
  }
  await writeFile(join(build, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(build, 'parent.mjs'),
    `import { startPrivateRedis } from './privateRedis.js';
     const { host, port, pid, dir } = await startPrivateRedis();
     console.log(JSON.stringify({ host, port, pid, dir }));
     setInterval(() => {}, 1000);`,
  );
  return build;
}
