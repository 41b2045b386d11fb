import type { Workload } from './workloads/workload.js';

/** Where requests go. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** Undefined for the floor, which has pages instead. */
  readonly graphqlPath: string | undefined;
}

/** A workload as bytes for one server: to be sent raw by the load generator, or one by one for a look at the answer. */
export interface EncodedWorkload {
  readonly variety: number;
  /** The whole HTTP request number `n`. */
  readonly raw: readonly Buffer[];
  send(n: number): Promise<{ status: number; text: string }>;
}

export function requestsFor(target: Target, workload: Workload): EncodedWorkload {
  const parts = Array.from({ length: workload.variety }, (_, n) => partsOf(target, workload, n));
  return {
    variety: workload.variety,
    raw: parts.map(({ method, path, headers, body }) => {
      const lines = Object.entries({ host: `127.0.0.1:${target.port}`, ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
      return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body ?? ''}`);
    }),
    async send(n) {
      const { method, path, headers, body } = parts[n % parts.length]!;
      const response = await fetch(`http://127.0.0.1:${target.port}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

function partsOf({ graphqlPath }: Target, workload: Workload, n: number) {
  const { token, variables, floorPath } = workload.request(n);
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  if (graphqlPath === undefined) return { method: 'GET', path: floorPath, headers, body: undefined };
  const body = JSON.stringify({ query: workload.query, ...(variables && { variables }) });
  return { method: 'POST', path: graphqlPath, headers: { ...headers, 'content-type': 'application/json' }, body };
}
