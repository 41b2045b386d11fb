import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../errors.js';
import type { Logger } from '../observability/logger.js';

/** Answers what goes wrong before GraphQL is reached as GraphQL would: JSON with `errors` and a code. */
export function handleHttpErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((_request, reply) => sendError(reply, 404, 'BAD_USER_INPUT', 'There is nothing here.'));

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return sendError(reply, status, 'BAD_USER_INPUT', messageFor(status));
    logger.error({ err: error, req: request }, 'a request failed unexpectedly');
    return sendError(reply, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.');
  });
}

/** What Fastify cannot even route: a malformed address. */
export function handleFrameworkError(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  sendError(reply, 400, 'BAD_USER_INPUT', 'The address of the request is malformed.');
}

/** One coded error as the whole answer. */
export function sendError(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

function messageFor(status: number): string {
  if (status === 413) return 'The request body is too large.';
  if (status === 415) return 'The content type must be application/json.';
  return 'The request could not be read: its body must be JSON.';
}
