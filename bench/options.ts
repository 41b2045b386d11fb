import { parseArgs } from 'node:util';
import { contestants } from './contestants.js';

/** What to measure, and for how long. */
export interface BenchOptions {
  readonly parts: ReadonlySet<Part>;
  readonly servers: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly connections: number;
  readonly memoryMinutes: number;
  /** Show where the servers' time goes instead of measuring. */
  readonly profile: boolean;
}

export const PARTS = ['H', 'W', 'P', 'growth', 'memory'] as const;
export type Part = (typeof PARTS)[number];

export const USAGE = `npm run bench -- [options]
  --only H,W,P,growth,memory  what to measure (default: all)
  --servers F,ours            who takes part (default: ${contestants.map(({ name }) => name).join(',')})
  --rounds 7                  rounds a server and workload
  --seconds 2                 length of a round
  --warmup 2                  seconds of load before the first round
  --connections 64            keep-alive connections of the load
  --memory-minutes 1          how long the memory row loads the gateway; 10 is the form of the specification
  --profile                   show where the time of each server goes in each workload, instead of measuring`;

/** @throws Error that says what is wrong with the command line */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      servers: { type: 'string', default: contestants.map(({ name }) => name).join(',') },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '2' },
      warmup: { type: 'string', default: '2' },
      connections: { type: 'string', default: '64' },
      profile: { type: 'boolean', default: false },
      'memory-minutes': { type: 'string', default: '1' },
    },
  });
  return {
    parts: new Set(words(values.only, PARTS)),
    servers: words(
      values.servers,
      contestants.map(({ name }) => name),
    ),
    rounds: number(values.rounds, 'rounds', 1, 100),
    seconds: number(values.seconds, 'seconds', 0.2, 60),
    warmupSeconds: number(values.warmup, 'warmup', 0.2, 60),
    connections: number(values.connections, 'connections', 1, 1_000),
    profile: values.profile,
    memoryMinutes: number(values['memory-minutes'], 'memory-minutes', 0.1, 60),
  };
}

function words<Word extends string>(text: string, known: readonly Word[]): Word[] {
  return text.split(',').map((word) => {
    const match = known.find((name) => name === word);
    if (match === undefined) throw new Error(`"${word}" is none of ${known.join(', ')}`);
    return match;
  });
}

function number(text: string, name: string, min: number, max: number): number {
  const value = Number(text);
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be ${min} to ${max}`);
  return value;
}
