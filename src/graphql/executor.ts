import { execute, GraphQLError, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { GatewayContext } from './context.js';

/** One validated operation to run. */
export interface Operation<Context = GatewayContext> {
  document: DocumentNode;
  /** Identifies the document: the hash of its text. */
  queryHash: string;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  context: Context;
}

export interface ExecutorOptions {
  /** So often an operation is interpreted before it is compiled. */
  compileAfter: number;
  /** So many compiled operations are kept, each some hundred kilobytes. Default: 500. */
  maxCompiled?: number;
}

/** Code for an operation; null where none can be made; until it is made, how often the operation came. */
type Compiled = CompiledQuery | null | number;

/**
 * Runs operations by code that graphql-jit makes for each of them, which is several times faster than graphql-js. To
 * make it takes 5 to 20 ms, so it is made for what comes again; a stranger's queries that never do cost no more than
 * with graphql-js, which also runs what cannot be compiled.
 */
export class JitExecutor<Context = GatewayContext> {
  readonly #compiled: LRUCache<string, { code: Compiled }>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly options: ExecutorOptions,
  ) {
    this.#compiled = new LRUCache({ max: options.maxCompiled ?? 500 });
  }

  execute(operation: Operation<Context>): ExecutionResult | Promise<ExecutionResult> {
    const compiled = this.#compiledFor(operation);
    if (compiled === undefined) return this.#interpret(operation);
    const result = compiled.query({}, operation.context, operation.variables ?? {});
    if (result instanceof Promise) return result.then((settled) => this.#checked(operation, settled));
    return this.#checked(operation, result);
  }

  #compiledFor({ document, queryHash, operationName }: Operation<Context>): CompiledQuery | undefined {
    const key = operationName === undefined ? queryHash : `${queryHash} ${operationName}`;
    let entry = this.#compiled.get(key);
    if (entry === undefined) this.#compiled.set(key, (entry = { code: 0 }));
    if (typeof entry.code === 'number') {
      if (entry.code++ < this.options.compileAfter) return undefined;
      entry.code = compile(this.schema, document, operationName);
    }
    return entry.code ?? undefined;
  }

  #checked(operation: Operation<Context>, result: ExecutionResult): ExecutionResult | Promise<ExecutionResult> {
    if (result.errors === undefined) return result;
    // Variables that do not fit: nothing has run yet, and graphql-js words it better.
    if (result.data === undefined) return this.#interpret(operation);
    return { ...result, errors: result.errors.map(asGraphqlError) };
  }

  #interpret({
    document,
    operationName,
    variables,
    context,
  }: Operation<Context>): ExecutionResult | Promise<ExecutionResult> {
    return execute({
      schema: this.schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: context,
    }) as ExecutionResult | Promise<ExecutionResult>;
  }
}

function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledQuery | null {
  const compiled = compileQuery(schema, document, operationName, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? compiled : null;
}

/**
 * graphql-jit's errors look like GraphQL's but lack `extensions` where there are none, which Apollo trips over: it
 * would answer a bare "Internal server error" without message, path and code.
 */
function asGraphqlError(error: GraphQLError): GraphQLError {
  const { message, path, originalError, locations, extensions } = error;
  const real = new GraphQLError(message, { path, originalError, extensions });
  return Object.defineProperty(real, 'locations', { value: locations, enumerable: locations !== undefined });
}
