import { upstreamUnavailable } from '../errors.js';

/**
 * The time a request may take. When it is over, whatever the request still waits for fails, and nothing further is
 * asked of Redis on its behalf.
 */
export class Deadline {
  #rejects = new Set<(error: Error) => void>();
  #timer: NodeJS.Timeout;
  #isOver = false;
  #hasWaited = false;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => this.end(), timeoutMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether anything was waited for: the request asked Redis. */
  get hasWaited(): boolean {
    return this.#hasWaited;
  }

  /** Settles as `work` does, or fails with UPSTREAM_UNAVAILABLE when the time is over, whichever is first. */
  race<T>(work: Promise<T>): Promise<T> {
    this.#hasWaited = true;
    return new Promise<T>((resolve, reject) => {
      if (this.#isOver) reject(upstreamUnavailable());
      else this.#rejects.add(reject);
      work.then(
        (value) => {
          this.#rejects.delete(reject);
          resolve(value);
        },
        (error: Error) => {
          this.#rejects.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Ends it now: the time is over, or the client has gone. */
  end(): void {
    this.clear();
    this.#isOver = true;
    const error = upstreamUnavailable();
    for (const reject of this.#rejects) reject(error);
    this.#rejects.clear();
  }

  /** The request is answered; nothing will be waited for any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
