import type { Violation } from './verdict.js';

/** What one storm has seen so far. */
export class Journal {
  /** Changes that the gateway said are done, each once however often it was sent. */
  acknowledged = 0;
  /** Times a change was sent and nobody said whether it was done. */
  unknown = 0;
  #violations = new Map<string, Violation>();
  #isEnded = false;
  /** Whether faults are still to strike, for which changes have to go on. */
  isStormy = true;

  constructor(readonly wanted: number) {}

  /** Whether no new change is to be begun. The first violation ends a storm: what follows from it would hide it. */
  get isOver(): boolean {
    const isEnough = this.acknowledged >= this.wanted && !this.isStormy;
    return this.#isEnded || isEnough || this.#violations.size > 0;
  }

  /** Where the checker itself cannot go on. */
  end(): void {
    this.#isEnded = true;
  }

  /** The same finding, met again, counts once. */
  report(violations: readonly Violation[]): void {
    for (const violation of violations) this.#violations.set(violation.detail, violation);
  }

  get violations(): Violation[] {
    return [...this.#violations.values()];
  }
}
