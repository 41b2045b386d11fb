import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from '../graphql/context.js';
import type { Caller } from '../graphql/requestContext.js';
import type { Deadline } from '../redis/deadline.js';
import { sendError } from './httpErrors.js';

export interface GraphqlRouteOptions {
  apollo: ApolloServer<GatewayContext>;
  createContext: (caller: Caller) => GatewayContext;
}

/** `POST /graphql` and `GET /graphql`, by the GraphQL-over-HTTP specification; Apollo answers, this carries. */
export function addGraphqlRoute(app: FastifyInstance, { apollo, createContext }: GraphqlRouteOptions): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    async handler(request, reply) {
      let deadline: Deadline | undefined;
      const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApollo(request),
        context: async () => {
          const context = createContext(callerOf(request));
          deadline = context.scope.deadline;
          reply.raw.once('close', () => endIfUnanswered(reply, context.scope.deadline));
          return context;
        },
      });
      deadline?.clear();
      reply
        .code(status ?? 200)
        .header('cache-control', 'no-store')
        .header('vary', VARY);
      for (const [name, value] of headers) reply.header(name, value);
      if (body.kind === 'complete') return reply.send(body.string);
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

/** The client has gone: Redis is asked nothing further on its behalf. */
function endIfUnanswered(reply: FastifyReply, deadline: Deadline): void {
  if (!reply.raw.writableEnded) deadline.end();
}

/** What an answer depends on besides its query (api.md, HTTP). */
const VARY = 'Authorization, x-session-token, x-api-key, Origin';

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
