import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { startBenchRedis } from './benchRedis.js';
import { chart } from './chart.js';
import { contestants, repositoryRoot } from './contestants.js';
import { cores, pin } from './cores.js';
import { measureGrowth } from './growth.js';
import { measureMemory } from './memory.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';
import { profileServer } from './profile.js';
import { reportText, type BenchReport, type WorkloadReport } from './report.js';
import { countRedisUse, type RedisUse } from './roundTrips.js';
import { runRounds } from './rounds.js';
import { checkSameBytes } from './sameBytes.js';
import { startContestant, type RunningServer } from './serverProcess.js';
import { benchShop } from './shopData.js';
import { home } from './workloads/home.js';
import { productPage } from './workloads/productPage.js';
import { widget } from './workloads/widget.js';
import type { Workload } from './workloads/workload.js';

/** Whatever hangs, the bench does not: this much time beyond what the options ask for. */
const SPARE_MINUTES = 10;

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

async function run(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(USAGE);
  const options = readOptions(args);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  setTimeout(() => {
    console.error('the bench takes far longer than it should and ends here');
    process.exit(1);
  }, longestMs(options)).unref();

  const redis = await startBenchRedis(benchShop);
  pin(process.pid, cores?.load);
  const startedAt = new Date().toISOString();
  try {
    if (options.profile) return await profileAll(redis.url, options);
    const workloads = await measureWorkloads(redis, options);
    const growth = options.parts.has('growth') ? await measureGrowth(options, say) : [];
    const memory = options.parts.has('memory') ? await measureMemory(redis.url, options, say) : undefined;
    publish({ startedAt, machine: machineText(options), workloads, growth, memory });
  } finally {
    await redis.stop();
  }
}

async function measureWorkloads(
  redis: { host: string; port: number; url: string },
  options: BenchOptions,
): Promise<WorkloadReport[]> {
  const chosen = chosenWorkloads(options);
  if (chosen.length === 0) return [];
  const taking = contestants.filter(({ name }) => options.servers.includes(name));
  const servers: RunningServer[] = [];
  try {
    for (const contestant of taking) servers.push(await startContestant(contestant, redis.url));
    const answerBytes = new Map<string, number>();
    for (const workload of chosen) answerBytes.set(workload.name, await checkSameBytes(servers, workload));
    say('all servers answer the same bytes');

    const uses = new Map<string, Map<string, RedisUse>>();
    for (const contestant of taking) {
      say(`counting round trips of ${contestant.name}`);
      uses.set(contestant.name, await countRedisUse(contestant, redis, chosen));
    }
    const reports: WorkloadReport[] = [];
    for (const workload of chosen) {
      const measured = await runRounds(servers, workload, options, (round) =>
        say(`${workload.name}: round ${round + 1} of ${options.rounds}`),
      );
      reports.push({
        name: workload.name,
        title: workload.title,
        answerBytes: answerBytes.get(workload.name)!,
        servers: measured.map((server) => ({ ...server, redis: uses.get(server.name)?.get(workload.name) })),
      });
    }
    return reports;
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function profileAll(redisUrl: string, options: BenchOptions): Promise<void> {
  for (const contestant of contestants.filter(({ name }) => options.servers.includes(name)))
    for (const workload of chosenWorkloads(options))
      console.log(`\n${await profileServer(contestant, redisUrl, workload, options)}`);
}

const chosenWorkloads = ({ parts }: BenchOptions): Workload[] =>
  [home, widget, productPage].filter(({ name }) => parts.has(name));

/** Prints the tables; a run of some pieces alone does not overwrite what a full one found. */
function publish(report: BenchReport): void {
  const results = join(repositoryRoot, 'bench/results');
  const isWhole = report.workloads.length === 3 && report.growth.length > 0 && report.memory !== undefined;
  const name = isWhole ? 'bench' : 'partial';
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(results, `${name}.txt`), `${reportText(report)}\n`);
  if (report.workloads.length > 0) writeFileSync(join(results, `${name}.svg`), chart(report));
  console.log(`\n${reportText(report)}\n\nWritten to bench/results/${name}.{json,txt,svg}`);
}

function machineText({ connections, rounds, seconds }: BenchOptions): string {
  const where = cores
    ? `server on core ${cores.server}, load on core ${cores.load}, Redis on core ${cores.redis}`
    : 'nothing pinned to a core';
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `Node ${process.versions.node}, ${cpus().length} × ${model}, ${where}, ${connections} connections, ${rounds} rounds of ${seconds} s`;
}

function longestMs({ servers, rounds, seconds, warmupSeconds, memoryMinutes }: BenchOptions): number {
  const ofLoad = (servers.length * 3 + 8) * (rounds * seconds + warmupSeconds) + memoryMinutes * 60;
  return ofLoad * 1_000 + SPARE_MINUTES * 60_000;
}

function say(text: string): void {
  console.error(`bench: ${text}`);
}
