import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { CodedError } from '../errors.js';
import type { GatewayContext } from '../graphql/context.js';
import type { Standing } from '../limits/rateBucket.js';
import type { RateLimiter } from '../limits/rateLimiter.js';
import { tooComplex } from './documentLimits.js';
import type { QueryCost } from './queryCost.js';
import { hasTooManyValues, MAX_VARIABLE_VALUES } from './variableLimits.js';

export interface CostLimits {
  cost: QueryCost;
  /** What one operation may cost. */
  maxCost: number;
  /** Undefined where the settings switch it off. */
  limiter: RateLimiter | undefined;
}

/** What a request is booked at that never came to its execution: it was parsed, perhaps validated, and refused. */
export const REFUSAL_COST = 10;
/** What a token that opens nothing is booked at besides, so that an address cannot guess many. */
export const GUESS_COST = 200;

/** Refuses operations that cost too much at once (QUERY_TOO_COMPLEX) or too much in a while (RATE_LIMITED). */
export function createLimitsPlugin({ cost, maxCost, limiter }: CostLimits): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => {
      let isBooked = false;
      return {
        async didResolveOperation({ operation, document, request, contextValue, response }) {
          // An unknown operation name: execution says so.
          if (operation === undefined) return;
          if (hasTooManyValues(request.variables)) throw tooManyValues();
          const price = cost.of(operation, document, request.variables ?? {});
          contextValue.notes.price = price;
          if (price > maxCost) throw tooComplex(`The operation costs ${price}; at most ${maxCost} are allowed.`);
          if (limiter === undefined || contextValue.asker.service !== undefined) return;
          isBooked = true;
          const standing = limiter.spend({ token: contextValue.asker.token, address: contextValue.address }, price);
          for (const [name, value] of rateLimitHeaders(standing)) response.http.headers.set(name, value);
          if (!standing.isAllowed) throw rateLimited(standing);
        },
        async willSendResponse({ contextValue: { asker, address } }) {
          if (limiter === undefined || asker.service !== undefined) return;
          if (!isBooked) limiter.charge(address, REFUSAL_COST);
          if ((await asker.tokenState()) === 'INVALID') limiter.charge(address, GUESS_COST);
        },
      };
    },
  };
}

function tooManyValues(): CodedError {
  const message = `The variables hold more than ${MAX_VARIABLE_VALUES} values.`;
  return new CodedError('BAD_USER_INPUT', message, { extensions: { http: { status: 400 } } });
}

/** The fields of the IETF's draft, "RateLimit header fields for HTTP" (draft 6, which clients understand). */
export function rateLimitHeaders({ limit, remaining, resetMs }: Standing): [string, string][] {
  return [
    ['ratelimit-limit', String(limit)],
    ['ratelimit-remaining', String(Math.floor(remaining))],
    ['ratelimit-reset', secondsOf(resetMs)],
  ];
}

/** As HTTP 429, with the seconds to wait. */
export function rateLimited({ resetMs }: Standing): CodedError {
  const headers = new HeaderMap([['retry-after', secondsOf(resetMs)]]);
  return new CodedError('RATE_LIMITED', TOO_MUCH, { extensions: { http: { status: 429, headers } } });
}

export const TOO_MUCH = 'Too much was asked for in too short a time. Please wait.';

/** At least one: a client told to wait for no time at once comes again. The clock has fractions, 60 s must not be 61. */
export const secondsOf = (ms: number): string => String(Math.max(1, Math.ceil(Math.round(ms) / 1_000)));
