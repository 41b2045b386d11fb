import type { Profiler } from 'node:inspector';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, type Contestant } from './contestants.js';
import { applyLoad } from './load.js';
import type { BenchOptions } from './options.js';
import { startContestant } from './serverProcess.js';
import { requestsFor } from './target.js';
import type { Workload } from './workloads/workload.js';

const LINES = 25;

/** Loads one server until it is warm and shows where its time goes; the profile itself can be opened in a browser's tools. */
export async function profileServer(
  contestant: Contestant,
  redisUrl: string,
  workload: Workload,
  { connections, seconds, rounds }: BenchOptions,
): Promise<string> {
  const server = await startContestant(contestant, redisUrl, { withProbe: true });
  try {
    const requests = requestsFor(server, workload);
    const { nextRequest } = await applyLoad(server, requests, { connections: Math.min(8, connections), seconds: 4 });
    await server.ask('startProfile');
    const load = { connections, seconds: seconds * rounds, firstRequest: nextRequest };
    const result = await applyLoad(server, requests, load);
    const profile = (await server.ask('stopProfile')) as Profiler.Profile;
    const directory = join(repositoryRoot, 'bench/results');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `partial.${contestant.name}.${workload.name}.cpuprofile`), JSON.stringify(profile));
    const title = `${contestant.title}, ${workload.title}: ${result.requests} requests while profiled`;
    return `${title}\n${summary(profile, result.requests)}`;
  } finally {
    await server.stop();
  }
}

/** Functions, packages and our own functions with all they call, each with its share of the time that was not idle. */
function summary({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, requests: number): string {
  const selfUs = new Map<number, number>();
  samples.forEach((id, index) => selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[index] ?? 0)));
  const nodeById = new Map(nodes.map((node) => [node.id, node]));
  const byFunction = new Map<string, number>();
  const byPackage = new Map<string, number>();
  const inclusive = new Map<string, number>();
  let busyUs = 0;

  const visit = (node: Profiler.ProfileNode, above: ReadonlySet<string>): void => {
    const own = selfUs.get(node.id) ?? 0;
    const name = nameOf(node.callFrame);
    const callers = above.has(name) ? above : new Set([...above, name]);
    if (own > 0 && name !== '(idle)') {
      busyUs += own;
      add(byFunction, name, own);
      add(byPackage, packageOf(node.callFrame), own);
      for (const caller of callers) add(inclusive, caller, own);
    }
    for (const child of node.children ?? []) visit(nodeById.get(child)!, callers);
  };
  visit(nodes[0]!, new Set());

  const list = (title: string, times: Map<string, number>, isShown: (name: string) => boolean = () => true) =>
    [
      title,
      ...[...times]
        .filter(([name]) => isShown(name))
        .sort(([, a], [, b]) => b - a)
        .slice(0, LINES)
        .map(
          ([name, us]) =>
            `${((100 * us) / busyUs).toFixed(1).padStart(6)} % ${(us / requests).toFixed(1).padStart(8)} µs  ${name}`,
        ),
    ].join('\n');
  return [
    list('Self time by function', byFunction),
    list('Self time by package', byPackage),
    list('With what they call', inclusive, (name) => !name.startsWith('(')),
  ].join('\n\n');
}

function add(times: Map<string, number>, name: string, us: number): void {
  times.set(name, (times.get(name) ?? 0) + us);
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return functionName;
  return `${functionName || '(anonymous)'} ${placeOf(url)}:${lineNumber + 1}`;
}

const placeOf = (url: string): string =>
  url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(`${repositoryRoot}/`, '');

function packageOf({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:'))
    return url.split('/')[0] === 'node:internal' ? url.split('/').slice(0, 2).join('/') : url;
  const place = placeOf(url);
  const parts = place.split('/');
  return parts.slice(0, url.includes('/node_modules/') && !place.startsWith('@') ? 1 : 2).join('/');
}
