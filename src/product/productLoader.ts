import DataLoader from 'dataloader';
import type { CodedError } from '../errors.js';
import type { ReadScope } from '../redis/readScope.js';
import type { Category } from './category.js';
import type { CategoryEntry, CategoryStore } from './categoryStore.js';
import { concerns, covers, type Product, type ProductFault, type ProductFields } from './product.js';
import type { ProductEntry, ProductStore, ProductWanted } from './productStore.js';

/** Told when data of an answer run out, on the monotonic clock. */
export type NoteExpiry = (atMs: number) => void;

/**
 * Products by id for one request. What the process knows is answered at once; the rest of one turn of the event loop
 * is one batch, each product with the union of the fields that anybody in it wants.
 */
export class ProductLoader {
  readonly #loader: DataLoader<ProductWanted, ProductEntry>;
  readonly #asked = new Map<string, { fields: ProductFields; entry: Promise<ProductEntry> }>();
  /** A product that stands in several places of the answer has its faults counted once. */
  readonly #counted = new Set<ProductFault>();

  constructor(
    private readonly store: ProductStore,
    private readonly scope: ReadScope,
    private readonly noteExpiry: NoteExpiry,
  ) {
    // Its own cache would take the same product with other fields for the same key; `#asked` knows the difference.
    this.#loader = new DataLoader<ProductWanted, ProductEntry>((wanted) => readUnion(store, wanted, scope), {
      cache: false,
    });
  }

  /**
   * The product, or null where none is known. Only `fields` are sure to be filled.
   * @throws UPSTREAM_UNAVAILABLE
   */
  async load(id: string, fields: ProductFields): Promise<Product | null> {
    return this.#use(this.store.peek(id, fields) ?? (await this.#read(id, fields)), fields);
  }

  /** Like `load` for each, an error at the place of a failed one. An array at once where the process knows them all. */
  loadMany(
    ids: readonly string[],
    fields: ProductFields,
  ): (Product | null)[] | Promise<(Product | null | CodedError)[]> {
    const entries = ids.map((id) => this.store.peek(id, fields));
    if (entries.every((entry) => entry !== undefined)) return entries.map((entry) => this.#use(entry, fields));
    return Promise.all(
      entries.map(async (entry, index) =>
        entry
          ? this.#use(entry, fields)
          : this.#read(ids[index]!, fields).then(
              (read) => this.#use(read, fields),
              (error: CodedError) => error,
            ),
      ),
    );
  }

  #read(id: string, fields: ProductFields): Promise<ProductEntry> {
    const asked = this.#asked.get(id);
    if (asked !== undefined && covers(asked.fields, fields)) return asked.entry;
    const entry = this.#loader.load({ id, fields });
    this.#asked.set(id, { fields, entry });
    return entry;
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

async function readUnion(
  store: ProductStore,
  wanted: readonly ProductWanted[],
  scope: ReadScope,
): Promise<(ProductEntry | CodedError)[]> {
  const fieldsById = new Map<string, ProductFields>();
  for (const { id, fields } of wanted) fieldsById.set(id, (fieldsById.get(id) ?? 0) | fields);
  const ids = [...fieldsById.keys()];
  const entries = await store.readMany(
    ids.map((id) => ({ id, fields: fieldsById.get(id)! })),
    scope,
  );
  const entryById = new Map(ids.map((id, index) => [id, entries[index]!]));
  return wanted.map(({ id }) => entryById.get(id)!);
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
