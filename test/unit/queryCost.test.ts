import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, isObjectType, Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { costTable } from '../../src/server/costTable.js';
import { QueryCost } from '../../src/server/queryCost.js';

const folder = new URL('../../schema/', import.meta.url);
const schema = buildSchema(
  readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n'),
);
const cost = new QueryCost(schema);

function costOf(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  )!;
  return cost.of(operation, document, variables);
}

test.each([
  ['{ __typename }', 1],
  ['{ cart { totalItems } }', 1 + 3],
  ['{ product(id: "p") { id name } }', 1 + 1],
  ['{ products(ids: ["a", "b", "c"]) { id } }', 1 + 3],
  ['{ recommendations { trending { source } } }', 1 + 5],
  ['{ recommendations { trending { nodes { id } } } }', 1 + 5 + 10],
  ['{ recommendations { trending(first: 20) { nodes { id } pageInfo { endCursor } } } }', 1 + 5 + 20],
  ['{ recommendations { trending(first: 20) { edges { node { category { name } } } } } }', 1 + 5 + 20 * 2],
  [
    '{ product(id: "p") { similar(first: 10) { nodes { similar(first: 10) { nodes { id } } } } } }',
    2 + 5 + 10 * (1 + 5 + 10),
  ],
  ['{ cart { lines { product { name } } } }', 1 + 3 + 2 + 20],
  ['{ a: product(id: "a") { id } b: product(id: "b") { id } }', 1 + 2],
  ['{ ...F } fragment F on Query { product(id: "a") { ... on Product { similar { nodes { id } } } } }', 2 + 5 + 10],
  ['{ product(id: "a") @skip(if: true) { id } cart @include(if: true) { id } }', 1 + 3],
  ['{ __schema { types { name } } }', 1 + 500],
])('%s costs %i', (query, expected) => {
  expect(costOf(query)).toBe(expected);
});

test('what hangs on variables is reckoned for each request', () => {
  const feed = 'query ($n: Int = 7) { recommendations { trending(first: $n) { nodes { id } } } }';
  expect(costOf(feed, { n: 100 })).toBe(1 + 5 + 100);
  expect(costOf(feed)).toBe(1 + 5 + 7);
  expect(costOf(feed, { n: 1e9 })).toBe(1 + 5 + 100);
  expect(costOf(feed, { n: null })).toBe(1 + 5 + 10);
  expect(costOf('query ($ids: [ID!]!) { products(ids: $ids) { id } }', { ids: ['a', 'b'] })).toBe(1 + 2);

  const add = 'mutation ($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { replayed } }';
  expect(costOf(add, { input: { lines: [{}, {}, {}] } })).toBe(1 + 10 + 6);
  const addLines = 'mutation ($l: [CartLineAddInput!]!) { cartLinesAdd(input: { lines: $l }) { replayed } }';
  expect(costOf(addLines, { l: [{}, {}] })).toBe(1 + 10 + 4);

  const choice = 'query ($w: Boolean!) { cart @include(if: $w) { id } product(id: "p") @skip(if: $w) { id } }';
  expect(costOf(choice, { w: true })).toBe(1 + 3);
  expect(costOf(choice, { w: false })).toBe(1 + 1);
});

test('every field of the table is one of the schema', () => {
  const unknown = Object.keys(costTable).filter((coordinate) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    return !fieldName.startsWith('__') && !(type && 'getFields' in type && fieldName in type.getFields());
  });
  expect(unknown).toEqual([]);
});

test('every feed and every mutation is in the table', () => {
  const missing = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields())
      .filter((field) => String(field.type) === 'RecommendationConnection' || type.name === 'Mutation')
      .map((field) => `${type.name}.${field.name}`)
      .filter((coordinate) => costTable[coordinate] === undefined);
  });
  expect(missing).toEqual([]);
});
