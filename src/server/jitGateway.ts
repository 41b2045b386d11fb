import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../graphql/context.js';
import { JitExecutor, type ExecutorOptions } from '../graphql/executor.js';

type Gateway = NonNullable<ApolloServerOptionsWithGateway<GatewayContext>['gateway']>;

/** Puts an executor of our own behind Apollo Server, which takes one only from what it calls a gateway. */
export function jitGateway(schema: GraphQLSchema, options: ExecutorOptions): Gateway {
  const executor = new JitExecutor(schema, options);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor: async ({ document, queryHash, request, context }) =>
        executor.execute({
          document,
          queryHash,
          operationName: request.operationName,
          variables: request.variables,
          context: context as GatewayContext,
        }),
    }),
    stop: async () => undefined,
  };
}
