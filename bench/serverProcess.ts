import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/demo/freePort.js';
import type { Contestant } from './contestants.js';
import { cores } from './cores.js';
import type { ProbeRequest } from './probe.js';
import { requestsFor, type Target } from './target.js';
import { widget } from './workloads/widget.js';

/** A contestant that runs, in a process of its own. */
export interface RunningServer extends Target {
  readonly title: string;
  /** CPU time that the process has used so far; undefined where the system does not tell. */
  cpuMs(): number | undefined;
  /** Asks the probe, see there. Only where the server was started `withProbe`. */
  ask(request: ProbeRequest): Promise<unknown>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const running = new Set<ChildProcess>();

process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a contestant over a Redis and waits until it answers from it. */
export async function startContestant(
  contestant: Contestant,
  redisUrl: string,
  { withProbe = false } = {},
): Promise<RunningServer> {
  const port = await freePort();
  const probe = withProbe ? ['--expose-gc', '--import', join(import.meta.dirname, 'probe.js')] : [];
  const node = [process.execPath, ...probe, ...contestant.nodeArgs];
  const [command, ...args] = cores ? ['taskset', '-c', String(cores.server), ...node] : node;
  const child = spawn(command!, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      ...contestant.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      REDIS_URL: redisUrl,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const server: RunningServer = {
    name: contestant.name,
    title: contestant.title,
    port,
    graphqlPath: contestant.graphqlPath,
    cpuMs: () => cpuMsOf(child.pid!),
    async ask(request) {
      const answered = once(child, 'message');
      child.send(request);
      const [answer] = (await answered) as [unknown];
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(impatience);
    },
  };
  await untilReady(server, child);
  return server;
}

async function untilReady(server: RunningServer, child: ChildProcess): Promise<void> {
  const requests = requestsFor(server, widget);
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${server.name} ended with exit code ${child.exitCode}`);
    try {
      const { status, text } = await requests.send(0);
      if (status === 200 && text.includes('"nodes":[{') && !text.includes('"errors"')) return;
      last = `${status} ${text.slice(0, 300)}`;
    } catch (error) {
      last = String(error);
    }
    await sleep(50);
  }
  throw new Error(`${server.name} was not ready within ${READY_TIMEOUT_MS} ms: ${last}`);
}

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout ?? Number.NaN);

function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== 'linux' || Number.isNaN(ticksPerSecond)) return undefined;
  // Behind the command's name in brackets, which may hold blanks: utime and stime are the 12th and 13th from there.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
}
