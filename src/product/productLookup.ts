import { CodedError } from '../errors.js';
import type { Command, Reply } from '../redis/commandRunner.js';
import { presentText, remainingMs } from '../redis/decode.js';
import { keys, productFields } from '../redis/keyspace.js';
import {
  decodeProduct,
  productField,
  wholeProduct,
  type CatalogueText,
  type HotText,
  type PriceRules,
  type Product,
  type ProductFault,
  type ProductFields,
} from './product.js';

type HashName = 'hot' | 'catalogue';
/** A hash's answer to its HMGET: the id field first, then the plan's. */
type Values = readonly (string | null)[];

/** A product, or that there is none, and how much of it was asked for. */
export interface ProductEntry {
  readonly product: Product | null;
  readonly fields: ProductFields;
  readonly faults: readonly ProductFault[];
  /** When the data behind it run out, on the monotonic clock; Infinity where unknown or never. */
  readonly expiresAtMs: number;
}

/** Without the in-process cache nobody asks for a product's TTL; an answer may be kept this long then. */
const UNCACHED_TTL_MS = 5_000;

const NO_FAULTS: readonly ProductFault[] = [];

/**
 * One product's way through Redis: an HMGET on each hash that has a wanted field, and a second look into
 * `hot_product` where the first had no reason to ask it and `product` does not know the product (R4). A page has
 * eighty of these, so they make few objects.
 */
export class ProductLookup {
  /** Set where Redis could not be asked. */
  error: CodedError | undefined;
  readonly #plan: Plan;
  readonly #askedAtMs = performance.now();
  /** What is left of the hashes' lives; Infinity where they have no TTL. */
  #ttlMs = Infinity;
  #faults: readonly ProductFault[] = NO_FAULTS;
  #entry: ProductEntry | undefined;
  #hot: Values | undefined;
  #catalogue: Values | undefined;
  #exists = false;
  #hasAskedHot = false;
  #hasAskedCatalogue = false;

  constructor(
    private readonly id: string,
    readonly fields: ProductFields,
    readonly withTtl: boolean,
  ) {
    this.#plan = planOf(fields);
  }

  /** How many commands the first look takes. */
  get commandCount(): number {
    return (this.#asksHot ? 2 : 1) * (this.withTtl ? 2 : 1);
  }

  get needsSecondLook(): boolean {
    return this.error === undefined && !this.#exists && !this.#hasAskedHot;
  }

  /** Adds the commands of the look that comes next. */
  addCommands(commands: Command[]): void {
    const { hot, catalogue } = this.#plan;
    if (!this.#hasAskedCatalogue) this.#addHash(commands, keys.product(this.id), catalogue.hashFields);
    if (this.#asksHot) this.#addHash(commands, keys.hotProduct(this.id), hot.hashFields);
  }

  /** Takes the replies to those commands from `next` on; returns where the next lookup's begin. */
  takeReplies(replies: readonly Reply[], next: number): number {
    const asksHot = this.#asksHot;
    let after = next;
    if (!this.#hasAskedCatalogue) {
      this.#hasAskedCatalogue = true;
      this.#catalogue = this.#valuesIn(replies, after);
      after += this.withTtl ? 2 : 1;
    }
    if (asksHot) {
      this.#hasAskedHot = true;
      this.#hot = this.#valuesIn(replies, after);
      after += this.withTtl ? 2 : 1;
    }
    return after;
  }

  /** What Redis said, decoded once for all who ask. */
  entry(shop: PriceRules): ProductEntry {
    return (this.#entry ??= this.#decode(shop));
  }

  #decode(shop: PriceRules): ProductEntry {
    const product = this.#exists ? this.#product(shop) : null;
    const expiresAtMs = this.#askedAtMs + (this.withTtl ? this.#ttlMs : UNCACHED_TTL_MS);
    return { product, fields: this.fields, faults: this.#faults, expiresAtMs };
  }

  #product(shop: PriceRules): Product {
    const { hot, catalogue } = this.#plan;
    return decodeProduct(this.id, hot.text(this.#hot), catalogue.text(this.#catalogue), shop, (kind, fields) =>
      this.#addFault({ kind, fields }),
    );
  }

  get #asksHot(): boolean {
    return this.#hasAskedCatalogue ? this.needsSecondLook : this.#plan.hot.hashFields.length > 1;
  }

  #addHash(commands: Command[], key: string, hashFields: readonly string[]): void {
    commands.push(['hmget', key, ...hashFields]);
    if (this.withTtl) commands.push(['pttl', key]);
  }

  #valuesIn(replies: readonly Reply[], at: number): Values | undefined {
    const reply = replies[at];
    if (reply instanceof CodedError) this.error = reply;
    else if (reply instanceof Error) this.#addFault({ kind: 'WRONG_TYPE', fields: wholeProduct });
    const values = Array.isArray(reply) ? (reply as Values) : undefined;
    const exists = presentText(values?.[0]) !== undefined;
    // A late write to a hash that had expired leaves one without an id: that makes no product, but what it says holds.
    if (!exists && values?.some((text, index) => index > 0 && text !== null) === true)
      this.#addFault({ kind: 'MISSING_FIELD', fields: wholeProduct });
    if (exists) this.#exists = true;
    if (this.withTtl) this.#ttlMs = Math.min(this.#ttlMs, remainingMs(replies[at + 1], exists));
    return values;
  }

  #addFault(fault: ProductFault): void {
    this.#faults = [...this.#faults, fault];
  }
}

interface HashPlan<Text> {
  /** What the HMGET asks for. */
  readonly hashFields: readonly string[];
  /** What it said, by our names. */
  readonly text: (values: Values | undefined) => Text;
}

interface Plan {
  readonly hot: HashPlan<HotText>;
  readonly catalogue: HashPlan<CatalogueText>;
}

/** The fields of each hash and the bits they serve: an availability may have to be derived from a stock. */
const BITS = {
  name: productField.name,
  price: productField.price,
  image: productField.image,
  stock: productField.stock | productField.isAvailable,
  isAvailable: productField.isAvailable,
  rating: productField.rating,
  categoryId: productField.category,
} as const;

/** At most 128 masks, so each is worked out once. */
const plans = new Map<ProductFields, Plan>();

function planOf(fields: ProductFields): Plan {
  const known = plans.get(fields);
  if (known) return known;
  const plan = { hot: hashPlan('hot', fields), catalogue: hashPlan('catalogue', fields) };
  plans.set(fields, plan);
  return plan;
}

function hashPlan(hash: HashName, fields: ProductFields): HashPlan<HotText & CatalogueText> {
  const { id, ...others }: Readonly<Record<string, string>> = productFields[hash];
  const names = (Object.keys(others) as (keyof typeof BITS)[]).filter((name) => (BITS[name] & fields) !== 0);
  const at = (name: keyof typeof BITS): number => names.indexOf(name) + 1;
  const [name, price, image, stock] = [at('name'), at('price'), at('image'), at('stock')];
  const [isAvailable, rating, categoryId] = [at('isAvailable'), at('rating'), at('categoryId')];
  // Place 0 is the id's: a field that was not asked for is null.
  const pick = (values: Values | undefined, index: number) => (index === 0 ? null : (values?.[index] ?? null));
  return {
    hashFields: [id, ...names.map((ours) => others[ours]!)],
    text: (values) => ({
      name: pick(values, name),
      price: pick(values, price),
      image: pick(values, image),
      stock: pick(values, stock),
      isAvailable: pick(values, isAvailable),
      rating: pick(values, rating),
      categoryId: pick(values, categoryId),
    }),
  };
}
