import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './freePort.js';
import { processBehind } from './redisProbe.js';
import { startWatchdog } from './watchdog.js';

/** A redis-server of our own on 127.0.0.1, which ends with this process at the latest. */
export interface PrivateRedis {
  /** `redis://…`, with the password where there is one. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Where its data, its `redis.conf` and its `redis.log` lie. */
  readonly dir: string;
  /** The id of the process; another one after a restart, null while none runs. */
  readonly pid: number | null;
  /** Ends the server and removes its directory, unless the caller named that. Safe to repeat. */
  stop(): Promise<void>;
  /** Sends a signal (default SIGKILL) and waits for the end; SIGSTOP and SIGCONT only hold it up and let it go on. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and directory; one that still runs is ended with SIGTERM first. */
  restart(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** Keep an append-only file. Default: nothing is written to disk. */
  readonly appendonly?: boolean;
  /** When that file is flushed to disk. Default: Redis' own, everysec. */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** Further lines of `redis.conf`, such as `maxmemory 10mb`; the last line of a name counts. */
  readonly config?: readonly string[];
  /** The directory to run in, which then outlives the server. Default: a temporary one, removed at the end. */
  readonly dir?: string;
  readonly password?: string;
  readonly sentinel?: boolean;
}

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 2_000;
const PORTS_TRIED = 20;

/**
 * Starts a redis-server on a free port and waits until it answers.
 *
 * Throws where there is no `redis-server` on PATH, or with the last lines of its log where it does not start.
 */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'redis-shop-')));
  const watchdog = startWatchdog(options.dir === undefined ? dir : null);
  const configPath = join(dir, 'redis.conf');
  let server: ChildProcess | null = null;

  async function launch(port: number): Promise<'ready' | 'port taken'> {
    const started = spawnServer(dir, options.sentinel ? [configPath, '--sentinel'] : [configPath]);
    server = started;
    started.once('exit', () => {
      watchdog.watch(null);
      if (server === started) server = null;
    });
    await once(started, 'spawn').catch((error: unknown) => {
      server = null;
      throw new Error('redis-server could not be run; `node scripts/ensureRedisServer.mjs` installs it', {
        cause: error,
      });
    });
    watchdog.watch(started.pid ?? null);
    return untilReady(started, port, options.password, dir);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    if (ending === null) return;
    ending.ref();
    const exited = once(ending, 'exit');
    ending.kill(signal);
    // A hung server (SIGSTOP, DEBUG SLEEP) does not hear SIGTERM.
    const impatience = setTimeout(() => ending.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(impatience);
  }

  async function stop(): Promise<void> {
    await end('SIGTERM');
    await watchdog.finish();
  }

  try {
    const port = await launchOnFreePort();
    const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
    return {
      url: `redis://${credentials}${HOST}:${port}`,
      host: HOST,
      port,
      dir,
      get pid() {
        return server?.pid ?? null;
      },
      stop,
      async kill(signal = 'SIGKILL') {
        if (signal === 'SIGSTOP' || signal === 'SIGCONT') server?.kill(signal);
        else await end(signal);
      },
      async restart() {
        await end('SIGTERM');
        if ((await launch(port)) === 'port taken') throw new Error(`another process took port ${port} of redis-server`);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function launchOnFreePort(): Promise<number> {
    for (let tried = 0; tried < PORTS_TRIED; tried++) {
      const port = await freePort();
      const busPort = await freePort();
      await writeFile(configPath, configuration(port, busPort, dir, options), { mode: 0o600 });
      if ((await launch(port)) === 'ready') return port;
    }
    throw new Error(`redis-server found none of ${PORTS_TRIED} ports free`);
  }
}

function spawnServer(dir: string, args: readonly string[]): ChildProcess {
  const log = openSync(join(dir, 'redis.log'), 'w');
  try {
    // Detached: a Ctrl-C in the terminal is for the demo, which ends the gateway first and Redis after it.
    const server = spawn('redis-server', args, { cwd: dir, detached: true, stdio: ['ignore', log, log] });
    server.unref();
    return server;
  } finally {
    closeSync(log);
  }
}

/** In a file and not in arguments, which every user of the machine can read: it may hold the password. */
function configuration(port: number, busPort: number, dir: string, options: PrivateRedisOptions): string {
  const lines = [`port ${port}`, `bind ${HOST}`, `dir ${quoted(dir)}`, 'daemonize no'];
  if (!options.sentinel) {
    lines.push('save ""', `cluster-port ${busPort}`, `appendonly ${options.appendonly ? 'yes' : 'no'}`);
    if (options.appendfsync) lines.push(`appendfsync ${options.appendfsync}`);
  }
  if (options.password !== undefined) lines.push(`requirepass ${quoted(options.password)}`);
  return [...lines, ...(options.config ?? []), ''].join('\n');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Polls until the server answers; it says so itself, by its process id, where another one sits on the port. */
async function untilReady(
  server: ChildProcess,
  port: number,
  password: string | undefined,
  dir: string,
): Promise<'ready' | 'port taken'> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (server.exitCode === null && server.signalCode === null) {
    if ((await processBehind({ host: HOST, port, password })) === server.pid) return 'ready';
    if (performance.now() > deadline) {
      server.kill('SIGKILL');
      break;
    }
    await sleep(10);
  }
  const log = await readFile(join(dir, 'redis.log'), 'utf8');
  if (log.includes('Address already in use')) return 'port taken';
  throw new Error(`redis-server did not start:\n${log.split('\n').slice(-15).join('\n')}`);
}
