import { readFileSync, readdirSync } from 'node:fs';
import { buildASTSchema, execute, parse, type GraphQLResolveInfo } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { argumentsOf, isSelected, productFieldsOf, selectedNames, selectionAt } from '../../src/graphql/projection.js';
import { productField } from '../../src/product/product.js';

const sdl = readdirSync('schema').map((file) => readFileSync(`schema/${file}`, 'utf8'));
const schemaWith = (resolve: (info: GraphQLResolveInfo) => void) => {
  const schema = buildASTSchema(parse(sdl.join('\n')), { assumeValidSDL: true });
  schema.getQueryType()!.getFields()['product']!.resolve = (_parent, _args, _context, info) => {
    resolve(info);
    return null;
  };
  return schema;
};

/** What the resolver of `product` is told, by each of the two executors. */
async function infosOf(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLResolveInfo[]> {
  const infos: GraphQLResolveInfo[] = [];
  const schema = schemaWith((info) => infos.push(info));
  const document = parse(query);
  await execute({ schema, document, variableValues: variables });
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) throw new Error('the query does not compile');
  await compiled.query({}, {}, variables);
  expect(infos.length).toBeGreaterThanOrEqual(2);
  return infos;
}

const { name, price, stock, rating, category, isAvailable, image } = productField;

describe('what a query selects', () => {
  it.each<[string, number]>([
    ['{ product(id: 1) { id __typename } }', 0],
    ['{ product(id: 1) { name price { amount } } }', name | price],
    [
      '{ product(id: 1) { stock isAvailable image rating category { id } } }',
      stock | isAvailable | image | rating | category,
    ],
    ['{ product(id: 1) { a: name b: name } }', name],
    ['{ product(id: 1) { ...F } } fragment F on Product { name ...G } fragment G on Product { stock }', name | stock],
    ['{ product(id: 1) { ... on Product { name ... { stock } } } }', name | stock],
    ['{ product(id: 1) { name @skip(if: true) stock @include(if: true) rating @include(if: false) } }', stock],
    ['{ product(id: 1) { ...F @skip(if: true) } } fragment F on Product { name }', 0],
    ['{ product(id: 1) { ...F @skip(if: true) ...F } } fragment F on Product { name }', name],
    ['{ product(id: 1) { name } product(id: 1) { stock } }', name | stock],
    ['{ ...Q product(id: 1) { name } } fragment Q on Query { product(id: 1) { stock } }', name | stock],
    ['{ product(id: 1) { similar { nodes { name } } } }', category],
  ])('%s', async (query, expected) => {
    for (const info of await infosOf(query)) expect(productFieldsOf(info)).toBe(expected);
  });

  it('follows the variables of the request at hand, although the document is the same', async () => {
    const query = `query ($on: Boolean!, $byDefault: Boolean = true) {
      product(id: 1) { name @include(if: $on) ...F @skip(if: $on) ... @include(if: $byDefault) { rating } }
    } fragment F on Product { stock }`;
    const seen: number[] = [];
    const schema = schemaWith((info) => seen.push(productFieldsOf(info)));
    const document = parse(query);
    for (const on of [true, false, true])
      await execute({ schema, document, variableValues: { on, ...(on ? {} : { byDefault: false }) } });
    expect(seen).toEqual([name | rating, stock, name | rating]);
  });

  it('is told the same by both executors where a whole field is left out', async () => {
    const query = `query ($on: Boolean!) {
      product(id: 1) { name }
      ... @include(if: $on) { product(id: 1) { price { amount } } }
      ... @skip(if: $on) { product(id: 1) { stock } }
    }`;
    for (const info of await infosOf(query, { on: false })) {
      // What stands under a condition above the field is all that may be too much: never too little.
      expect(productFieldsOf(info) & (name | stock)).toBe(name | stock);
    }
  });

  it('reaches down a path, through aliases and fragments', async () => {
    const query = `{ product(id: 1) {
      like: similar(first: 3) { edges { node { name } } ...More }
    } } fragment More on RecommendationConnection { edges { node { stock } } page: pageInfo { more: hasNextPage } }`;
    for (const info of await infosOf(query)) {
      const [similar] = selectionAt(info, []).get('similar')!;
      const beneath = { ...info, fieldNodes: [similar!] };
      expect(productFieldsOf(beneath, ['edges', 'node'])).toBe(name | stock);
      expect(isSelected(beneath, ['pageInfo', 'hasNextPage'])).toBe(true);
      expect(isSelected(beneath, ['pageInfo', 'endCursor'])).toBe(false);
      expect(isSelected(beneath, ['nodes'])).toBe(false);
      expect(selectedNames(info)).toEqual(['similar']);
      expect(argumentsOf('Product', similar!, info)).toMatchObject({ first: 3, fallback: 'WHEN_EMPTY' });
    }
  });

  it('answers again what it answered before for the same document', async () => {
    const info = (await infosOf('{ product(id: 1) { name price { amount } } }'))[0]!;
    expect([productFieldsOf(info), productFieldsOf(info, ['category']), productFieldsOf(info)]).toEqual([
      name | price,
      0,
      name | price,
    ]);
  });
});
