import type { Violation } from './verdict.js';

/** What one storm has seen so far. */
export class Journal {
  /** Changes that the gateway said are done, each once however often it was sent. */
  acknowledged = 0;
  /** Times a change was sent and nobody said whether it was done. */
  unknown = 0;
  #violations = new Map<string, Violation>();

  constructor(readonly wanted: number) {}

  /** Whether no new change is to be begun. The first violation ends a storm: what follows from it would hide it. */
  get isOver(): boolean {
    return this.acknowledged >= this.wanted || this.#violations.size > 0;
  }

  /** The same finding, met again, counts once. */
  report(violations: readonly Violation[]): void {
    for (const violation of violations) this.#violations.set(violation.detail, violation);
  }

  get violations(): Violation[] {
    return [...this.#violations.values()];
  }
}
