/** At most this long may an answer be kept, in seconds (api.md, HTTP). */
const MAX_AGE_SECONDS = 60;

/**
 * How long the answer at hand may be kept and by whom. Resolvers restrict it, and the `Cache-Control` header is made
 * of what is left. One object a request instead of Apollo's cacheControl plugin, which wraps every field and costs
 * more than the rest of Apollo. Times are of the monotonic clock, in milliseconds.
 */
export class CachePolicy {
  #maxAgeSeconds = MAX_AGE_SECONDS;
  #expiresAtMs = Infinity;
  #isPrivate = false;
  #isUsed = false;

  /** The answer holds data that run out then; Infinity where they have no TTL. */
  expireAt(atMs: number): void {
    this.#isUsed = true;
    if (atMs < this.#expiresAtMs) this.#expiresAtMs = atMs;
  }

  /** The answer is to be asked for again so soon, whatever its data. */
  limitTo(seconds: number): void {
    this.#isUsed = true;
    if (seconds < this.#maxAgeSeconds) this.#maxAgeSeconds = seconds;
  }

  /** The answer depends on who asks, whether a token came or not. */
  setPrivate(): void {
    this.#isUsed = true;
    this.#isPrivate = true;
  }

  /** When the first of the answer's data run out; Infinity where none do. */
  get expiresAtMs(): number {
    return this.#expiresAtMs;
  }

  /** Whether everybody who asks for this gets this answer. */
  get isPublic(): boolean {
    return this.#isUsed && !this.#isPrivate;
  }

  /** How long the answer may be kept from now on. */
  get maxAgeSeconds(): number {
    return Math.min(this.#maxAgeSeconds, secondsUntil(this.#expiresAtMs));
  }

  /** Value of the `Cache-Control` header for an answer without errors. */
  toHeader(): string {
    if (!this.#isUsed) return 'no-store';
    return `${this.#isPrivate ? 'private' : 'public'}, max-age=${this.maxAgeSeconds}`;
  }
}

/** Whole seconds that are left, none where the time has passed. */
export const secondsUntil = (atMs: number): number => Math.max(0, Math.floor((atMs - performance.now()) / 1_000));
