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
import { CACHE_SHARES } from '../gateway/redisAccess.js';
import type { GatewayContext } from '../graphql/context.js';
import type { ExecutorOptions } from '../graphql/executor.js';
import { PageTexts } from '../graphql/pageTexts.js';
import { stringify } from '../graphql/rawJson.js';
import type { RateLimiter } from '../limits/rateLimiter.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import { createAnswerPlugin } from './answerPlugin.js';
import { createErrorFormatter } from './formatError.js';
import { jitExecution } from './jitExecution.js';
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
  const jit = config.graphql.executor === 'jit' ? jitExecution(schema, executorOptions(schema, config)) : undefined;
  return new ApolloServer<GatewayContext>({
    ...(jit ? { gateway: jit.gateway } : { schema }),
    stringifyResult: stringify,
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
      ...(jit ? [jit.plugin] : []),
      createLimitsPlugin({ cost: new QueryCost(schema), maxCost: config.graphql.maxCost, limiter }),
      createAnswerPlugin(metrics),
      ...withoutExtras(),
    ],
  });
}

function executorOptions(schema: GraphQLSchema, { graphql, cache }: Config): ExecutorOptions {
  // Without the cache no page is ever the same object again.
  const hasTexts = graphql.pageTexts && cache.enabled;
  return {
    compileAfter: graphql.compileAfter,
    pageTexts: hasTexts ? new PageTexts(schema, cache.maxBytes * CACHE_SHARES.texts) : undefined,
  };
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
