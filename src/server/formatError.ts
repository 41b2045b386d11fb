import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../observability/logger.js';

export interface ErrorFormatting {
  logger: Logger;
  /** Whether messages may name fields that nobody asked for ("Did you mean …?"). */
  suggestions: boolean;
  /** Told the code of each error that goes out. */
  answered(code: string): void;
}

/**
 * Decides what a client may read of an error. Coded errors and GraphQL's own pass; everything else, whose message may
 * show a key, a host or a credential, is answered as INTERNAL_SERVER_ERROR with an id that the log line has too.
 */
export function createErrorFormatter(options: ErrorFormatting) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const code = publicCode(formatted, error);
    options.answered(code ?? 'INTERNAL_SERVER_ERROR');
    if (code === undefined) return masked(formatted, error, options.logger);
    const { stacktrace: _stack, ...extensions } = formatted.extensions ?? {};
    const message = options.suggestions ? formatted.message : formatted.message.replace(SUGGESTION, '');
    return { ...formatted, message, extensions: { ...extensions, code } };
  };
}

const SUGGESTION = / ?Did you mean [^?]*\?/g;

const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'QUERY_TOO_COMPLEX',
  'UPSTREAM_UNAVAILABLE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** Apollo's own words for what the API calls BAD_USER_INPUT (api.md, Error codes). */
const APOLLO_INPUT_CODES: ReadonlySet<unknown> = new Set(['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE']);

/** The code to answer, or undefined where the error is not for the client's eyes. */
function publicCode({ extensions }: GraphQLFormattedError, error: unknown): string | undefined {
  const code = extensions?.['code'];
  if (PUBLIC_CODES.has(code)) return code as string;
  if (APOLLO_INPUT_CODES.has(code)) return 'BAD_USER_INPUT';
  return isAboutTheRequest(error) ? 'BAD_USER_INPUT' : undefined;
}

/**
 * Without a code, from graphql-js or Apollo themselves: arguments that do not fit their types once variables are in
 * place, and refusals that bring a 4xx status along. What a resolver threw has an `originalError`.
 */
function isAboutTheRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return false;
  const { status } = (error.extensions['http'] ?? {}) as { status?: number };
  return ABOUT_INPUT.test(error.message) || (status !== undefined && status >= 400 && status < 500);
}

/** graphql-js' words for them; the second one when there are more than fifty. */
const ABOUT_INPUT = /^(Argument "|Too many errors processing variables)/;

function masked({ path, locations }: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  const id = randomUUID();
  logger.error({ err: causeOf(error), errorId: id, path: path?.join('.') }, 'a request failed unexpectedly');
  return {
    message: 'Something went wrong on our side.',
    ...(path && { path }),
    ...(locations && { locations }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', id },
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}
