import type { Random } from '../../src/demo/random.js';
import type { Caller } from './caller.js';
import type { CartLedger } from './cartLedger.js';
import type { Journal } from './journal.js';

/** What a household's shoppers have in common. */
export interface Home {
  readonly userId: string;
  readonly ledger: CartLedger;
  /** Carts of guests who have not logged in yet, by session. */
  readonly guests: Map<string, CartLedger>;
  /** Every session that the user ever had. */
  readonly sessionIds: Set<string>;
  readonly caller: Caller;
  readonly journal: Journal;
  readonly random: Random;
  /** Also updates, removals, logins and repeats; what is no gateway of ours may know adds alone. */
  readonly isVaried: boolean;
  /** A key that was never used before. */
  readonly newKey: () => string;
}

/** Products that all add to; besides, each shopper has one of its own. All have stock without end. */
export const SHARED_PRODUCTS = ['shared-1', 'shared-2'];
export const ownProductOf = (index: number): string => `own-${index + 1}`;
