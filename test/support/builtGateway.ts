import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';

/** The gateway as a stranger runs it: the build, in a process of its own, reached over HTTP. */
export interface BuiltGateway {
  /** The origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Everything that the process has written so far. */
  output(): string;
  /**
   * What `/metrics` says now, by the names there; those with labels are left out. Of the event loop's lag it is the
   * greatest since the last call.
   */
  metrics(): Promise<Readonly<Record<string, number>>>;
  /** Ends it with SIGTERM, unless it has ended. */
  stop(): Promise<void>;
  /** Sends the process a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended, with its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
}

export interface StartOptions {
  /** Resolve when it listens, whether Redis is there or not. */
  readonly whenListening?: boolean;
  /** The text of a module that runs in the process before the gateway's own. */
  readonly preload?: string;
}

/** A build of its own for one test file, which starts gateways from it. */
export interface Build {
  /** Resolves when the gateway is ready. */
  start(env: NodeJS.ProcessEnv & { REDIS_URL: string }, options?: StartOptions): Promise<BuiltGateway>;
  remove(): Promise<void>;
}

const root = join(__dirname, '../..');

/** Builds into a folder of the test's own, so that neither `dist/` nor another test file is disturbed. */
export async function build(): Promise<Build> {
  const folder = join(root, 'node_modules/.cache', `gateway-${process.pid}`);
  const dist = join(folder, 'dist');
  await mkdir(folder, { recursive: true });
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs'), dist], { cwd: root });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await rm(join(folder, 'schema'), { force: true });
  await symlink(join(root, 'schema'), join(folder, 'schema'));
  return {
    start: (env, options = {}) => start(join(dist, 'main.js'), env, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function start(
  main: string,
  env: NodeJS.ProcessEnv,
  { whenListening = false, preload }: StartOptions,
): Promise<BuiltGateway> {
  const imports = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...imports, main], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const url = await eventually(() => {
    const said = /"url":"(http:[^"]+)"/.exec(output)?.[1];
    if (said === undefined) throw new Error(`the gateway does not listen: ${output}`);
    return said;
  });
  const gateway: BuiltGateway = {
    url,
    output: () => output,
    metrics: () => metrics(url),
    stop: () => end(child),
    signal: (signal) => void child.kill(signal),
    exited: new Promise((resolve) => child.once('exit', resolve)),
  };
  if (whenListening) return gateway;
  await eventually(async () => {
    const { status } = await fetch(`${url}/readyz`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  });
  return gateway;
}

async function metrics(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').flatMap((line) => {
    const [, name, value] = /^(\w+) (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return Object.fromEntries(lines);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
