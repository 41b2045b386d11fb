import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { GatewayContext } from '../graphql/context.js';
import type { Metrics } from '../observability/metrics.js';

/**
 * What an answer says beside its data: how long it may be kept (`Cache-Control`), and in `extensions` whether the
 * session's token is good (`session`), what broken values were met (`dataFaults`) and whether something in it can no
 * longer be checked (`stale`). And what the metrics keep of it.
 */
export function createAnswerPlugin(metrics: Metrics): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => {
      const startedAtMs = performance.now();
      return {
        async willSendResponse(request) {
          const { response, contextValue, operation } = request;
          const extensions = await extensionsOf(contextValue);
          if (extensions !== undefined && response.body.kind === 'single') {
            const result = response.body.singleResult;
            result.extensions = { ...result.extensions, ...extensions };
          }
          if (isLegacyRefusal(request)) response.http.status = 200;
          response.http.headers.set('cache-control', cacheControlOf(request, extensions));
          metrics.faultsMet(contextValue.scope.faults);
          metrics.requestEnded(
            operation?.operation ?? 'none',
            response.http.status ?? 200,
            performance.now() - startedAtMs,
          );
        },
      };
    },
  };
}

/** Undefined where there is nothing to say, which is nearly always. */
async function extensionsOf({ asker, scope }: GatewayContext): Promise<Record<string, unknown> | undefined> {
  const token = await asker.tokenState();
  const hasUselessToken = token === 'INVALID' || token === 'UNKNOWN';
  if (!hasUselessToken && scope.faults.size === 0 && !scope.isStale) return undefined;
  return {
    ...(hasUselessToken && { session: token }),
    ...(scope.faults.size > 0 && { dataFaults: Object.fromEntries(scope.faults) }),
    ...(scope.isStale && { stale: true }),
  };
}

/** `no-store` for errors, mutations, stale data and whatever carries `extensions.session` (api.md, HTTP). */
function cacheControlOf(
  { response, contextValue, operation }: GraphQLRequestContextWillSendResponse<GatewayContext>,
  extensions: Record<string, unknown> | undefined,
): string {
  const hasErrors = response.body.kind !== 'single' || response.body.singleResult.errors !== undefined;
  const mayBeKept =
    !hasErrors &&
    operation?.operation === OperationTypeNode.QUERY &&
    !extensions?.['session'] &&
    !extensions?.['stale'];
  return mayBeKept ? contextValue.cachePolicy.toHeader() : 'no-store';
}

/**
 * Who asks for `application/json` and nothing else cannot tell our 400 from a proxy's, so GraphQL over HTTP wants 200
 * for an operation that was well received but does not parse, validate or fit its variables. All others get the 400.
 */
function isLegacyRefusal({ response, request }: GraphQLRequestContextWillSendResponse<GatewayContext>): boolean {
  if (response.http.status !== 400 || response.body.kind !== 'single') return false;
  if (!LEGACY_ACCEPT.test(request.http?.headers.get('accept') ?? '') || request.query === undefined) return false;
  const { errors = [] } = response.body.singleResult;
  return errors.length > 0 && errors.every(({ extensions }) => OPERATION_CODES.has(extensions?.['code']));
}

const LEGACY_ACCEPT = /^application\/json\s*(;[^,]*)?$/i;
const OPERATION_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);
