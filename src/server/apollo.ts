import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { GatewayContext } from '../graphql/context.js';
import type { RateLimiter } from '../limits/rateLimiter.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import { createAnswerPlugin } from './answerPlugin.js';
import { createErrorFormatter } from './formatError.js';
import { jitGateway } from './jitGateway.js';
import { createLimitsPlugin } from './limitsPlugin.js';
import { QueryCost } from './queryCost.js';

/** Apollo Server with what the gateway switches off, and its own word on errors and answers. Not yet started. */
export function createApollo(
  schema: GraphQLSchema,
  config: Config,
  logger: Logger,
  metrics: Metrics,
  limiter: RateLimiter | undefined,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    ...(config.graphql.executor === 'jit'
      ? { gateway: jitGateway(schema, { compileAfter: config.graphql.compileAfter }) }
      : { schema }),
    nodeEnv: config.isProduction ? 'production' : 'development',
    introspection: config.graphql.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    cache: 'bounded',
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    logger,
    formatError: createErrorFormatter({
      logger,
      suggestions: !config.isProduction,
      answered: (code) => metrics.errorAnswered(code),
    }),
    plugins: [
      createLimitsPlugin({ cost: new QueryCost(schema), maxCost: config.graphql.maxCost, limiter }),
      createAnswerPlugin(metrics),
      ...withoutExtras(),
    ],
  });
}

/** The cache plugin wraps every field and costs more than the rest of Apollo; the others talk to Apollo's servers. */
function withoutExtras() {
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
  ];
}
