import { GraphQLError } from 'graphql';

/** The codes a client can meet in `extensions.code`, besides GraphQL's own (api.md, Mutation). */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'QUERY_TOO_COMPLEX'
  | 'UPSTREAM_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

/**
 * An error that the client may read as it is: its message holds no key, host or credential.
 * Every other error is masked before it leaves the process.
 */
export class CodedError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(message, { extensions: { ...options.extensions, code } });
    this.code = code;
    this.name = 'CodedError';
    // For the log; GraphQLError's own `originalError` would put the cause's stack into the answer in some servers.
    if (options.cause !== undefined) Object.defineProperty(this, 'cause', { value: options.cause, enumerable: false });
  }
}

/** The request itself is malformed: an id, a cursor, a page size. */
export const badUserInput = (message: string): CodedError => new CodedError('BAD_USER_INPUT', message);

/** The field needs a session, or the key that came is wrong. */
export const unauthenticated = (message = 'This needs a session.'): CodedError =>
  new CodedError('UNAUTHENTICATED', message);

/** The caller is known, or not, but has no right to this, whether it exists or not. */
export const forbidden = (message = 'This is not for the caller.'): CodedError => new CodedError('FORBIDDEN', message);

/** Redis did not answer, in time or at all. Safe to try again. */
export const upstreamUnavailable = (cause?: unknown): CodedError =>
  new CodedError('UPSTREAM_UNAVAILABLE', 'The data store did not answer. Please try again.', { cause });
