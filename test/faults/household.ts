import type { Cluster, Redis } from 'ioredis';
import { seededRandom } from '../../src/demo/random.js';
import { keys } from '../../src/redis/keyspace.js';
import { eventually } from '../support/eventually.js';
import { Caller, Refusal } from './caller.js';
import { CartLedger, type CartChange } from './cartLedger.js';
import type { Gate } from './gate.js';
import type { Journal } from './journal.js';
import { allSettled } from './allSettled.js';
import type { Home } from './home.js';
import { Shopper } from './shopper.js';
import { isLive, quantitiesOf, readCart, readCarts, type StoredCart } from './storedCart.js';
import { judge, type Violation } from './verdict.js';

/** Changes of one shopper between two moments at which nothing of the household is unknown. */
const STEPS_A_ROUND = 15;
const READABLE_AGAIN_WITHIN_MS = 30_000;

export interface HouseholdOptions {
  readonly userId: string;
  readonly url: string;
  /** Leads to Redis past the gateway and past the fault. */
  readonly redis: Redis | Cluster;
  readonly gate: Gate;
  readonly journal: Journal;
  readonly seed: number;
  readonly shoppers: number;
  readonly isVaried: boolean;
}

/** Several people on one user's cart, at the same time and from sessions of their own, and the checker's account of it. */
export class Household {
  #home: Home;
  #shoppers: readonly Shopper[];
  #redis: Redis | Cluster;

  constructor({ userId, url, redis, gate, journal, seed, shoppers, isVaried }: HouseholdOptions) {
    let keyCount = 0;
    this.#redis = redis;
    this.#home = {
      userId,
      ledger: new CartLedger(),
      guests: new Map(),
      sessionIds: new Set(),
      caller: new Caller(url, gate, journal),
      journal,
      random: seededRandom(seed),
      isVaried,
      newKey: () => `${userId}:${++keyCount}`,
    };
    this.#shoppers = Array.from({ length: shoppers }, (_, index) => new Shopper(this.#home, index));
  }

  /** When the latest call that was answered had been sent. */
  get answeredSince(): number {
    return this.#home.caller.answeredSince;
  }

  /** Goes on until the journal says that it is over; everything that is unknown then is still repeated to its end. */
  async live(): Promise<void> {
    const { journal, isVaried, random } = this.#home;
    try {
      for (const shopper of this.#shoppers) await shopper.visit();
      while (!journal.isOver) {
        const visitor = isVaried && random.chance(0.4) ? random.pick(this.#shoppers) : undefined;
        await allSettled(
          this.#shoppers.map(async (shopper) => {
            if (shopper === visitor) await shopper.visit();
            await shopper.shop(STEPS_A_ROUND);
          }),
        );
        journal.report(await this.check());
        if (isVaried && !journal.isOver) await this.#endRound();
      }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        journal.end();
        throw error;
      }
      journal.report([{ kind: 'INVARIANT', amount: 1, detail: `${this.#home.userId}: ${error.message}` }]);
    }
  }

  /** To be called while nothing is under way; what is unknown may be stored or not. */
  async check(): Promise<Violation[]> {
    const { ledger, userId, sessionIds, guests } = this.#home;
    return eventually(async () => {
      const violations = judge(ledger, await readCarts(this.#redis, userId, sessionIds));
      for (const [sessionId, guestLedger] of guests)
        violations.push(...judge(guestLedger, await readCarts(this.#redis, 'guest', [sessionId])));
      return violations;
    }, READABLE_AGAIN_WITHIN_MS);
  }

  /** All carts under the user's name, to see whether one lies where nobody put it. */
  strayCarts(allKeys: readonly string[]): Violation[] {
    const { userId, sessionIds } = this.#home;
    const known = new Set([...sessionIds].map((sessionId) => keys.cart(userId, sessionId)));
    const stray = allKeys.filter((key) => key.startsWith(keys.cart(userId, '')) && !known.has(key));
    return stray.map((key) => ({ kind: 'INVARIANT', amount: 1, detail: `${key} belongs to no session` }));
  }

  async #endRound(): Promise<void> {
    const { random } = this.#home;
    const dice = random.fraction();
    if (dice < 0.3) await random.pick(this.#shoppers).clearCart();
    else if (dice < 0.6) await this.#checkOut();
    else return;
    for (const shopper of this.#shoppers) shopper.forgetLine();
  }

  /** What is bought is what was acknowledged; the next add begins a new cart. */
  async #checkOut(): Promise<void> {
    const { userId, sessionIds, caller, journal, ledger, newKey } = this.#home;
    const cart = await eventually(async () => (await readCarts(this.#redis, userId, sessionIds)).find(isLive));
    if (cart === undefined) return;
    const input = {
      cartId: cart.fields['cart_id'],
      userId,
      sessionId: cart.key.slice(keys.cart(userId, '').length),
      idempotencyKey: newKey(),
    };
    const bought = new Map(ledger.lines);
    const change: CartChange = { kind: 'EMPTY' };
    ledger.sent(change);
    await caller.untilAnswered('cartConvert', null, input);
    ledger.acknowledged(change);
    journal.acknowledged++;
    await eventually(async () => journal.report(differences(await readCart(this.#redis, cart.key), bought)));
  }
}

function differences(converted: StoredCart, bought: ReadonlyMap<string, number>): Violation[] {
  const stored = quantitiesOf(converted);
  const wrong = [...new Set([...stored.keys(), ...bought.keys()])].filter(
    (productId) => (stored.get(productId) ?? 0) !== (bought.get(productId) ?? 0),
  );
  const details = wrong.map(
    (productId) => `${converted.key}: another quantity of ${productId} was bought than ordered`,
  );
  if (converted.fields['status'] !== 'converted') details.push(`${converted.key}: bought, and not converted`);
  return details.map((detail) => ({ kind: 'INVARIANT', amount: 1, detail }));
}
