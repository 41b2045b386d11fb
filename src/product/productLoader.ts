import DataLoader from 'dataloader';
import type { CodedError } from '../errors.js';
import type { ReadScope } from '../redis/readScope.js';
import type { Category } from './category.js';
import type { CategoryEntry, CategoryStore } from './categoryStore.js';
import { concerns, covers, type Product, type ProductFault, type ProductFields } from './product.js';
import type { ProductEntry } from './productLookup.js';
import type { ProductStore } from './productStore.js';

/** Told when data of an answer run out, on the monotonic clock. */
export type NoteExpiry = (atMs: number) => void;

/**
 * Products by id for one request. What the process knows is answered at once; the rest of one turn of the event loop
 * is one batch, each product with the union of the fields that anybody in it wants.
 */
export class ProductLoader {
  readonly #loader: DataLoader<ProductsWanted, EntriesById>;
  readonly #asked = new Map<string, { fields: ProductFields; entries: Promise<EntriesById> }>();
  /** A product that stands in several places of the answer has its faults counted once. */
  readonly #counted = new Set<ProductFault>();

  constructor(
    private readonly store: ProductStore,
    private readonly scope: ReadScope,
    private readonly noteExpiry: NoteExpiry,
  ) {
    // A key is a list of products, a feed's page or a single one: a promise a list is cheaper than one a product. Its
    // own cache would take the same product with other fields for the same; `#asked` knows the difference.
    this.#loader = new DataLoader((wanted) => readUnion(store, wanted, scope), { cache: false });
  }

  /**
   * The product, or null where none is known. Only `fields` are sure to be filled.
   * @throws UPSTREAM_UNAVAILABLE
   */
  async load(id: string, fields: ProductFields): Promise<Product | null> {
    const known = this.store.peek(id, fields);
    if (known) return this.#use(known, fields);
    this.#ask([id], fields);
    const [product] = await this.#collect([id], [undefined], fields);
    if (product instanceof Error) throw product;
    return product ?? null;
  }

  /** Like `load` for each, an error at the place of a failed one. An array at once where the process knows them all. */
  loadMany(
    ids: readonly string[],
    fields: ProductFields,
  ): (Product | null)[] | Promise<(Product | null | CodedError)[]> {
    const entries = ids.map((id) => this.store.peek(id, fields));
    if (entries.every((entry) => entry !== undefined)) return entries.map((entry) => this.#use(entry, fields));
    this.#ask(
      ids.filter((_, index) => entries[index] === undefined),
      fields,
    );
    return this.#collect(ids, entries, fields);
  }

  /** Puts what nobody in this request has asked for yet into the batch. */
  #ask(ids: readonly string[], fields: ProductFields): void {
    const missing = ids.filter((id) => {
      const asked = this.#asked.get(id);
      return asked === undefined || !covers(asked.fields, fields);
    });
    if (missing.length === 0) return;
    const asked = { fields, entries: this.#loader.load({ ids: missing, fields }) };
    for (const id of missing) this.#asked.set(id, asked);
  }

  async #collect(
    ids: readonly string[],
    known: readonly (ProductEntry | undefined)[],
    fields: ProductFields,
  ): Promise<(Product | null | CodedError)[]> {
    // Remembered now: whoever asks for more fields meanwhile replaces what was asked.
    const batches = ids.map((id) => this.#asked.get(id)?.entries);
    const products: (Product | null | CodedError)[] = [];
    for (let i = 0; i < ids.length; i++) {
      const entry = known[i] ?? (await batches[i])?.get(ids[i]!);
      products.push(entry === undefined || entry instanceof Error ? (entry ?? null) : this.#use(entry, fields));
    }
    return products;
  }

  #use(entry: ProductEntry, fields: ProductFields): Product | null {
    if (entry.faults.length > 0) this.#count(entry.faults, fields);
    this.noteExpiry(entry.expiresAtMs);
    return entry.product;
  }

  #count(faults: readonly ProductFault[], fields: ProductFields): void {
    for (const fault of faults) {
      if (this.#counted.has(fault) || !concerns(fault, fields)) continue;
      this.#counted.add(fault);
      this.scope.addFault(fault.kind);
    }
  }
}

interface ProductsWanted {
  readonly ids: readonly string[];
  readonly fields: ProductFields;
}

type EntriesById = ReadonlyMap<string, ProductEntry | CodedError>;

/** Reads each product of the batch once, with all fields that are wanted of it; all lists share the answer. */
async function readUnion(
  store: ProductStore,
  wanted: readonly ProductsWanted[],
  scope: ReadScope,
): Promise<EntriesById[]> {
  const fieldsById = new Map<string, ProductFields>();
  for (const { ids, fields } of wanted) for (const id of ids) fieldsById.set(id, (fieldsById.get(id) ?? 0) | fields);
  const products = Array.from(fieldsById, ([id, fields]) => ({ id, fields }));
  const entries = await store.readMany(products, scope);
  const entriesById = new Map(products.map(({ id }, index) => [id, entries[index]!]));
  return wanted.map(() => entriesById);
}

/** Categories by id for one request. */
export class CategoryLoader {
  readonly #loader: DataLoader<string, CategoryEntry>;

  constructor(
    store: CategoryStore,
    scope: ReadScope,
    private readonly noteExpiry: NoteExpiry,
  ) {
    this.#loader = new DataLoader<string, CategoryEntry>((ids) => store.readMany(ids, scope));
  }

  /** @throws UPSTREAM_UNAVAILABLE */
  async load(id: string): Promise<Category | null> {
    const { category, expiresAtMs } = await this.#loader.load(id);
    this.noteExpiry(expiresAtMs);
    return category;
  }
}
