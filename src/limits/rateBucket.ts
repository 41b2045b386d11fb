/** How a caller stands towards one limit. */
export interface Standing {
  /** Cost that may be spent in a window. */
  readonly limit: number;
  /** What is left of it. */
  readonly remaining: number;
  /** When the window ends, in milliseconds from now. */
  readonly resetMs: number;
}

/**
 * What one caller has spent in the window at hand: here, as this process knows exactly, and elsewhere, as Redis said
 * when it was last told. A window begins with the first thing spent in it. Times are on the monotonic clock.
 */
export class RateBucket {
  #spent = 0;
  #settled = 0;
  #elsewhere = 0;
  #endsAtMs = 0;
  #window = 0;
  isSettling = false;

  constructor(
    readonly name: string,
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  standing(nowMs: number): Standing {
    if (nowMs >= this.#endsAtMs) return { limit: this.limit, remaining: this.limit, resetMs: this.windowMs };
    const remaining = Math.max(0, this.limit - this.#spent - this.#elsewhere);
    return { limit: this.limit, remaining, resetMs: this.#endsAtMs - nowMs };
  }

  spend(cost: number, nowMs: number): void {
    if (nowMs >= this.#endsAtMs) this.#begin(nowMs);
    this.#spent += cost;
  }

  /** What Redis has not been told yet. */
  get unsettled(): number {
    return this.#spent - this.#settled;
  }

  /** What to tell Redis; `window` goes back to `settled` with the answer. */
  statement(nowMs: number): { window: number; spent: number; leftMs: number } {
    return { window: this.#window, spent: this.#spent, leftMs: Math.max(1, Math.ceil(this.#endsAtMs - nowMs)) };
  }

  /** Redis' answer; one that comes after its window has ended says nothing any more. */
  settled(window: number, spent: number, total: number, leftMs: number, nowMs: number): void {
    if (window !== this.#window) return;
    this.#settled = spent;
    this.#elsewhere = Math.max(0, total - spent);
    this.#endsAtMs = nowMs + leftMs;
  }

  #begin(nowMs: number): void {
    this.#spent = this.#settled = this.#elsewhere = 0;
    this.#endsAtMs = nowMs + this.windowMs;
    this.#window++;
  }
}
