import type { Deadline } from '../redis/deadline.js';

/**
 * Lets changes of one cart that got into each other's way go one after the other, within this process. Without it
 * fifty that meet would work their change out 1,275 times; between processes the scripts' tokens settle it.
 */
export class CartTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Does the work when those before it are done. @throws UPSTREAM_UNAVAILABLE when the deadline is over first. */
  async inTurn<T>(cartKey: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(cartKey);
    const turn = before === undefined ? work() : deadline.race(before).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    // Who gave up waiting has not made those before it go away.
    const end = Promise.all([before, settled]).then(() => undefined);
    this.#last.set(cartKey, end);
    try {
      return await turn;
    } finally {
      if (this.#last.get(cartKey) === end) this.#last.delete(cartKey);
    }
  }
}
