import type { Money } from '../money.js';
import type { CartOwner } from './cartIds.js';

/** A customer's cart as the API shows it (A: `cart:{user_id}:{session_id}`). Its lines are read apart. */
export interface Cart {
  readonly id: string;
  readonly status: CartStatus;
  readonly totalItems: number;
  readonly totalAmount: Money;
  readonly updatedAt: Date | null;
  /** Null where the key has no TTL. */
  readonly expiresAt: Date | null;
  readonly version: number;
}

export type CartStatus = 'ACTIVE' | 'ABANDONED' | 'CONVERTED';

/** One product (and variation) in a cart (A: element of `cart_items:{cart_id}`). */
export interface CartLine {
  readonly id: string;
  readonly productId: string;
  readonly variationId: string | null;
  readonly name: string | null;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly amount: Money;
}

/** What of the shop's settings the carts go by. */
export interface CartRules {
  readonly currency: string;
  readonly minorDigits: number;
  readonly guestSegment: string;
  readonly cartMaxLines: number;
  readonly cartMaxQuantity: number;
}

/** What a change of a cart needs to know of a product, as it is now. */
export interface CartProduct {
  readonly name: string | null;
  readonly price: Money | null;
  readonly stock: number | null;
  readonly isAvailable: boolean | null;
}

export type CartErrorCode =
  | 'PRODUCT_NOT_FOUND'
  | 'PRODUCT_UNAVAILABLE'
  | 'INVALID_QUANTITY'
  | 'LINE_NOT_FOUND'
  | 'TOO_MANY_LINES'
  | 'CART_NOT_FOUND'
  | 'CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'AMOUNT_TOO_LARGE'
  | 'CART_UNREADABLE'
  | 'INVALID_INPUT';

/** What the caller can mend; nothing was changed then. */
export interface CartUserError {
  readonly field: string[] | null;
  readonly message: string;
  readonly code: CartErrorCode;
}

/** What the caller should be told although the change was made. */
export interface CartWarning {
  readonly code: CartWarningCode;
  readonly message: string;
  readonly lineId: string | null;
}

export const cartWarningCodes = ['QUANTITY_CUT_TO_STOCK', 'QUANTITY_CUT_TO_LIMIT'] as const;
export type CartWarningCode = (typeof cartWarningCodes)[number];

const WARNINGS: Readonly<Record<CartWarningCode, string>> = {
  QUANTITY_CUT_TO_STOCK: 'There is less in stock than was asked for.',
  QUANTITY_CUT_TO_LIMIT: 'One line cannot hold as many as were asked for.',
};

export const warningOf = (code: CartWarningCode, lineId: string | null): CartWarning => ({
  code,
  message: WARNINGS[code],
  lineId,
});

/** A cart with its lines. */
export interface CartContent {
  readonly cart: Cart;
  readonly lines: readonly CartLine[];
}

/** The answer of every change. */
export interface CartChange {
  /** As it is now; undefined where there is none. */
  readonly content: CartContent | undefined;
  readonly userErrors: readonly CartUserError[];
  readonly warnings: readonly CartWarning[];
  readonly replayed: boolean;
}

/** What every change may carry besides what it changes. */
export interface ChangeOptions {
  readonly owner: CartOwner;
  readonly idempotencyKey?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

export interface MergeLine {
  readonly productId: string;
  readonly variationId: string | null;
  readonly quantity: number;
  readonly outcome: MergeOutcome;
}

export const mergeOutcomes = ['SUMMED', 'MOVED', 'CAPPED', 'DROPPED'] as const;
export type MergeOutcome = (typeof mergeOutcomes)[number];
