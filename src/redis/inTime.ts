/** Redis did not answer in time. */
export class TimedOut extends Error {
  constructor() {
    super('Command timed out');
    this.name = 'TimedOut';
  }
}

/** Settles as `work` does, or resolves with TimedOut after `timeoutMs`. */
export function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T | TimedOut> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(new TimedOut()), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
