import type { DemoProduct } from './catalogue.js';
import type { ShelfDraw } from './customers.js';
import { decimalText, type Cents } from './money.js';
import type { Random } from './random.js';
import type { DemoSession } from './sessions.js';

export interface DemoCartLine {
  productId: string;
  variationId: string;
  quantity: number;
  /** The price when it was added, which may have changed since. */
  priceCents: Cents;
  name: string;
}

export interface DemoCart {
  session: DemoSession;
  lines: DemoCartLine[];
  totalItems: number;
  /** The exact sum of the lines. */
  totalAmount: string;
}

/** Carts of about two sessions in three that have looked at something, the first session of a user only. */
export function generateCarts(
  random: Random,
  sessions: readonly DemoSession[],
  productById: ReadonlyMap<string, DemoProduct>,
  shelf: ShelfDraw,
): DemoCart[] {
  return sessions
    .filter(({ views }, index) => views.length > 0 && index % 3 !== 1)
    .map((session) => {
      const viewed = random.pick(session.views).productId;
      const products = new Set([productById.get(viewed) as DemoProduct]);
      const { categoryId } = productById.get(viewed) as DemoProduct;
      for (let more = random.integer(0, 4); more > 0; more -= 1) products.add(shelf(categoryId, random));
      return cartOf(
        session,
        [...products].map((product) => drawLine(random, product)),
      );
    });
}

/** A cart whose totals agree with its lines. */
export function cartOf(session: DemoSession, lines: DemoCartLine[]): DemoCart {
  return {
    session,
    lines,
    totalItems: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    totalAmount: decimalText(lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0)),
  };
}

/** The element of `cart_items` (document A). The price stands in it as a number token with its exact text. */
export function lineJson({ productId, variationId, quantity, priceCents, name }: DemoCartLine): string {
  const [itemText, variationText, nameText] = [productId, variationId, name].map((text) => JSON.stringify(text));
  return `{"item_id":${itemText},"variation_id":${variationText},"quantity":${quantity},"price":${decimalText(priceCents)},"name":${nameText}}`;
}

function drawLine(random: Random, { id, name, priceCents }: DemoProduct): DemoCartLine {
  const wasDearer = random.chance(0.15);
  return {
    productId: id,
    variationId: `${id}-std`,
    quantity: random.chance(0.7) ? 1 : random.integer(2, 4),
    priceCents: wasDearer ? Math.round(priceCents * 1.1) : priceCents,
    name,
  };
}
