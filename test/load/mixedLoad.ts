import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { benchShop, writeShop } from '../../bench/shopData.js';
import type { Build, BuiltGateway } from '../support/builtGateway.js';
import { collectGarbage, GARBAGE_COLLECTOR } from '../support/garbageCollection.js';
import { startRedis } from '../support/redisServer.js';
import { startTcpProxy } from '../support/tcpProxy.js';
import { sprinkleFaults, type FaultWindow } from './faultPlan.js';
import { Traffic, type Sent } from './traffic.js';

export interface LoadOptions {
  readonly seconds: number;
  /** Share of the measured capacity to send. */
  readonly share: number;
  readonly faultEveryMs: number;
}

/** What the process holds at one moment. */
export interface Footprint {
  readonly atMs: number;
  readonly heapBytes: number;
  readonly openFiles: number;
  readonly handles: number;
}

export interface LoadOutcome {
  readonly capacity: number;
  readonly rate: number;
  readonly startedAtMs: number;
  readonly sent: readonly Sent[];
  readonly windows: readonly FaultWindow[];
  /** Once a second. */
  readonly footprints: readonly Footprint[];
  /** With no client connected, before and after. */
  readonly atRest: { readonly before: Footprint; readonly after: Footprint };
  /** What the process wrote. */
  readonly output: string;
  readonly exitCode: number | null;
}

/** So often all garbage is collected: what is left tells whether the heap grows, and other samples say little of it. */
const SAMPLES_A_COLLECTION = 10;

const WARM_UP_MS = 2_000;
const CAPACITY_MS = 3_000;
const CAPACITY_CONNECTIONS = 32;
const TICK_MS = 10;
/** More than this under way is more than the gateway can answer in time; it is held back, and so not sent at the rate. */
const MAX_UNDER_WAY = 1_000;

/** Runs a shop's traffic at a rate against the built gateway, with faults in between. */
export async function runMixedLoad(build: Build, { seconds, share, faultEveryMs }: LoadOptions): Promise<LoadOutcome> {
  const redis = await startRedis({ appendonly: true });
  const proxy = await startTcpProxy(redis, { count: false });
  await fill(redis.url);
  const gateway = await build.start(
    { REDIS_URL: proxy.url, RATE_LIMIT_ENABLED: 'false', LOG_LEVEL: 'info' },
    { preload: GARBAGE_COLLECTOR },
  );
  try {
    const traffic = new Traffic(gateway.url);
    await asFastAsPossible(traffic, WARM_UP_MS);
    const capacity = (await asFastAsPossible(traffic, CAPACITY_MS)) / (CAPACITY_MS / 1_000);
    const rate = capacity * share;
    const before = await restOf(gateway, traffic);

    const startedAtMs = performance.now();
    const endsAtMs = startedAtMs + seconds * 1_000;
    const [sent, windows, footprints] = await Promise.all([
      atRate(traffic, rate, endsAtMs),
      sprinkleFaults(redis, proxy, { everyMs: faultEveryMs, endsAtMs }),
      watch(gateway, endsAtMs),
    ]);
    const after = await restOf(gateway, traffic);
    await gateway.stop();
    const atRest = { before, after };
    return {
      capacity,
      rate,
      startedAtMs,
      sent,
      windows,
      footprints,
      atRest,
      output: gateway.output(),
      exitCode: await gateway.exited,
    };
  } finally {
    await gateway.stop();
    await proxy.stop();
    await redis.stop();
  }
}

async function fill(url: string): Promise<void> {
  const client = new Redis(url);
  try {
    await writeShop(client, benchShop);
  } finally {
    client.disconnect();
  }
}

/** A request on each connection as soon as the one before is answered; how many were. */
async function asFastAsPossible(traffic: Traffic, durationMs: number): Promise<number> {
  const endsAtMs = performance.now() + durationMs;
  let answered = 0;
  await Promise.all(
    Array.from({ length: CAPACITY_CONNECTIONS }, async () => {
      while (performance.now() < endsAtMs) {
        const { failure } = await traffic.send();
        if (failure === undefined) answered++;
      }
    }),
  );
  return answered;
}

/** At a rate, whether what was sent before is answered or not. */
async function atRate(traffic: Traffic, rate: number, endsAtMs: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  const underWay = new Set<Promise<unknown>>();
  let due = 0;
  let lastMs = performance.now();
  while (lastMs < endsAtMs) {
    await sleep(TICK_MS);
    const now = performance.now();
    due = Math.min(due + ((now - lastMs) / 1_000) * rate, rate);
    lastMs = now;
    for (; due >= 1 && traffic.underWay < MAX_UNDER_WAY; due--) {
      const one: Promise<unknown> = traffic.send().then((answer) => {
        sent.push(answer);
        underWay.delete(one);
      });
      underWay.add(one);
    }
  }
  await Promise.all(underWay);
  return sent;
}

async function watch(gateway: BuiltGateway, endsAtMs: number): Promise<Footprint[]> {
  const footprints: Footprint[] = [];
  while (performance.now() < endsAtMs) {
    if (footprints.length % SAMPLES_A_COLLECTION === 0) await collectGarbage(gateway);
    footprints.push(await footprintOf(gateway));
    await sleep(1_000);
  }
  return footprints;
}

async function restOf(gateway: BuiltGateway, traffic: Traffic): Promise<Footprint> {
  traffic.disconnect();
  await sleep(1_000);
  return footprintOf(gateway);
}

async function footprintOf(gateway: BuiltGateway): Promise<Footprint> {
  const metrics = await gateway.metrics();
  return {
    atMs: performance.now(),
    heapBytes: metrics['nodejs_heap_size_used_bytes'] ?? NaN,
    openFiles: metrics['process_open_fds'] ?? NaN,
    handles: metrics['nodejs_active_handles_total'] ?? NaN,
  };
}
