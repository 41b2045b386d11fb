import { CodedError } from '../errors.js';
import type { CoherentCache, FetchTicket } from '../redis/coherentCache.js';
import type { Command, CommandReader, Reply } from '../redis/commandRunner.js';
import { presentText, remainingMs, type DataFault } from '../redis/decode.js';
import { keys, productFields } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import {
  covers,
  decodeProduct,
  productField,
  type CatalogueText,
  type HotText,
  type PriceRules,
  type Product,
  type ProductFault,
  type ProductFields,
  wholeProduct,
} from './product.js';

/** A product, or that there is none, and how much of it was asked for. */
export interface ProductEntry {
  readonly product: Product | null;
  readonly fields: ProductFields;
  readonly faults: readonly ProductFault[];
  /** When the data behind it run out, on the monotonic clock; Infinity where unknown or never. */
  readonly expiresAtMs: number;
}

export interface ProductWanted {
  readonly id: string;
  readonly fields: ProductFields;
}

/** Without the in-process cache nobody asks for a product's TTL; an answer may be kept this long then. */
const UNCACHED_TTL_MS = 5_000;
const ENTRY_BYTES = 700;

/** Reads of `hot_product:{id}` and `product:{id}` (documents A and B, R4). */
export class ProductStore {
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
        flight.then(
          async (entry) => {
            if (covers(entry.fields, fields)) results[index] = entry;
            else results[index] = (await this.#fetch([wanted[index]!], scope, cache))[0]!;
          },
          (error: CodedError) => void (results[index] = this.#stale(wanted[index]!, error, scope)),
        ),
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
    const lookups = wanted.map((want) => begin(want, cache));
    await this.#ask(lookups, firstLook, scope);
    // In `hot_product` alone, and the first look had no reason to ask that hash.
    const unseen = lookups.filter(
      (lookup) => lookup.error === undefined && !lookup.catalogue.exists && !lookup.hot.wasAsked,
    );
    if (unseen.length > 0) await this.#ask(unseen, secondLook, scope);
    return lookups.map((lookup) => this.#finish(lookup, scope));
  }

  async #ask(lookups: readonly Lookup[], look: (lookup: Lookup) => Hash[], scope: ReadScope): Promise<void> {
    const hashes = lookups.map(look);
    const commands = hashes.flat().flatMap(commandsOf);
    try {
      const replies = await this.reader.read(commands, scope.deadline);
      let next = 0;
      lookups.forEach((lookup, index) => {
        for (const hash of hashes[index]!) next = takeReplies(lookup, hash, replies, next);
      });
    } catch (error) {
      for (const lookup of lookups) lookup.error = error as CodedError;
    }
  }

  #finish(lookup: Lookup, scope: ReadScope): ProductEntry | CodedError {
    const { id, fields, hot, catalogue, ticket, faults, error } = lookup;
    if (error !== undefined) {
      if (ticket) this.cache?.abandon(ticket, error);
      return this.#stale({ id, fields: lookup.wantedFields }, error, scope);
    }
    const exists = hot.exists || catalogue.exists;
    const fault = (kind: DataFault, costs: ProductFields) => faults.push({ kind, fields: costs });
    const product = exists ? decodeProduct(id, hot.text, catalogue.text, this.shop, fault) : null;
    const ttlMs = ticket ? Math.min(hot.ttlMs, catalogue.ttlMs) : UNCACHED_TTL_MS;
    const entry = { product, fields, faults, expiresAtMs: lookup.askedAtMs + ttlMs };
    if (ticket) this.cache?.store(ticket, { value: entry, ttlMs, bytes: ENTRY_BYTES });
    return entry;
  }

  /** What was known before Redis went away; better than nothing, and marked as such. */
  #stale({ id, fields }: ProductWanted, error: CodedError, scope: ReadScope): ProductEntry | CodedError {
    const entry = this.cache?.getStale<ProductEntry>(keys.product(id));
    if (entry === undefined || !covers(entry.fields, fields)) return error;
    scope.isStale = true;
    return entry;
  }
}

/** One of a product's two hashes: what is asked of it and what it said. */
interface Hash {
  readonly key: string;
  /** Names in our terms and, in the same order behind the id field, in the hash's. */
  readonly names: readonly string[];
  readonly hashFields: readonly string[];
  readonly withTtl: boolean;
  wasAsked: boolean;
  exists: boolean;
  text: Record<string, string | null>;
  ttlMs: number;
}

