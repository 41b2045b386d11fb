import { execute, parse, validate, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { JitExecutor } from '../../src/graphql/executor.js';
import type { PageTexts } from '../../src/graphql/pageTexts.js';
import { stringify } from '../../src/graphql/rawJson.js';
import type { GeneratedQuery } from './queryGenerator.js';

/** A result as a client would get it. */
export interface PlainResult {
  readonly data: unknown;
  /** Errors of what is null itself, sorted: which field is ready first is left to the executor. */
  readonly errors: readonly string[];
  /** Where an error further down made something null. Of several errors beneath one null, GraphQL wants just any. */
  readonly nulledFromBeneath: readonly string[];
}

/**
 * Runs a query by graphql-js and by compiled code, which may keep pages as text, each with a context of its own;
 * undefined where it is not valid.
 */
export async function runByBoth<Context>(
  schema: GraphQLSchema,
  { query, variables }: GeneratedQuery,
  createContext: () => Context,
  pageTexts?: PageTexts,
): Promise<{ byGraphqlJs: PlainResult; byJit: PlainResult } | undefined> {
  const document = parse(query);
  if (validate(schema, document).length > 0) return undefined;
  const executor = new JitExecutor<Context>(schema, { compileAfter: 0, pageTexts });
  const contextValue = createContext();
  const byGraphqlJs = await execute({ schema, document, variableValues: variables, contextValue });
  const byJit = await executor.execute({
    document,
    queryHash: query,
    operationName: undefined,
    variables,
    context: createContext(),
  });
  return { byGraphqlJs: plain(byGraphqlJs), byJit: plain(byJit) };
}

function plain({ data, errors = [] }: ExecutionResult): PlainResult {
  const plainData: unknown = data === undefined ? undefined : JSON.parse(stringify(data));
  const own: string[] = [];
  const fromBeneath = new Set<string>();
  for (const error of errors) {
    const { path = [], message } = error;
    const depth = depthOfNull(plainData, path);
    const asText = JSON.stringify({ ...error.toJSON(), code: error.extensions['code'] });
    if (depth < path.length) fromBeneath.add(JSON.stringify(path.slice(0, depth)));
    else own.push(asText);
    if (message === '') throw new Error(`an error without a message: ${asText}`);
  }
  return { data: plainData, errors: own.sort(), nulledFromBeneath: [...fromBeneath].sort() };
}

/** How far down the path the data go before they are null. */
function depthOfNull(data: unknown, path: readonly (string | number)[]): number {
  let value = data;
  for (let depth = 0; depth < path.length; depth++) {
    if (value === null || value === undefined) return depth;
    value = (value as Record<string | number, unknown>)[path[depth]!];
  }
  return path.length;
}
