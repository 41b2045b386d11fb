import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { CodedError } from '../../src/errors.js';
import { runByBoth } from '../support/bothExecutors.js';
import { queriesOf } from '../support/queryGenerator.js';

/** Fails in every way and at every place where a resolver can. */
const schema = makeExecutableSchema({
  typeDefs: `
    type Query { node(fail: Fail): Node mustNode(fail: Fail): Node! nodes(count: Int = 2, fail: Fail): [Node] }
    type Node {
      id: ID! name(upper: Boolean = false): String must(fail: Fail): String! number(value: Int): Int float: Float
      kind: Kind list(fail: Fail): [Int] mustList(fail: Fail): [Int!]! child(fail: Fail): Node mustChild(fail: Fail): Node!
      children(fail: Fail): [Node!] mustChildren(fail: Fail): [Node!]! echo(texts: [String!], flag: Boolean! = true): String
    }
    enum Kind { RED GREEN }
    enum Fail { NEVER THROW REJECT CODED NULL RETURN }
  `,
  resolvers: {
    Query: {
      node: (_: unknown, { fail }: Args) => outcome(fail, node),
      mustNode: (_: unknown, { fail }: Args) => outcome(fail, node),
      nodes: (_: unknown, { count, fail }: Args & { count: number | null }) =>
        outcome(fail, () => [...Array.from({ length: count ?? 1 }, node), null]),
    },
    Node: {
      name: (_: unknown, { upper }: { upper: boolean }) => (upper ? 'NAME' : Promise.resolve('name')),
      must: (_: unknown, { fail }: Args) => outcome(fail, () => 'must'),
      number: (_: unknown, { value }: { value?: number }) => value ?? 'not a number',
      list: (_: unknown, { fail }: Args) => outcome(fail, () => [1, 'x', null, 4]),
      mustList: (_: unknown, { fail }: Args) => outcome(fail, () => [1, null]),
      child: (_: unknown, { fail }: Args) => outcome(fail, node),
      mustChild: (_: unknown, { fail }: Args) => outcome(fail, node),
      children: (_: unknown, { fail }: Args) => outcome(fail, () => [node(), fail === 'RETURN' ? null : node()]),
      mustChildren: (_: unknown, { fail }: Args) => outcome(fail, () => [node(), Promise.resolve(node())]),
      echo: (_: unknown, args: object) => JSON.stringify(Object.entries(args).sort()),
    },
  },
});

interface Args {
  fail?: 'NEVER' | 'THROW' | 'REJECT' | 'CODED' | 'NULL' | 'RETURN' | null;
}

const node = () => ({ id: 1, float: 1.5, kind: 'RED' });

function outcome<T>(fail: Args['fail'], value: () => T): unknown {
  if (fail === 'THROW') throw new Error('thrown');
  if (fail === 'REJECT') return Promise.reject(new Error('rejected'));
  if (fail === 'CODED') throw new CodedError('FORBIDDEN', 'coded');
  if (fail === 'NULL') return null;
  if (fail === 'RETURN') return new Error('returned');
  return value();
}

const queries = queriesOf(schema, {
  values: { Int: [0, 1, 3, -1], Boolean: [true, false], String: ['a', ''] },
});

it('answers as graphql-js does: data, and errors with message, path, code and locations', async () => {
  let compared = 0;
  let withErrors = 0;
  await fc.assert(
    fc.asyncProperty(queries, async (generated) => {
      const results = await runByBoth(schema, generated, () => ({}));
      // What is not valid is not counted: another is generated for it.
      if (!results) return fc.pre(false);
      compared++;
      if (results.byGraphqlJs.errors.length > 0) withErrors++;
      expect(results.byJit).toEqual(results.byGraphqlJs);
    }),
    { numRuns: 300 },
  );
  // The test would prove nothing if few queries were valid, or none failed.
  expect(compared).toBeGreaterThan(200);
  expect(withErrors).toBeGreaterThan(30);
});

it.each([
  ['a variable of the wrong type', 'query ($n: Int) { nodes(count: $n) { id } }', { n: 'x' }],
  ['a variable that is missing', 'query ($f: Boolean!) { node { echo(flag: $f) } }', {}],
  ['null for an argument with a default', 'query ($f: Boolean = true) { node { echo(flag: $f) } }', { f: null }],
  ['null for a condition', 'query ($f: Boolean = true) { node { id @include(if: $f) } }', { f: null }],
  ['one element for a list', 'query ($t: [String!]) { node { echo(texts: $t) } }', { t: 'one' }],
  ['a variable that nobody defined', '{ node { id } }', { n: 1 }],
  ['a float for an Int', 'query ($n: Int) { nodes(count: $n) { id } }', { n: 1.5 }],
  ['an enum value that there is not', 'query ($f: Fail) { node(fail: $f) { id } }', { f: 'PERHAPS' }],
])('treats %s as graphql-js does', async (_what, query, variables) => {
  const results = await runByBoth(schema, { query, variables }, () => ({}));

  expect(results).toBeDefined();
  expect(results?.byJit).toEqual(results?.byGraphqlJs);
});
