import { LRUCache } from 'lru-cache';
import type { CoherentCache } from './coherentCache.js';

interface Derived<V> {
  readonly value: V;
  readonly generation: number;
  /** On the monotonic clock. */
  readonly expiresAtMs: number;
}

/**
 * Values that were worked out from coherent entries alone, such as a whole page of a feed. Each is good until any
 * tracked key changes, whichever that is: to work one out again from the entries is cheap, and to note which keys a
 * value depends on, absent ones among them, is not.
 */
export class DerivedCache<V extends object> {
  readonly #values: LRUCache<string, Derived<V>>;
  #hits = 0;

  constructor(
    private readonly source: CoherentCache,
    maxBytes: number,
  ) {
    this.#values = new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes)) });
  }

  /** The value and when it expires, or undefined. */
  get(key: string): Derived<V> | undefined {
    const derived = this.#values.get(key);
    if (derived === undefined) return undefined;
    if (derived.generation === this.source.generation && performance.now() < derived.expiresAtMs) {
      this.#hits++;
      return derived;
    }
    this.#values.delete(key);
    return undefined;
  }

  get stats(): { hits: number; entries: number; bytes: number } {
    return { hits: this.#hits, entries: this.#values.size, bytes: this.#values.calculatedSize };
  }

  /** To be asked before the value is worked out, and handed to `store`. */
  get generation(): number | undefined {
    return this.source.generation;
  }

  /** Keeps the value unless a key changed since `generation` was asked, or the entries were not coherent then. */
  store(
    key: string,
    generation: number | undefined,
    value: V,
    { expiresAtMs, bytes }: { expiresAtMs: number; bytes: number },
  ): void {
    if (generation === undefined || generation !== this.source.generation || expiresAtMs <= performance.now()) return;
    this.#values.set(key, { value, generation, expiresAtMs }, { size: Math.ceil(bytes) + 2 * key.length });
  }
}
