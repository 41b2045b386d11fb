import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { allSettled } from './allSettled.js';
import { Gate } from './gate.js';
import { Household } from './household.js';
import { Journal } from './journal.js';
import { ownProductOf, SHARED_PRODUCTS } from './home.js';
import type { Violation } from './verdict.js';

/** A gateway over a Redis that faults can be done to. */
export interface World {
  readonly url: string;
  /** Leads to Redis past the gateway and past the fault. */
  readonly redis: Redis | Cluster;
  stop(): Promise<void>;
}

export interface Fault<W extends World = World> {
  readonly name: string;
  start(): Promise<W>;
  /**
   * Does it once.
   * @returns from when on recovery is counted, on the monotonic clock.
   */
  strike(world: W, turn: number): Promise<number>;
  /** Makes the next strike possible, where carts can be changed again before that. */
  heal?(world: W): Promise<void>;
}

export interface StormOptions {
  /** Changes to be acknowledged. */
  readonly changes: number;
  readonly strikes: number;
  readonly households: number;
  readonly shoppersEach: number;
  /** False: adds alone, and no repeat of what was acknowledged. */
  readonly isVaried: boolean;
}

export interface StormOutcome {
  readonly fault: string;
  readonly strikes: number;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly lost: number;
  readonly appliedTwice: number;
  readonly invariantsBroken: number;
  readonly seconds: number;
  /** The longest of all recoveries: until every cart could be changed again. Undefined where none was measured. */
  readonly recoveryMs: number | undefined;
  readonly violations: readonly Violation[];
}

/** A share of the storm's changes that takes longer than this has stalled. */
const STALLED_AFTER_MS = 120_000;
const SEED = 20_240_110;

/** Lets many clients change carts over HTTP while the fault strikes, and holds what is stored against the log. */
export async function runStorm<W extends World>(fault: Fault<W>, options: StormOptions): Promise<StormOutcome> {
  const world = await fault.start();
  try {
    await fillShop(world.redis);
    return await weather(world, fault, options);
  } finally {
    await world.stop();
  }
}

async function weather<W extends World>(world: W, fault: Fault<W>, options: StormOptions): Promise<StormOutcome> {
  const { changes, strikes, households: count, shoppersEach: shoppers, isVaried } = options;
  const startedAt = performance.now();
  const gate = new Gate();
  const journal = new Journal(changes);
  const households = Array.from({ length: count }, (_, index) => {
    const { url, redis } = world;
    return new Household({ userId: `u${index}`, url, redis, gate, journal, seed: SEED + index, shoppers, isVaried });
  });
  const lives = allSettled(households.map((household) => household.live()));

  const recoveries: number[] = [];
  const storm = async (): Promise<void> => {
    for (let turn = 0; turn < strikes; turn++) {
      await until(() => journal.acknowledged >= ((turn + 1) * changes) / (strikes + 1) || journal.isOver);
      if (journal.isOver) return;
      const since = await fault.strike(world, turn);
      // Every other time the carts are looked at before anything that is unknown has been repeated.
      if (turn % 2 === 0) recoveries.push(await recovered(households, journal, since));
      await gate.close();
      for (const household of households) journal.report(await household.check());
      gate.open();
      if (turn < strikes - 1) await fault.heal?.(world);
    }
  };
  const stormed = storm().then(
    () => {
      journal.isStormy = false;
    },
    (error: unknown) => {
      journal.end();
      gate.open();
      throw error;
    },
  );
  await allSettled([stormed, lives]);

  const carts = await eventually(() => cartKeys(world.redis), 30_000);
  for (const household of households) {
    journal.report(await household.check());
    journal.report(household.strayCarts(carts));
  }
  const { violations } = journal;
  return {
    fault: fault.name,
    strikes,
    acknowledged: journal.acknowledged,
    unknown: journal.unknown,
    lost: amountOf(violations, 'LOST'),
    appliedTwice: amountOf(violations, 'APPLIED_TWICE'),
    invariantsBroken: amountOf(violations, 'INVARIANT'),
    seconds: (performance.now() - startedAt) / 1_000,
    recoveryMs: recoveries.length > 0 ? Math.max(...recoveries) : undefined,
    violations,
  };
}

/** Milliseconds from `since` until each household had an answer to a call that was sent later. */
async function recovered(households: readonly Household[], journal: Journal, since: number): Promise<number> {
  await until(() => households.every(({ answeredSince }) => answeredSince >= since) || journal.isOver);
  return performance.now() - since;
}

async function until(condition: () => boolean): Promise<void> {
  const stalledAt = performance.now() + STALLED_AFTER_MS;
  while (!condition()) {
    if (performance.now() > stalledAt) throw new Error('the storm has stalled: no change is acknowledged any more');
    await sleep(5);
  }
}

const amountOf = (violations: readonly Violation[], kind: Violation['kind']): number =>
  violations.reduce((sum, violation) => sum + (violation.kind === kind ? violation.amount : 0), 0);

async function fillShop(redis: Redis | Cluster): Promise<void> {
  const prices = ['29.99', '0.10', '1000', '19.995', '3', '0.01'];
  const products = [...SHARED_PRODUCTS, ...Array.from({ length: 8 }, (_, index) => ownProductOf(index))];
  for (const [index, id] of products.entries())
    await redis.hset(`product:${id}`, { id, name: id, price: prices[index % prices.length]!, stock: 100_000_000 });
}

async function cartKeys(redis: Redis | Cluster): Promise<string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  return (await Promise.all(nodes.map((node) => node.keys('cart:*')))).flat();
}
