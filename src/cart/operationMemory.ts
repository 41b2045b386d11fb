import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { badUserInput } from '../errors.js';
import { jsonArray, type DataFault } from '../redis/decode.js';
import { cartWarningCodes, warningOf, type CartWarning } from './cart.js';

/**
 * What a cart remembers of a change (R15), as text: `version:digest:attempt:extra`, some 40 bytes where there is no
 * warning. `attempt` tells our own repeat of a call, whose answer was lost, from the caller's.
 */
export interface OperationMemory {
  readonly version: number;
  readonly digest: string;
  readonly attempt: string;
  readonly extra: string;
}

/** One call of a mutation: under which id it is remembered, and what tells it from others. */
export interface Operation {
  readonly id: string;
  readonly digest: string;
  readonly attempt: string;
}

/**
 * @param idempotencyKey the caller's; without it an id of our own makes just our own retries harmless.
 * @throws BAD_USER_INPUT for a malformed key.
 */
export function operationOf(kind: string, payload: unknown, idempotencyKey: string | null | undefined): Operation {
  if (typeof idempotencyKey === 'string' && !/^[\x20-\x7e]{1,128}$/.test(idempotencyKey))
    throw badUserInput('"idempotencyKey" is malformed: it must be 1 to 128 printable ASCII characters.');
  // The prefixes keep a caller's key apart from `merge:` and `convert:`.
  const id = typeof idempotencyKey === 'string' ? `k:${idempotencyKey}` : `o:${randomBytes(9).toString('base64url')}`;
  return { id, digest: digestOf(kind, payload), attempt: randomBytes(4).toString('base64url') };
}

export const digestOf = (kind: string, payload: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, payload]))
    .digest('base64url')
    .slice(0, 22);

export const encodeMemory = ({ version, digest, attempt, extra }: OperationMemory): string =>
  `${version}:${digest}:${attempt}:${extra}`;

export function decodeMemory(text: string): OperationMemory {
  const [version = '', digest = '', attempt = '', ...extra] = text.split(':');
  return { version: Number(version) || 0, digest, attempt, extra: extra.join(':') };
}

export const encodeWarnings = (warnings: readonly CartWarning[]): string =>
  warnings.length === 0 ? '' : JSON.stringify(warnings.map(({ code, lineId }) => [code, lineId]));

/** Total: where another version of this code, or another hand, wrote something else, there are none, and a fault. */
export function decodeWarnings(extra: string, report: (fault: DataFault) => void): CartWarning[] {
  if (extra === '') return [];
  const { success, data } = rememberedWarnings.safeParse(jsonArray(extra));
  if (!success) report('INVALID_JSON');
  return (data ?? []).map(([code, lineId]) => warningOf(code, lineId));
}

const rememberedWarnings = z.array(z.tuple([z.enum(cartWarningCodes), z.string().nullable()]));
