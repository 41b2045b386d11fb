import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface GraphqlRequest {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphqlAnswerError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface GraphqlAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>> & { readonly code?: string };
}

export interface HttpAnswer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

const TIMEOUT_MS = 15_000;

// Node's own agent and not fetch: under load fetch costs a test more than the server takes to answer. Idle sockets
// hold up neither the end of a test file nor a server that is stopping.
const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: TIMEOUT_MS });

/** Posts an operation as GraphQL over HTTP has it; any status is an answer, only a broken connection is an error. */
export async function graphql<Data = Readonly<Record<string, unknown>>>(
  url: string,
  { headers = {}, ...operation }: GraphqlRequest,
): Promise<HttpAnswer<GraphqlAnswer<Data>>> {
  const { status, headers: answered, text } = await send(url, JSON.stringify(operation), headers);
  return { status, headers: answered, body: parsed(text, status) as GraphqlAnswer<Data> };
}

interface TextAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<TextAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent,
      timeout: TIMEOUT_MS,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${url} within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.end(body);
  });
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`status ${status} with a body that is not JSON: ${text.slice(0, 500)}`, { cause });
  }
}
