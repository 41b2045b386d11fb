/** At most this long may an answer be kept, in seconds (api.md, HTTP). */
const MAX_AGE_SECONDS = 60;

/**
 * How long the answer at hand may be kept and by whom. Resolvers restrict it, and the `Cache-Control` header is made
 * of what is left. One object a request instead of Apollo's cacheControl plugin, which wraps every field and costs
 * more than the rest of Apollo.
 */
export class CachePolicy {
  #maxAgeSeconds = MAX_AGE_SECONDS;
  #isPrivate = false;
  #isUsed = false;

  /** The answer holds data that live so long, in milliseconds; Infinity or null where they have no TTL. */
  restrictTo(ttlMs: number | null): void {
    this.#isUsed = true;
    if (ttlMs === null) return;
    const seconds = Math.max(0, Math.floor(ttlMs / 1_000));
    if (seconds < this.#maxAgeSeconds) this.#maxAgeSeconds = seconds;
  }

  /** The answer depends on who asks, whether a token came or not. */
  setPrivate(): void {
    this.#isUsed = true;
    this.#isPrivate = true;
  }

  /** Value of the `Cache-Control` header for an answer without errors. */
  toHeader(): string {
    if (!this.#isUsed) return 'no-store';
    return `${this.#isPrivate ? 'private' : 'public'}, max-age=${this.#maxAgeSeconds}`;
  }
}
