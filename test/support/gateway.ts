import { loadConfig } from '../../src/config.js';
import { createServer } from '../../src/server/createServer.js';
import { graphql, type GraphqlAnswer, type GraphqlRequest, type HttpAnswer } from './httpClient.js';

/** A gateway in the test's own process, on a free port. */
export interface TestGateway {
  /** The origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Posts an operation to `/graphql`; any status is an answer. */
  query<Data = Readonly<Record<string, unknown>>>(
    query: string,
    request?: Omit<GraphqlRequest, 'query'>,
  ): Promise<HttpAnswer<GraphqlAnswer<Data>>>;
  stop(): Promise<void>;
}

/**
 * Starts the gateway as `main` does, over the Redis at `REDIS_URL`; `env` overrides the settings of a test run. Each
 * query is compiled when it first comes, so that tests see what clients see from the second time on.
 */
export async function startGateway(env: NodeJS.ProcessEnv & { REDIS_URL: string }): Promise<TestGateway> {
  const defaults = { NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', GRAPHQL_COMPILE_AFTER: '0' };
  const server = await createServer(loadConfig({ ...defaults, ...env }));
  const { url } = await server.start();
  return {
    url,
    query: (query, request = {}) => graphql(`${url}/graphql`, { query, ...request }),
    stop: () => server.stop(),
  };
}