/** One product's way through the two reads. */
interface Lookup {
  readonly id: string;
  readonly wantedFields: ProductFields;
  /** What is asked for: a cached entry that lacks a field is replaced by one that has its fields too. */
  readonly fields: ProductFields;
  readonly hot: Hash;
  readonly catalogue: Hash;
  readonly ticket: FetchTicket | undefined;
  readonly askedAtMs: number;
  readonly faults: ProductFault[];
  error: CodedError | undefined;
}

function begin({ id, fields: wantedFields }: ProductWanted, cache: CoherentCache | undefined): Lookup {
  const entryKey = keys.product(id);
  const fields = wantedFields | (cache?.get<ProductEntry>(entryKey)?.fields ?? 0);
  const askedAtMs = performance.now();
  const plan = planOf(fields);
  return {
    id,
    wantedFields,
    fields,
    hot: { key: keys.hotProduct(id), ...plan.hot, withTtl: cache !== undefined, ...unasked() },
    catalogue: { key: entryKey, ...plan.catalogue, withTtl: cache !== undefined, ...unasked() },
    ticket: cache?.begin(entryKey, askedAtMs),
    askedAtMs,
    faults: [],
    error: undefined,
  };
}

const unasked = () => ({ wasAsked: false, exists: false, text: {}, ttlMs: Infinity });

const firstLook = ({ hot, catalogue }: Lookup): Hash[] => (hot.names.length > 0 ? [catalogue, hot] : [catalogue]);
const secondLook = ({ hot }: Lookup): Hash[] => [hot];

function commandsOf(hash: Hash): Command[] {
  const hmget: Command = ['hmget', hash.key, ...hash.hashFields];
  return hash.withTtl ? [hmget, ['pttl', hash.key]] : [hmget];
}

/** Takes the replies to `commandsOf(hash)` from `next` on; returns where the next hash's begin. */
function takeReplies(lookup: Lookup, hash: Hash, replies: readonly Reply[], next: number): number {
  hash.wasAsked = true;
  const fields = replies[next++];
  const ttl = hash.withTtl ? replies[next++] : undefined;
  if (fields instanceof CodedError) lookup.error = fields;
  else if (fields instanceof Error) lookup.faults.push({ kind: 'WRONG_TYPE', fields: wholeProduct });
  else {
    const [idText, ...texts] = fields as (string | null)[];
    hash.exists = presentText(idText) !== undefined;
    // A late write to a hash that had expired leaves one without an id: that makes no product, but what it says holds.
    hash.names.forEach((name, index) => (hash.text[name] = texts[index] ?? null));
    if (!hash.exists && texts.some((text) => text !== null))
      lookup.faults.push({ kind: 'MISSING_FIELD', fields: wholeProduct });
  }
  if (ttl !== undefined) hash.ttlMs = remainingMs(ttl, hash.exists);
  return next;
}

interface HashPlan {
  names: readonly string[];
  hashFields: readonly string[];
}

/** The fields of each hash and the bits they serve: an availability may have to be derived from a stock. */
const HOT: readonly [keyof HotText, ProductFields][] = [
  ['name', productField.name],
  ['price', productField.price],
  ['image', productField.image],
  ['stock', productField.stock | productField.isAvailable],
  ['isAvailable', productField.isAvailable],
];
const CATALOGUE: readonly [keyof CatalogueText, ProductFields][] = [
  ['name', productField.name],
  ['price', productField.price],
  ['image', productField.image],
  ['stock', productField.stock | productField.isAvailable],
  ['rating', productField.rating],
  ['categoryId', productField.category],
];

/** At most 128 masks, so each is worked out once. */
const plans = new Map<ProductFields, { hot: HashPlan; catalogue: HashPlan }>();

function planOf(fields: ProductFields): { hot: HashPlan; catalogue: HashPlan } {
  const known = plans.get(fields);
  if (known) return known;
  const hot = HOT.filter(([, bits]) => (bits & fields) !== 0).map(([name]) => name);
  const catalogue = CATALOGUE.filter(([, bits]) => (bits & fields) !== 0).map(([name]) => name);
  const plan = {
    hot: { names: hot, hashFields: [productFields.hot.id, ...hot.map((name) => productFields.hot[name])] },
    catalogue: {
      names: catalogue,
      hashFields: [productFields.catalogue.id, ...catalogue.map((name) => productFields.catalogue[name])],
    },
  };
  plans.set(fields, plan);
  return plan;
}
