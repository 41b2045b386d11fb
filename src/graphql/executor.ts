import { execute, GraphQLError, visit, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { conditionsOf, resolveConditions, type Condition } from './conditions.js';
import type { GatewayContext } from './context.js';
import type { PageTexts } from './pageTexts.js';

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
  /** Answers pages of public feeds as JSON text; the whole must then be written by `stringify` of rawJson.ts. */
  pageTexts?: PageTexts | undefined;
}

/**
 * Each combination of an operation's conditions has code of its own. A client has a few; one that goes through all
 * 4,096 of twelve variables would have us compile with each request.
 */
const MAX_COMBINATIONS = 16;

/** What is known of a document's operation. */
interface Plan {
  /** How often it came before it was worth compiling. */
  uses: number;
  /** The combinations of its conditions that are worth code. */
  readonly combinations: Set<string>;
  readonly conditions: readonly Condition[];
}

/**
 * Runs operations by code that graphql-jit makes for each of them, which is several times faster than graphql-js. To
 * make it takes 5 to 20 ms, so it is made for what comes again; a stranger's queries that never do cost no more than
 * with graphql-js, which also runs what cannot be compiled.
 *
 * `@skip` and `@include` are carried out before compiling, so an operation has one code for each combination of their
 * variables: graphql-jit mistakes them where a field stands in several places and some of them are left out.
 */
export class JitExecutor<Context = GatewayContext> {
  readonly #plans: LRUCache<string, Plan>;
  /** Null where no code can be made. */
  readonly #codes: LRUCache<string, { code: CompiledQuery | null }>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly options: ExecutorOptions,
  ) {
    const max = options.maxCompiled ?? 500;
    this.#plans = new LRUCache({ max: 4 * max });
    this.#codes = new LRUCache({ max });
  }

  execute(operation: Operation<Context>): ExecutionResult | Promise<ExecutionResult> {
    const code = this.#codeFor(operation);
    if (code === null) return this.#interpret(operation);
    const result = code.query({}, operation.context, operation.variables ?? {});
    if (result instanceof Promise) return result.then((settled) => this.#checked(operation, settled));
    return this.#checked(operation, result);
  }

  #codeFor(operation: Operation<Context>): CompiledQuery | null {
    const { document, queryHash, operationName, variables } = operation;
    let key = operationName === undefined ? queryHash : `${queryHash} ${operationName}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      plan = { uses: 0, combinations: new Set(), conditions: conditionsOf(document, operationName) };
      this.#plans.set(key, plan);
    }
    if (plan.uses < this.options.compileAfter) {
      plan.uses++;
      return null;
    }
    const values = new Map<string, boolean>();
    for (const { variable, defaultValue } of plan.conditions) {
      const given = variables?.[variable];
      const value = given === undefined ? defaultValue : given;
      if (typeof value !== 'boolean') return null;
      values.set(variable, value);
      key += value ? ' 1' : ' 0';
    }
    let entry = this.#codes.get(key);
    if (entry === undefined) {
      if (plan.combinations.size >= MAX_COMBINATIONS && !plan.combinations.has(key)) return null;
      plan.combinations.add(key);
      entry = { code: this.#compile(resolveConditions(document, values), operationName) };
      this.#codes.set(key, entry);
    }
    return entry.code;
  }

  #compile(document: DocumentNode, operationName: string | undefined): CompiledQuery | null {
    if (answersProto(document)) return null;
    const { pageTexts } = this.options;
    const rewritten = pageTexts?.rewrite(document, operationName);
    return pageTexts !== undefined && rewritten !== undefined
      ? compile(pageTexts.schema, rewritten, operationName)
      : compile(this.schema, document, operationName);
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
    });
  }
}

/** graphql-jit's objects lose a field under that name. */
function answersProto(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ alias }) {
      if (alias?.value === '__proto__') found = true;
    },
  });
  return found;
}

function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledQuery | null {
  const compiled = compileQuery(schema, document, operationName, {
    disablingCapturingStackErrors: true,
  });
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
