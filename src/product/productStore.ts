import { upstreamUnavailable, type CodedError } from '../errors.js';
import type { CoherentCache, FetchTicket } from '../redis/coherentCache.js';
import type { CommandReader } from '../redis/commandRunner.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import {
  covers,
  wholeProduct,
  withFieldsOf,
  type PriceRules,
  type ProductFault,
  type ProductFields,
} from './product.js';
import type { ProductEntry, ProductLookup } from './productLookup.js';
import { ProductWave } from './productWave.js';

export interface ProductWanted {
  readonly id: string;
  readonly fields: ProductFields;
}

const ENTRY_BYTES = 700;

/** Reads of `hot_product:{id}` and `product:{id}` (documents A and B, R4). */
export class ProductStore {
  /** What this turn of the event loop asks for. */
  #wave: ProductWave | undefined;

  constructor(
    private readonly reader: CommandReader,
    private readonly cache: CoherentCache | undefined,
    private readonly shop: PriceRules,
  ) {}

  /** The product as this process knows it to be right now, without asking Redis. */
  peek(id: string, fields: ProductFields): ProductEntry | undefined {
    const entry = this.cache?.get<ProductEntry>(keys.product(id));
    return entry !== undefined && covers(entry.fields, fields) ? entry : undefined;
  }

  /**
   * Looks all of them up in one wave: an HMGET on each hash that has a wanted field. A product that lives in
   * `hot_product` alone may cost a second one. A failed look-up is an error at its own place.
   */
  async readMany(wanted: readonly ProductWanted[], scope: ReadScope): Promise<(ProductEntry | CodedError)[]> {
    const { cache } = this;
    if (cache === undefined) return this.#fetch(wanted, scope, undefined);

    const results = new Array<ProductEntry | CodedError>(wanted.length);
    const joined: Promise<void>[] = [];
    const own: number[] = [];
    wanted.forEach(({ id, fields }, index) => {
      const flight = cache.inFlight<ProductEntry>(keys.product(id));
      if (flight === undefined) return void own.push(index);
      joined.push(
        scope.deadline
          .race(flight)
          .catch(() => undefined)
          .then(async (entry) => {
            // It may have failed because its caller hung up or ran out of time, which is nothing to this one.
            const isEnough = entry !== undefined && covers(entry.fields, fields);
            results[index] = isEnough ? entry : (await this.#fetch([wanted[index]!], scope, cache))[0]!;
          }),
      );
    });
    const fetched = await this.#fetch(
      own.map((index) => wanted[index]!),
      scope,
      cache,
    );
    own.forEach((index, position) => (results[index] = fetched[position]!));
    await Promise.all(joined);
    return results;
  }

  /** The same past the in-process cache: what a change of a cart is decided on. */
  readFresh(wanted: readonly ProductWanted[], scope: ReadScope): Promise<(ProductEntry | CodedError)[]> {
    return this.#fetch(wanted, scope, undefined);
  }

  async #fetch(
    wanted: readonly ProductWanted[],
    scope: ReadScope,
    cache: CoherentCache | undefined,
  ): Promise<(ProductEntry | CodedError)[]> {
    if (wanted.length === 0) return [];
    if (scope.deadline.isOver) return wanted.map((product) => this.#stale(product, upstreamUnavailable(), scope));
    const wave = this.#openWave();
    const fetches = wanted.map(({ id, fields }): Fetch => {
      const ticket = cache?.begin(keys.product(id));
      return { id, fields, ticket, lookup: wave.lookup(id, fields, cache !== undefined) };
    });
    try {
      await scope.deadline.race(wave.arrived);
      if (fetches.some(({ lookup }) => lookup.needsSecondLook)) await scope.deadline.race(wave.secondLook());
    } catch (error) {
      return fetches.map((fetch) => this.#failed(fetch, error as CodedError, scope));
    }
    return fetches.map((fetch) => this.#finish(fetch, scope));
  }

  #openWave(): ProductWave {
    if (this.#wave !== undefined && !this.#wave.isFull) return this.#wave;
    const wave = new ProductWave(this.reader, () => {
      if (this.#wave === wave) this.#wave = undefined;
    });
    this.#wave = wave;
    return wave;
  }

  #finish(fetch: Fetch, scope: ReadScope): ProductEntry | CodedError {
    const { id, ticket, lookup } = fetch;
    if (lookup.error !== undefined) return this.#failed(fetch, lookup.error, scope);
    const read = lookup.entry(this.shop);
    if (!ticket) return read;
    // Nobody announced a change of what is known, so it and what was read now are of the same product.
    const known = this.cache?.get<ProductEntry>(keys.product(id));
    const entry = known ? merged(known, read) : read;
    this.cache?.store(ticket, { value: entry, ttlMs: entry.expiresAtMs - ticket.askedAtMs, bytes: ENTRY_BYTES });
    return entry;
  }

  #failed({ ticket, ...wanted }: Fetch, error: CodedError, scope: ReadScope): ProductEntry | CodedError {
    if (ticket) this.cache?.abandon(ticket, error);
    return this.#stale(wanted, error, scope);
  }

  /** What was known before Redis went away; better than nothing, and marked as such. */
  #stale({ id, fields }: ProductWanted, error: CodedError, scope: ReadScope): ProductEntry | CodedError {
    const entry = this.cache?.getStale<ProductEntry>(keys.product(id));
    if (entry === undefined || !covers(entry.fields, fields)) return error;
    scope.isStale = true;
    return entry;
  }
}

/** What was read, and of what is known the fields that it lacks. */
function merged(known: ProductEntry, read: ProductEntry): ProductEntry {
  if (known.product === null || read.product === null) return read;
  const isNew = (fault: ProductFault) =>
    fault.fields === wholeProduct
      ? !read.faults.some(({ kind, fields }) => kind === fault.kind && fields === wholeProduct)
      : (fault.fields & read.fields) === 0;
  return {
    product: withFieldsOf(known.product, read.product, read.fields),
    fields: known.fields | read.fields,
    faults: [...known.faults.filter(isNew), ...read.faults],
    expiresAtMs: Math.min(known.expiresAtMs, read.expiresAtMs),
  };
}

/** One product on its way from Redis. */
interface Fetch extends ProductWanted {
  readonly ticket: FetchTicket | undefined;
  readonly lookup: ProductLookup;
}
