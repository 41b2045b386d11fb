import { createHash } from 'node:crypto';
import { graphql } from '../support/httpClient.js';

/** What became of one call, as far as its caller can know. */
export type Answer<Payload> =
  | { readonly outcome: 'ACKNOWLEDGED'; readonly payload: Payload }
  /** No answer, or UPSTREAM_UNAVAILABLE: done or not done, and to be repeated with the same key. */
  | { readonly outcome: 'UNKNOWN' }
  | { readonly outcome: 'REFUSED'; readonly code: string };

export interface CartPayload {
  readonly cart: CartAnswer | null;
  readonly userErrors: readonly { readonly code: string }[];
  readonly replayed: boolean;
}

export interface CartAnswer {
  readonly id: string;
  readonly totalItems: number;
  readonly lines: readonly { readonly id: string; readonly productId: string; readonly quantity: number }[];
}

export interface StartPayload {
  readonly token: string;
  readonly session: { readonly id: string };
  readonly userErrors: readonly { readonly code: string }[];
}

export interface IdentifyPayload {
  readonly token: string;
  readonly userErrors: readonly { readonly code: string }[];
}

/** Every call that the checker makes, by the mutation it stands for. */
export interface Payloads {
  readonly sessionStart: StartPayload;
  readonly sessionIdentify: IdentifyPayload;
  readonly cartLinesAdd: CartPayload;
  readonly cartLinesUpdate: CartPayload;
  readonly cartLinesRemove: CartPayload;
  readonly cartClear: CartPayload;
  readonly cartConvert: CartPayload;
}

export type MutationName = keyof Payloads;

const SERVICE_KEY = 'key of login and checkout';

/** Settings under which the gateway knows the checker as login and checkout. */
export const serviceSettings = {
  SERVICE_API_KEYS: `checker:sessions+carts:${createHash('sha256').update(SERVICE_KEY).digest('hex')}`,
  SESSION_SECRET: 'a secret of thirty-two characters',
};

const CART = 'cart { id totalItems lines { id productId quantity } } userErrors { code } replayed';
const selections: Readonly<Record<MutationName, string>> = {
  sessionStart: 'token session { id } userErrors { code }',
  sessionIdentify: 'token userErrors { code }',
  cartLinesAdd: CART,
  cartLinesUpdate: CART,
  cartLinesRemove: CART,
  cartClear: CART,
  cartConvert: 'userErrors { code } replayed',
};

/** Sends one mutation over HTTP. Whoever calls is a service with `token: null`, else the session's customer. */
export async function mutate<Name extends MutationName>(
  url: string,
  name: Name,
  token: string | null,
  input: Readonly<Record<string, unknown>>,
): Promise<Answer<Payloads[Name]>> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const operation = {
    operationName: name,
    query: `mutation ${name}($input: ${type}!) { result: ${name}(input: $input) { ${selections[name]} } }`,
    variables: { input },
    headers: token === null ? { 'x-api-key': SERVICE_KEY } : { authorization: `Bearer ${token}` },
  };
  const answer = await graphql<{ result: Payloads[Name] }>(`${url}/graphql`, operation).catch(() => undefined);
  if (answer === undefined) return { outcome: 'UNKNOWN' };
  const { data, errors = [] } = answer.body;
  const code = errors[0]?.extensions?.code;
  if (code === 'UPSTREAM_UNAVAILABLE') return { outcome: 'UNKNOWN' };
  if (errors.length > 0 || !data) return { outcome: 'REFUSED', code: code ?? `status ${answer.status}` };
  const { result } = data;
  const userError = result.userErrors[0];
  return userError ? { outcome: 'REFUSED', code: userError.code } : { outcome: 'ACKNOWLEDGED', payload: result };
}
