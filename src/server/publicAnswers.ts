import type { FastifyRequest } from 'fastify';
import { secondsUntil } from '../graphql/cachePolicy.js';
import type { AnswerNotes, GatewayContext } from '../graphql/context.js';
import type { CoherentCache } from '../redis/coherentCache.js';
import { DerivedCache } from '../redis/derivedCache.js';
import { hasTooManyValues } from './variableLimits.js';

/** An answer that everybody gets who asks the same, as it goes out. */
export interface PublicAnswer {
  readonly body: string;
  readonly contentType: string;
  readonly maxAgeSeconds: number;
  readonly notes: AnswerNotes;
}

/** A long query in a body that nobody else sends is not worth its place. */
const MAX_KEY_LENGTH = 20_000;

/**
 * Whole answers to public queries: the widget on every page, the product page of nobody in particular. One is kept
 * only if all of it came out of the in-process cache, and is sent again only while nothing that Redis announces has
 * changed: it is what the query would answer at this moment, without parsing, executing and writing it once more.
 */
export class PublicAnswers {
  readonly #answers: DerivedCache<PublicAnswer>;

  constructor(cache: CoherentCache, maxBytes: number) {
    this.#answers = new DerivedCache(cache, maxBytes);
  }

  get stats(): { hits: number; entries: number; bytes: number } {
    return this.#answers.stats;
  }

  /** To be asked before the query is run, and handed to `keep`. */
  get generation(): number | undefined {
    return this.#answers.generation;
  }

  find(key: string): PublicAnswer | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined) return undefined;
    const maxAgeSeconds = Math.min(kept.value.maxAgeSeconds, secondsUntil(kept.expiresAtMs));
    return { ...kept.value, maxAgeSeconds };
  }

  /** Keeps the answer if it is everybody's and all of it is known to be right. `headers` are those it goes out with. */
  keep(
    key: string,
    generation: number | undefined,
    { scope, cachePolicy, notes }: GatewayContext,
    { body, headers }: { body: string; headers: ReadonlyMap<string, string> },
  ): void {
    // Faults, errors, mutations and useless tokens have all spoken by way of that header.
    if (headers.get('cache-control')?.startsWith('public') !== true || !cachePolicy.isPublic) return;
    if (!scope.isCoherent || scope.faults.size > 0) return;
    const { maxAgeSeconds, expiresAtMs } = cachePolicy;
    const contentType = headers.get('content-type') ?? '';
    const lastsUntilMs = Math.min(expiresAtMs, performance.now() + maxAgeSeconds * 1_000);
    const answer = { body, contentType, maxAgeSeconds, notes };
    this.#answers.store(key, generation, answer, { expiresAtMs: lastsUntilMs, bytes: 2 * body.length });
  }
}

/** What tells public queries apart; undefined where the answer may depend on who asks, or something else is odd. */
export function publicKeyOf({ method, headers, body }: FastifyRequest): string | undefined {
  if (method !== 'POST' || headers.authorization !== undefined) return undefined;
  if (headers['x-session-token'] !== undefined || headers['x-api-key'] !== undefined) return undefined;
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, variables, operationName, ...others } = body as Record<string, unknown>;
  if (typeof query !== 'string' || Object.keys(others).length > 0) return undefined;
  // Nested ten thousand deep they could not even be written down.
  if (hasTooManyValues(variables) || hasTooManyValues(operationName)) return undefined;
  const key = `${headers.accept ?? ''}\n${JSON.stringify([operationName, variables])}\n${query}`;
  return key.length <= MAX_KEY_LENGTH ? key : undefined;
}
