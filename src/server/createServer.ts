import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import { fastify, type FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import { CACHE_SHARES } from '../gateway/redisAccess.js';
import { buildSchema } from '../graphql/schema.js';
import { createServices, type Services } from '../gateway/services.js';
import { createLogger } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { createApollo } from './apollo.js';
import { Drain } from './drain.js';
import { addExplorers } from './explorer.js';
import { addGraphqlRoute } from './graphqlRoute.js';
import { addHealthRoutes } from './health.js';
import { handleFrameworkError, handleHttpErrors } from './httpErrors.js';
import { DocumentLimits } from './documentLimits.js';
import { PublicAnswers } from './publicAnswers.js';
import { addSecurityHeaders } from './securityHeaders.js';

/** The gateway as a whole. */
export interface GatewayServer {
  /**
   * Listens; Redis need not be there yet.
   * @returns the address of the GraphQL endpoint's origin, such as `http://127.0.0.1:4000`.
   */
  start(): Promise<{ url: string }>;
  /** Answers what was accepted, then closes everything, within `shutdownGraceMs`. Safe to call again. */
  stop(): Promise<void>;
}

/** Builds the gateway from its settings. Nothing listens before `start`; `stop` also undoes what is built here. */
export async function createServer(config: Config): Promise<GatewayServer> {
  const logger = createLogger(config.logLevel);
  const metrics = new Metrics();
  const services = createServices(config, logger, metrics);
  const schema = buildSchema();
  const apollo = createApollo(schema, config, logger, metrics, services.limiter);
  await apollo.start();

  const app = createHttp(config);
  const drain = new Drain(app);
  addSecurityHeaders(app);
  if (config.corsOrigins.length > 0) await app.register(cors, corsOptions(config.corsOrigins));
  handleHttpErrors(app, logger);
  addHealthRoutes(app, {
    redisAnswers: () => services.redisAnswers(),
    isStopping: () => drain.isStopping,
    registry: metrics.registry,
  });
  if (config.graphql.explorers) addExplorers(app);
  const answers = config.cache.answers ? publicAnswers(services, config) : undefined;
  if (answers) metrics.watch('gateway_public_answers', () => answers.stats);
  addGraphqlRoute(app, {
    apollo,
    createContext: (caller) => services.createContext(caller),
    limits: new DocumentLimits(schema, config.graphql),
    limiter: services.limiter,
    answers,
    metrics,
    serviceKeys: config.serviceKeys,
  });

  let stopped: Promise<void> | undefined;
  return {
    async start() {
      await app.listen({ host: config.host, port: config.port });
      const url = originOf(app, config.host);
      logger.info({ url }, 'the gateway listens');
      return { url };
    },
    stop() {
      stopped ??= (async () => {
        await drain.run(config.shutdownGraceMs);
        await apollo.stop();
        await services.close();
        logger.info('the gateway has stopped');
      })();
      return stopped;
    },
  };
}

function publicAnswers({ cache }: Services, config: Config): PublicAnswers | undefined {
  return cache && new PublicAnswers(cache, config.cache.maxBytes * CACHE_SHARES.answers);
}

// Fastify's own log would make a child logger a request; what is worth a line is logged where it happens.
function createHttp(config: Config): FastifyInstance {
  const app = fastify({
    bodyLimit: config.graphql.maxBodyBytes,
    trustProxy: trustedProxies(config.trustProxy),
    requestTimeout: 10_000,
    // While stopping, what comes on a standing connection is answered, see Drain.
    return503OnClosing: false,
    frameworkErrors: handleFrameworkError,
  });
  // GraphQL over HTTP takes JSON alone; anything else is 415.
  app.removeContentTypeParser('text/plain');
  return app;
}

/** A number of proxies counts from this process outwards. */
function trustedProxies(proxies: Config['trustProxy']) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies;
}

/** `x-api-key` is not among the headers: a service's key has no place in a browser. */
function corsOptions(origin: string[]) {
  return {
    origin,
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'x-session-token',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'apollographql-client-name',
      'apollographql-client-version',
    ],
    exposedHeaders: ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'],
    maxAge: 600,
  };
}

function originOf(app: FastifyInstance, host: string): string {
  const [address] = app.addresses();
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${(address as AddressInfo).port}`;
}
