import { isDeepStrictEqual } from 'node:util';
import { warningOf, type CartProduct, type CartRules, type CartUserError, type CartWarning } from './cart.js';
import type { CartDraft, DraftLine } from './cartDraft.js';
import { tooManyLines, userError } from './cartErrors.js';
import type { LineData, LineRef } from './cartLines.js';

/** What a plan found: with errors nothing is changed. */
export interface Planned {
  readonly userErrors: CartUserError[];
  readonly warnings: CartWarning[];
}

/** Works a change into the draft. Pure, and called again when the cart changed meanwhile. */
export type Plan = (draft: CartDraft) => Planned;

export interface LineToAdd {
  readonly productId: string;
  readonly variationId: string | null;
  readonly quantity: number;
}

export interface QuantityToSet {
  readonly ref: LineRef;
  readonly quantity: number;
}

export type ProductsById = ReadonlyMap<string, CartProduct | null>;

/** Adds products; the same product and variation adds up, cut to the stock and to what a line may hold. */
export function planAdd(lines: readonly LineToAdd[], products: ProductsById, rules: CartRules): Plan {
  return (draft) => {
    const planned = nothingPlanned();
    lines.forEach(({ productId, variationId, quantity }, index) => {
      const at = (field: string) => ['lines', String(index), field];
      if (!isQuantity(quantity, rules)) return void planned.userErrors.push(badQuantity(at('quantity'), rules));
      const product = products.get(productId);
      if (!product)
        return void planned.userErrors.push(
          userError('PRODUCT_NOT_FOUND', 'No product is known by this id.', at('productId')),
        );
      const { price } = product;
      if (price === null || product.isAvailable === false || product.stock === 0)
        return void planned.userErrors.push(
          userError('PRODUCT_UNAVAILABLE', 'The product cannot be bought at the moment.', at('productId')),
        );

      const present = draft.find({ productId, variationId });
      const before = present?.line.quantity ?? 0;
      const { allowed, cutBy } = cut(draft, productId, before, before + quantity, product, rules);
      let line = present;
      // The price is the catalogue's of now: a line has one price.
      if (present) draft.change(present, { quantity: allowed, price: price.amount, name: product.name });
      else if (allowed > 0) line = draft.add(newLine(productId, variationId, allowed, price.amount, product.name));
      if (cutBy) planned.warnings.push(warningOf(cutBy, line ? draft.idOf(line) : null));
    });
    if (draft.length > rules.cartMaxLines && planned.userErrors.length === 0)
      planned.userErrors.push(tooManyLines(rules.cartMaxLines));
    return withAmountsChecked(draft, planned);
  };
}

/** Sets quantities. Less is always allowed; more only as an add would be. */
export function planUpdate(changes: readonly QuantityToSet[], products: ProductsById, rules: CartRules): Plan {
  return (draft) => {
    const planned = nothingPlanned();
    changes.forEach(({ ref, quantity }, index) => {
      const at = (field: string) => ['lines', String(index), field];
      if (!isQuantity(quantity, rules)) return void planned.userErrors.push(badQuantity(at('quantity'), rules));
      const line = draft.byRef(ref);
      if (!line) return void planned.userErrors.push(lineNotFound(at('lineId')));
      if (changes.slice(0, index).some((earlier) => isDeepStrictEqual(earlier.ref, ref)))
        return void planned.userErrors.push(userError('INVALID_INPUT', 'The line is named twice.', at('lineId')));
      const before = line.line.quantity;
      if (quantity <= before) return draft.change(line, { quantity });
      const product = products.get(ref.productId);
      if (!product || product.isAvailable === false)
        return void planned.userErrors.push(
          userError('PRODUCT_UNAVAILABLE', 'The product cannot be bought at the moment.', at('lineId')),
        );
      const { allowed, cutBy } = cut(draft, ref.productId, before, quantity, product, rules);
      draft.change(line, { quantity: allowed });
      if (cutBy) planned.warnings.push(warningOf(cutBy, draft.idOf(line)));
    });
    return withAmountsChecked(draft, planned);
  };
}

export function planRemove(refs: readonly LineRef[]): Plan {
  return (draft) => {
    const planned = nothingPlanned();
    const removed = new Set<DraftLine>();
    refs.forEach((ref, index) => {
      const line = draft.byRef(ref);
      if (line) removed.add(line);
      else planned.userErrors.push(lineNotFound(['lineIds', String(index)]));
    });
    for (const line of removed) draft.remove(line);
    return planned;
  };
}

/** Clearing needs no plan: all elements go, whatever they are. */
export const planClear: Plan = () => nothingPlanned();

const nothingPlanned = (): Planned => ({ userErrors: [], warnings: [] });

const newLine = (
  productId: string,
  variationId: string | null,
  quantity: number,
  price: string,
  name: string | null,
): LineData => ({ productId, variationId, quantity, price, name, source: {} });

/** The stock is the product's, so what its other variations take from it counts. What is in the cart stays in it. */
function cut(
  draft: CartDraft,
  productId: string,
  before: number,
  wanted: number,
  { stock }: CartProduct,
  { cartMaxQuantity }: CartRules,
): { allowed: number; cutBy?: CartWarning['code'] } {
  const all = draft.lines.reduce((sum, { line }) => sum + (line.productId === productId ? line.quantity : 0), 0);
  const inStock = stock === null ? Infinity : stock - (all - before);
  const most = Math.min(inStock, cartMaxQuantity);
  if (wanted <= most) return { allowed: wanted };
  return {
    allowed: Math.max(before, most),
    cutBy: inStock < cartMaxQuantity ? 'QUANTITY_CUT_TO_STOCK' : 'QUANTITY_CUT_TO_LIMIT',
  };
}

function withAmountsChecked(draft: CartDraft, planned: Planned): Planned {
  if (planned.userErrors.length === 0 && !draft.amountsFit)
    planned.userErrors.push(
      userError('AMOUNT_TOO_LARGE', 'The price or the total is beyond what can be reckoned exactly.'),
    );
  return planned;
}

const isQuantity = (quantity: number, { cartMaxQuantity }: CartRules): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= cartMaxQuantity;

const badQuantity = (field: string[], { cartMaxQuantity }: CartRules): CartUserError =>
  userError('INVALID_QUANTITY', `A quantity is a whole number from 1 to ${cartMaxQuantity}.`, field);

const lineNotFound = (field: string[]): CartUserError =>
  userError('LINE_NOT_FOUND', 'The cart holds no line with this id.', field);
