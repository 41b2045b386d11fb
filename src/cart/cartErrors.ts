import type { CartChange, CartContent, CartErrorCode, CartUserError } from './cart.js';

/** @param field the way to the input's field, where it is one's fault. */
export const userError = (code: CartErrorCode, message: string, field: string[] | null = null): CartUserError => ({
  field,
  message,
  code,
});

/** The answer of a change that was not made. `content` is the cart as it is, undefined where there is none to show. */
export const refused = (content: CartContent | undefined, userErrors: readonly CartUserError[]): CartChange => ({
  content,
  userErrors,
  warnings: [],
  replayed: false,
});

export const unreadable = userError(
  'CART_UNREADABLE',
  'The cart cannot be changed safely: what is stored under its keys is no cart.',
);

export const conflict = userError('CONFLICT', 'The cart has another version: somebody else was faster.', [
  'expectedVersion',
]);

export const keyReused = userError('IDEMPOTENCY_KEY_REUSED', 'This key was used before with another payload.', [
  'idempotencyKey',
]);

export const tooManyLines = (most: number): CartUserError =>
  userError('TOO_MANY_LINES', `A cart holds at most ${most} lines.`, ['lines']);
