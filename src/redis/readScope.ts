import type { Deadline } from './deadline.js';
import type { DataFault } from './decode.js';

/** What one request carries along to Redis, and what its reads leave behind for the answer's extensions. */
export class ReadScope {
  /** Broken values met, by kind: `extensions.dataFaults`. */
  readonly faults = new Map<DataFault, number>();
  /** Whether something was served that can no longer be checked, as Redis is away: `extensions.stale`. */
  isStale = false;
  /** Whether something was served whose changes Redis does not announce: `trending_products`. */
  usesUntracked = false;

  constructor(readonly deadline: Deadline) {}

  /** Whether all that was served is in the in-process cache, and right by it at this very moment. */
  get isCoherent(): boolean {
    return !this.deadline.hasWaited && !this.usesUntracked && !this.isStale;
  }

  addFault(kind: DataFault): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }

  addFaults(kinds: readonly DataFault[]): void {
    for (const kind of kinds) this.addFault(kind);
  }
}
