import { deepStrictEqual } from 'node:assert';
import { requestsFor, type Target } from './target.js';
import type { Workload } from './workloads/workload.js';

const LOOKED_AT = 25;

/**
 * Holds what the servers answer against the first one's, byte by byte beneath `data`.
 * Throws with the first difference: figures of servers that do different work are worth nothing.
 *
 * @returns bytes of an answer, on the average
 */
export async function checkSameBytes(servers: readonly Target[], workload: Workload): Promise<number> {
  const [reference, ...others] = servers.map((server) => ({ server, requests: requestsFor(server, workload) }));
  const step = Math.max(1, Math.floor(workload.variety / LOOKED_AT));
  let bytes = 0;
  let looked = 0;
  for (let n = 0; n < workload.variety; n += step) {
    const expected = dataOf(await reference!.requests.send(n), reference!.server.name);
    bytes += Buffer.byteLength(expected);
    looked++;
    for (const { server, requests } of others) {
      const actual = dataOf(await requests.send(n), server.name);
      if (actual === expected) continue;
      const names = `${server.name} and ${reference!.server.name}`;
      deepStrictEqual(JSON.parse(actual), JSON.parse(expected), `${workload.name}: ${names} answer different data`);
      throw new Error(`${workload.name}: ${names} answer the same data in other bytes:\n${actual}\n${expected}`);
    }
  }
  return Math.round(bytes / looked);
}

/** The bytes behind `"data":`; whatever else an answer holds is no part of the comparison, but errors are not allowed. */
function dataOf({ status, text }: { status: number; text: string }, name: string): string {
  const answer = JSON.parse(text) as { data?: unknown; errors?: unknown };
  if (status !== 200 || answer.errors !== undefined || !answer.data)
    throw new Error(`${name} answered ${status}: ${text.slice(0, 1_000)}`);
  const data = JSON.stringify(answer.data);
  // Parsing and printing again must not hide a difference in how numbers or letters are written.
  if (!text.includes(`"data":${data}`))
    throw new Error(`${name} prints its data in an unusual way: ${text.slice(0, 300)}`);
  return data;
}
