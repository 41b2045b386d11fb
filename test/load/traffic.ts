import { Agent, request } from 'node:http';
import { productId, token, USERS } from '../../bench/shopData.js';
import { home } from '../../bench/workloads/home.js';
import { productPage } from '../../bench/workloads/productPage.js';
import { widget } from '../../bench/workloads/widget.js';

export type Kind = 'H' | 'W' | 'P' | 'cart';

export interface Sent {
  readonly kind: Kind;
  /** When the answer, or its failure, was there, on the monotonic clock. */
  readonly atMs: number;
  readonly ms: number;
  /** Undefined where all of it was answered: the code of the first error, or what became of the connection. */
  readonly failure: string | undefined;
}

/** Of every twenty requests; cart changes are mostly adds. */
const MIX: readonly Kind[] = [
  'H',
  'W',
  'P',
  'H',
  'cart',
  'H',
  'W',
  'P',
  'H',
  'W',
  'H',
  'P',
  'H',
  'cart',
  'W',
  'H',
  'P',
  'H',
  'W',
  'P',
];
const ADD =
  'mutation Add($id: ID!) { cartLinesAdd(input: { lines: [{ productId: $id }] }) { cart { totalItems } userErrors { code } } }';
const CLEAR = 'mutation { cartClear { cart { totalItems } userErrors { code } } }';
const TIMEOUT_MS = 5_000;

/** A shop's mixed traffic; request number n is always the same. */
export class Traffic {
  #agent = new Agent({ keepAlive: true, maxSockets: 128 });
  #next = 0;
  underWay = 0;

  constructor(private readonly url: string) {}

  /** Sends the next request of the mix. Never rejects. */
  async send(): Promise<Sent> {
    const n = this.#next++;
    const kind = MIX[n % MIX.length]!;
    const startedAtMs = performance.now();
    this.underWay++;
    const failure = await this.#post(bodyOf(kind, n)).catch(
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    this.underWay--;
    const atMs = performance.now();
    return { kind, atMs, ms: atMs - startedAtMs, failure };
  }

  /** Ends the connections; the next request makes new ones. */
  disconnect(): void {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, maxSockets: 128 });
  }

  #post({ token: presented, ...operation }: Operation): Promise<string | undefined> {
    const body = JSON.stringify(operation);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(presented !== undefined && { authorization: `Bearer ${presented}` }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.url}/graphql`, {
        method: 'POST',
        agent: this.#agent,
        timeout: TIMEOUT_MS,
        headers,
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve(failureIn(incoming.statusCode, text)));
      });
      outgoing.end(body);
    });
  }
}

interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly token?: string;
}

function bodyOf(kind: Kind, n: number): Operation {
  if (kind === 'cart') {
    const customer = token((n * 7) % USERS);
    if (n % 5 === 4 && n % 80 === 4) return { query: CLEAR, token: customer };
    return { query: ADD, variables: { id: productId((n * 13) % 5_000) }, token: customer };
  }
  const workload = { H: home, W: widget, P: productPage }[kind];
  const { variables, token: presented } = workload.request(n % workload.variety);
  return {
    query: workload.query,
    ...(variables && { variables }),
    ...(presented !== undefined && { token: presented }),
  };
}

function failureIn(status: number | undefined, text: string): string | undefined {
  if (status !== 200) return `HTTP ${status}`;
  // Errors stand first in an answer that has any; to parse all of 17 KB would cost more than the server's work.
  if (!text.startsWith('{"errors"')) return undefined;
  const { errors } = JSON.parse(text) as { errors: readonly { extensions?: { code?: string } }[] };
  return errors[0]?.extensions?.code ?? 'an error without a code';
}
