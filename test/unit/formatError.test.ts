import { GraphQLError, locatedError, type GraphQLFormattedError } from 'graphql';
import { upstreamUnavailable } from '../../src/errors.js';
import { createLogger } from '../../src/observability/logger.js';
import { createErrorFormatter } from '../../src/server/formatError.js';

function format(error: GraphQLError, { suggestions = false } = {}) {
  const lines: string[] = [];
  const codes: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const formatter = createErrorFormatter({ logger, suggestions, answered: (code) => codes.push(code) });
  const asApolloGivesIt: GraphQLFormattedError = {
    ...error.toJSON(),
    extensions: { ...error.extensions, code: error.extensions['code'] ?? 'INTERNAL_SERVER_ERROR' },
  };
  const answer = formatter(asApolloGivesIt, error);
  return { answer, lines, codes };
}

describe('what a client reads of an error', () => {
  it('is nothing but an id where the error is not ours, and the log has the same id', () => {
    const thrown = new Error('connect redis://user:pw@10.0.0.1:6379 for session:abc');
    const { answer, lines, codes } = format(locatedError(thrown, [], ['cart', 'lines', 3]));

    expect(answer).toEqual({
      message: 'Something went wrong on our side.',
      path: ['cart', 'lines', 3],
      extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.any(String) as string },
    });
    const line = JSON.parse(lines[0]!) as { errorId: string; err: { message: string } };
    expect(line.errorId).toBe(answer.extensions?.['id']);
    expect(lines[0]).not.toMatch(/pw@|session:abc/);
    expect(codes).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('is message and code of a coded error, without its cause', () => {
    const { answer, lines } = format(locatedError(upstreamUnavailable(new Error('redis://u:p@h')), [], ['cart']));

    expect(answer).toEqual({
      message: 'The data store did not answer. Please try again.',
      path: ['cart'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE' },
    });
    expect(lines).toEqual([]);
  });

  it('is what a value of ours looks like never, when it does not fit its type', () => {
    const serializing = new GraphQLError('Int cannot represent non-integer value: "secret"');

    expect(format(locatedError(serializing, [], ['x'])).answer.message).toBe('Something went wrong on our side.');
  });

  it.each([
    [new GraphQLError('too many', { extensions: { code: 'BAD_REQUEST' } }), 'BAD_USER_INPUT'],
    [new GraphQLError('which?', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }), 'BAD_USER_INPUT'],
    [new GraphQLError('Argument "first" has invalid value null.'), 'BAD_USER_INPUT'],
    [new GraphQLError('sha', { extensions: { http: { status: 400 } } }), 'BAD_USER_INPUT'],
    [new GraphQLError('Syntax', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } }), 'GRAPHQL_PARSE_FAILED'],
    [new GraphQLError('odd', { extensions: { code: 'SOMETHING_ELSE' } }), 'INTERNAL_SERVER_ERROR'],
  ])('has one of the documented codes: %s', (error, code) => {
    expect(format(error).answer.extensions?.['code']).toBe(code);
  });

  it('names no field that nobody asked for, unless it may', () => {
    const error = new GraphQLError('Cannot query field "x" on type "Q". Did you mean "y", "z", or "w"?', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });

    expect(format(error).answer.message).toBe('Cannot query field "x" on type "Q".');
    expect(format(error, { suggestions: true }).answer.message).toContain('Did you mean');
  });
});
