import type { Catalogue, DemoCategory, DemoProduct } from './catalogue.js';
import type { DemoUser, ShelfDraw } from './customers.js';
import type { Random } from './random.js';

export interface Basket {
  userId: string;
  /** Each product once. */
  productIds: string[];
}

/**
 * Purchases of the users with a history. A basket starts with something to the user's taste; what follows is mostly a
 * companion of the first product out of a complementary category (the case for this very phone), so that "bought
 * together" has something to find.
 */
export function generateBaskets(
  random: Random,
  catalogue: Catalogue,
  users: readonly DemoUser[],
  shelf: ShelfDraw,
  count: number,
): Basket[] {
  const categoryById = new Map(catalogue.categories.map((category) => [category.id, category]));
  const companionsById = new Map<string, DemoProduct[]>();
  const companionsOf = (product: DemoProduct): DemoProduct[] => {
    let companions = companionsById.get(product.id);
    if (!companions) {
      const complementIds = (categoryById.get(product.categoryId) as DemoCategory).complementIds;
      companions = Array.from({ length: 4 }, () => shelf(random.pick(complementIds), random));
      companionsById.set(product.id, companions);
    }
    return companions;
  };
  const buyers = users.filter(({ views }) => views.length > 0);
  return Array.from({ length: count }, () => {
    const buyer = random.pick(buyers);
    const first = shelf(random.pick(buyer.tasteIds), random);
    const productIds = new Set([first.id]);
    for (let more = random.integer(1, 4); more > 0; more -= 1) {
      const next = random.chance(0.75) ? random.pick(companionsOf(first)) : shelf(random.pick(buyer.tasteIds), random);
      productIds.add(next.id);
    }
    return { userId: buyer.id, productIds: [...productIds] };
  });
}
