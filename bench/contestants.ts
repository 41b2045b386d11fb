import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that takes part: how it is started, and whether it speaks GraphQL. */
export interface Contestant {
  readonly name: string;
  readonly title: string;
  /** Arguments of `node`. */
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it answers GraphQL; the floor has pages instead. */
  readonly graphqlPath: string | undefined;
}

/** This file runs from `bench/dist/bench`. */
export const repositoryRoot = join(import.meta.dirname, '../../..');

export const FLOOR = 'F';

/** Settings that leave everything switched on and let a load test pass: budgets that one address cannot use up. */
const EVERYTHING_ON = {
  LOG_LEVEL: 'warn',
  SESSION_SECRET: 'only-for-the-bench-0123456789abcdef',
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_SESSION_COST: '1000000000',
  RATE_LIMIT_ADDRESS_COST: '1000000000',
};

export const contestants: readonly Contestant[] = [
  { name: FLOOR, title: 'floor: node:http by hand', nodeArgs: script('floor'), env: {}, graphqlPath: undefined },
  gateway('ours', 'this gateway, everything on', {}),
  gateway('ours-cold', 'this gateway without its cache', { CACHE_ENABLED: 'false' }),
  gateway('ours-no-answers', 'this gateway, no whole answers kept', { CACHE_ANSWERS: 'false' }),
  gateway('ours-no-texts', 'this gateway, no pages kept as text', { GRAPHQL_PAGE_TEXTS: 'false' }),
  gateway('ours-js', 'this gateway on graphql-js', { GRAPHQL_EXECUTOR: 'graphql-js' }),
  withoutNodeFlags('ours-gc', "this gateway with Node's own heap settings"),
  peer('apollo', 'Apollo Server, Express, HGETALL'),
  peer('yoga', 'GraphQL Yoga, HMGET'),
  peer('mercurius', 'Mercurius with JIT, HMGET'),
];

export function gateway(name: string, title: string, env: Record<string, string>): Contestant {
  return { name, title, nodeArgs: startArguments(), env: { ...EVERYTHING_ON, ...env }, graphqlPath: '/graphql' };
}

/** The flags that `npm start` gives to node, left out: what they gain is what this one lacks. */
function withoutNodeFlags(name: string, title: string): Contestant {
  const all = gateway(name, title, {});
  return { ...all, nodeArgs: all.nodeArgs.filter((argument) => !argument.startsWith('--')) };
}

function peer(name: string, title: string): Contestant {
  return { name, title, nodeArgs: script(name), env: {}, graphqlPath: '/graphql' };
}

function script(name: string): string[] {
  return [join(import.meta.dirname, `servers/${name}.js`)];
}

/** What `npm start` gives to node, so that the bench runs what operators run. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start
    .split(' ')
    .slice(1)
    .map((argument) => (argument.startsWith('dist/') ? join(repositoryRoot, argument) : argument));
}
