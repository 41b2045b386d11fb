import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceKey } from '../config.js';
import type { GatewayContext } from '../graphql/context.js';
import type { Caller } from '../gateway/requestContext.js';
import type { Metrics } from '../observability/metrics.js';
import type { Deadline } from '../redis/deadline.js';
import type { RateLimiter } from '../limits/rateLimiter.js';
import { sendError } from './httpErrors.js';
import type { DocumentLimits } from './documentLimits.js';
import { GUESS_COST, rateLimitHeaders, REFUSAL_COST } from './limitsPlugin.js';
import { publicKeyOf, type PublicAnswer, type PublicAnswers } from './publicAnswers.js';
import { createRateGate, sendRateLimited } from './rateGate.js';

export interface GraphqlRouteOptions {
  apollo: ApolloServer<GatewayContext>;
  createContext: (caller: Caller) => GatewayContext;
  limits: DocumentLimits;
  limiter: RateLimiter | undefined;
  /** Undefined where the in-process cache is switched off. */
  answers: PublicAnswers | undefined;
  metrics: Pick<Metrics, 'requestEnded' | 'feedAnswered' | 'errorAnswered'>;
  serviceKeys: readonly ServiceKey[];
}

/** `POST /graphql` and `GET /graphql`, by the GraphQL-over-HTTP specification; Apollo answers, this carries. */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, createContext, limits, limiter, answers, metrics, serviceKeys } = options;
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    ...(limiter && { onRequest: createRateGate(limiter, serviceKeys, metrics) }),
    async handler(request, reply) {
      const key = answers && publicKeyOf(request);
      const known = key === undefined ? undefined : answers?.find(key);
      if (known) return sendKnown(known, request, reply, options);
      const refusal = limits.refusalOf(documentOf(request));
      if (refusal) {
        limiter?.charge(request.ip, REFUSAL_COST);
        metrics.errorAnswered(refusal.code);
        return sendError(reply.header('vary', VARY), 400, refusal.code, refusal.message);
      }
      const generation = answers?.generation;
      let context: GatewayContext | undefined;
      const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApollo(request),
        context: async () => {
          const created = createContext(callerOf(request));
          context = created;
          reply.raw.once('close', () => endIfUnanswered(reply, created.scope.deadline));
          return created;
        },
      });
      context?.scope.deadline.clear();
      // A service key that is nobody's.
      if (status === 401) limiter?.charge(request.ip, GUESS_COST);
      reply.code(status ?? 200).headers({ 'cache-control': 'no-store', vary: VARY, ...Object.fromEntries(headers) });
      if (body.kind === 'complete') {
        if (key !== undefined && context) answers?.keep(key, generation, context, { body: body.string, headers });
        return reply.send(body.string);
      }
      throw new Error('an answer in parts, though the schema has neither @defer nor @stream');
    },
  });

  app.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: async (_request, reply) =>
      sendError(reply.header('allow', 'GET, POST'), 405, 'BAD_USER_INPUT', 'Only GET and POST are answered here.'),
  });
}

/** An answer that was given before. It is booked and counted like any other. */
function sendKnown(
  { body, contentType, maxAgeSeconds, notes }: PublicAnswer,
  { ip }: FastifyRequest,
  reply: FastifyReply,
  { limiter, metrics }: GraphqlRouteOptions,
): FastifyReply {
  const standing = limiter?.spend({ token: undefined, address: ip }, notes.price);
  if (standing) reply.headers(Object.fromEntries(rateLimitHeaders(standing)));
  if (standing?.isAllowed === false) return sendRateLimited(reply, standing, metrics);
  for (const { feed, source, isFallback } of notes.feeds) metrics.feedAnswered(feed, source, isFallback);
  metrics.requestEnded('query', 200, reply.elapsedTime);
  return reply
    .headers({ 'content-type': contentType, 'cache-control': `public, max-age=${maxAgeSeconds}`, vary: VARY })
    .send(body);
}

/** The client has gone: Redis is asked nothing further on its behalf. */
function endIfUnanswered(reply: FastifyReply, deadline: Deadline): void {
  if (!reply.raw.writableEnded) deadline.end();
}

/** What an answer depends on besides its query (api.md, HTTP). */
const VARY = 'Authorization, x-session-token, x-api-key, Origin';

/** The query's text, empty where there is none or it is not a text: Apollo says what is wrong with that. */
function documentOf({ method, query, body }: FastifyRequest): string {
  const source = method === 'GET' ? query : body;
  const text = (source as { query?: unknown } | null | undefined)?.query;
  return typeof text === 'string' ? text : '';
}

/** The headers that Apollo looks at; to copy all of them costs more than the rest of this file. */
const APOLLO_HEADERS = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'];

function toApollo(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const name of APOLLO_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const query = request.url.indexOf('?');
  return { method: request.method, headers, body: request.body, search: query < 0 ? '' : request.url.slice(query) };
}

function callerOf({ headers, ip }: FastifyRequest): Caller {
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { header, address: ip };
}
