/** A read on its way. Each one that a cache gave out ends in its `store` or `abandon`, once. */
export interface FetchTicket {
  readonly entryKey: string;
  /** When it was asked, on the monotonic clock. */
  readonly askedAtMs: number;
}

/**
 * The reads that are on their way, by entry, so that one fetch of a key serves all who ask meanwhile.
 *
 * The hard spot is a read that is overtaken: Redis answers with the old value, the key changes, the announcement
 * arrives first, and the old value would be kept after it, to stay. So a read registers before it is sent. One that an
 * announcement hits is dirty: it still serves those who asked before, but it is never kept and nobody new joins it.
 */
export class Flights {
  private readonly byEntry = new Map<string, Flight[]>();

  add(entryKey: string, askedAtMs: number, held: boolean): Flight {
    const flight = new Flight(entryKey, askedAtMs, held);
    const flying = this.byEntry.get(entryKey);
    if (flying) flying.push(flight);
    else this.byEntry.set(entryKey, [flight]);
    return flight;
  }

  /** The latest read of the entry that is clean. */
  latest(entryKey: string): Flight | undefined {
    return this.byEntry.get(entryKey)?.at(-1);
  }

  overtake(entryKey: string): void {
    const flying = this.byEntry.get(entryKey);
    if (flying === undefined) return;
    for (const flight of flying) flight.dirty = true;
    this.byEntry.delete(entryKey);
  }

  overtakeAll(isHit: (flight: Flight) => boolean = () => true): void {
    for (const flying of [...this.byEntry.values()]) {
      for (const flight of flying.filter(isHit)) {
        flight.dirty = true;
        this.remove(flight);
      }
    }
  }

  /** The read has ended. */
  remove(flight: Flight): void {
    const left = this.byEntry.get(flight.entryKey)?.filter((other) => other !== flight);
    if (left === undefined) return;
    if (left.length === 0) this.byEntry.delete(flight.entryKey);
    else this.byEntry.set(flight.entryKey, left);
  }
}

export class Flight implements FetchTicket {
  /** Overtaken by a change, begun without tracking, or ended: not to be kept. */
  dirty = false;
  private joined: Deferred | undefined;

  constructor(
    readonly entryKey: string,
    readonly askedAtMs: number,
    /** Of an untracked key, kept for a short while all the same. */
    readonly held: boolean,
  ) {}

  /** The promise is made for the first who joins; most reads have none, and a failure of theirs is nobody's rejection. */
  join(): Promise<unknown> {
    this.joined ??= deferred();
    return this.joined.promise;
  }

  resolve(value: unknown): void {
    this.joined?.resolve(value);
  }

  reject(reason: Error): void {
    this.joined?.reject(reason);
  }
}

interface Deferred {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

function deferred(): Deferred {
  let resolve!: Deferred['resolve'];
  let reject!: Deferred['reject'];
  const promise = new Promise<unknown>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
}
