import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema, type ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../errors.js';
import { selectionLimitsRule, type SelectionLimits } from './selectionLimits.js';

export interface DocumentLimitSettings extends SelectionLimits {
  maxTokens: number;
  maxDepth: number;
  maxAliases: number;
  maxDirectives: number;
}

/**
 * Judges documents by their size before anything dear is done with them. Validation itself is dear: some of its rules
 * compare every field with every other one, so these limits stand before it and not among its rules.
 */
export class DocumentLimits {
  readonly #rules: readonly ValidationRule[];
  readonly #passed = new LRUCache<string, true>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly settings: DocumentLimitSettings,
  ) {
    const { maxDepth, maxAliases, maxDirectives } = settings;
    this.#rules = [
      selectionLimitsRule(settings),
      // Introspection is deep by nature, and graphql-js bounds it by a rule of its own.
      maxDepthRule({ n: maxDepth, flattenFragments: true, ignoreIntrospection: true }),
      maxAliasesRule({ n: maxAliases, allowList: [] }),
      maxDirectivesRule({ n: maxDirectives }),
    ];
  }

  /**
   * QUERY_TOO_COMPLEX where the document is beyond a limit, else undefined. Only what passes is remembered, so that
   * hostile documents push nothing out. What does not parse for other reasons is left to be answered as a fault.
   */
  refusalOf(text: string): CodedError | undefined {
    if (this.#passed.has(text)) return undefined;
    try {
      const document = this.#parse(text);
      if (document === undefined) return undefined;
      validate(this.schema, document, this.#rules);
      this.#passed.set(text, true);
      return undefined;
    } catch (error) {
      if (error instanceof GraphQLError) return tooComplex(error.message.replace(SYNTAX_ERROR, ''));
      throw error;
    }
  }

  /** @throws GraphQLError where there are too many tokens. */
  #parse(text: string): DocumentNode | undefined {
    const { maxTokens } = this.settings;
    try {
      return parse(text, { maxTokens, noLocation: true });
    } catch (error) {
      if (!(error instanceof GraphQLError) || !error.message.includes(TOO_MANY_TOKENS)) return undefined;
      throw new GraphQLError(`The document has more than ${maxTokens} tokens.`);
    }
  }
}

/** The refusal of a query that asks for too much, as HTTP 400. */
export const tooComplex = (message: string): CodedError =>
  new CodedError('QUERY_TOO_COMPLEX', message, { extensions: { http: { status: 400 } } });

const REMEMBERED_CHARACTERS = 4 * 1024 * 1024;
/** graphql-js' words, and what it and graphql-armor put before theirs. */
const TOO_MANY_TOKENS = 'Parsing aborted';
const SYNTAX_ERROR = /^Syntax Error: /;
