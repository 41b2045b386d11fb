import type { CartChange } from './cartLedger.js';
import type { CartPayload } from './shopApi.js';
import { visitAsGuest } from './guestVisit.js';
import { ownProductOf, SHARED_PRODUCTS, type Home } from './home.js';

type LineMutation = 'cartLinesAdd' | 'cartLinesUpdate' | 'cartLinesRemove';

/** One client of a household's cart. It makes one change after another and repeats each with its key until it is known. */
export class Shopper {
  #token = '';
  #line: { readonly id: string } | undefined;

  constructor(
    private readonly home: Home,
    private readonly index: number,
  ) {}

  /** Comes as a guest, puts something into a cart, and logs in: on the first day and whenever it forgot its token. */
  async visit(): Promise<void> {
    this.#token = await visitAsGuest(this.home);
  }

  async shop(steps: number): Promise<void> {
    for (let i = 0; i < steps && !this.home.journal.isOver; i++) await this.#step();
  }

  /** The cart was emptied, or is another one by now. */
  forgetLine(): void {
    this.#line = undefined;
  }

  async clearCart(): Promise<void> {
    const change: CartChange = { kind: 'EMPTY' };
    await this.acknowledge(change, () =>
      this.home.caller.untilAnswered('cartClear', this.#token, { idempotencyKey: this.home.newKey() }),
    );
  }

  /** Keeps account of a change: unknown from the first time it is sent until it is acknowledged. */
  async acknowledge<Payload>(change: CartChange, send: () => Promise<Payload>): Promise<Payload> {
    const { ledger, journal } = this.home;
    ledger.sent(change);
    const payload = await send();
    ledger.acknowledged(change);
    journal.acknowledged++;
    return payload;
  }

  #step(): Promise<void> {
    const { random, isVaried } = this.home;
    const dice = random.fraction();
    const quantity = random.integer(1, 3);
    if (!isVaried || dice < 0.5) return this.#add(random.pick(SHARED_PRODUCTS), quantity);
    if (this.#line === undefined || dice < 0.6) return this.#add(ownProductOf(this.index), quantity);
    return dice < 0.88 ? this.#set(this.#line.id, random.integer(1, 9)) : this.#set(this.#line.id, 0);
  }

  async #add(productId: string, quantity: number): Promise<void> {
    const change: CartChange = { kind: 'ADD', lines: { [productId]: quantity } };
    const { cart } = await this.#send('cartLinesAdd', change, { lines: [{ productId, quantity }] });
    if (productId !== ownProductOf(this.index)) return;
    const line = cart?.lines.find((each) => each.productId === productId);
    this.#line = line && { id: line.id };
  }

  async #set(lineId: string, quantity: number): Promise<void> {
    const change: CartChange = { kind: 'SET', productId: ownProductOf(this.index), quantity };
    if (quantity > 0) await this.#send('cartLinesUpdate', change, { lines: [{ lineId, quantity }] });
    else {
      await this.#send('cartLinesRemove', change, { lineIds: [lineId] });
      this.#line = undefined;
    }
  }

  /** Some customers click twice, and some come back to what has long been done. */
  async #send(name: LineMutation, change: CartChange, rest: Readonly<Record<string, unknown>>): Promise<CartPayload> {
    const { caller, random, isVaried, newKey } = this.home;
    const input = { ...rest, idempotencyKey: newKey() };
    const send = (): Promise<CartPayload> => caller.untilAnswered(name, this.#token, input);
    const isDouble = isVaried && random.chance(0.05);
    const payload = await this.acknowledge(change, async () => {
      const [first, second] = await Promise.all([send(), isDouble ? send() : undefined]);
      if (second && !first.replayed && !second.replayed) this.#doneAgain(name, input.idempotencyKey);
      return first;
    });
    if (isVaried && random.chance(0.03) && !(await send()).replayed) this.#doneAgain(name, input.idempotencyKey);
    return payload;
  }

  #doneAgain(name: string, key: string): void {
    const detail = `${name} with the key ${key} was done twice`;
    this.home.journal.report([{ kind: 'APPLIED_TWICE', amount: 1, detail }]);
  }
}
