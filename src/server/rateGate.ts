import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { ServiceKey } from '../config.js';
import type { Standing } from '../limits/rateBucket.js';
import type { RateLimiter } from '../limits/rateLimiter.js';
import type { Metrics } from '../observability/metrics.js';
import { matchServiceKey } from '../session/serviceKeys.js';
import { sendError } from './httpErrors.js';
import { rateLimitHeaders, secondsOf, TOO_MUCH } from './limitsPlugin.js';

type ErrorMetrics = Pick<Metrics, 'errorAnswered'>;

/**
 * Turns away, before its body is read, whoever comes from an address that has nothing left; a service with its key is
 * never limited. Cost and session are looked at later, by the limits' plugin.
 */
export function createRateGate(
  limiter: RateLimiter,
  serviceKeys: readonly ServiceKey[],
  metrics: ErrorMetrics,
): onRequestHookHandler {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const standing = limiter.standing({ token: undefined, address: request.ip });
    if (standing.remaining > 0 || isService(request, serviceKeys)) {
      done();
      return;
    }
    for (const [name, value] of rateLimitHeaders(standing)) reply.header(name, value);
    sendRateLimited(reply, standing, metrics);
  };
}

/** Refuses a request without GraphQL; the standing's own headers are there already. */
export function sendRateLimited(reply: FastifyReply, { resetMs }: Standing, metrics: ErrorMetrics): FastifyReply {
  metrics.errorAnswered('RATE_LIMITED');
  return sendError(reply.header('retry-after', secondsOf(resetMs)), 429, 'RATE_LIMITED', TOO_MUCH);
}

function isService({ headers }: FastifyRequest, serviceKeys: readonly ServiceKey[]): boolean {
  const key = headers['x-api-key'];
  return typeof key === 'string' && matchServiceKey(serviceKeys, key) !== undefined;
}
