import type { Catalogue, DemoProduct } from './catalogue.js';
import { weightedDraw, type Random } from './random.js';

export interface ProductView {
  productId: string;
  /** Epoch seconds. */
  at: number;
  durationSeconds: number;
}

export interface DemoUser {
  id: string;
  firstName: string;
  /** Categories this user shops in, the favourite first. */
  tasteIds: string[];
  /** Newest first; empty for a new user. */
  views: ProductView[];
  /** Every fifth user is one whom the recommendation job has not reached. */
  hasPersonalizedFeed: boolean;
}

/** Draws a product of one category, the wanted ones more often. */
export type ShelfDraw = (categoryId: string, random: Random) => DemoProduct;

export function shelfDraw({ categories, products }: Catalogue): ShelfDraw {
  const draws = new Map(
    categories.map(({ id }) => [
      id,
      weightedDraw(
        products.filter(({ categoryId }) => categoryId === id),
        ({ appeal }) => appeal,
      ),
    ]),
  );
  return (categoryId, random) => {
    const draw = draws.get(categoryId);
    if (!draw) throw new RangeError(`No such category: ${categoryId}`);
    return draw(random);
  };
}

/** `count` users with ids from `1`: every fifth without a personalised feed, every twenty-fifth new. `now` in epoch seconds. */
export function generateUsers(
  random: Random,
  firstName: () => string,
  catalogue: Catalogue,
  shelf: ShelfDraw,
  now: number,
  count: number,
): DemoUser[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const favourite = random.pick(catalogue.categories);
    const tasteIds = [...new Set([favourite.id, ...favourite.complementIds, random.pick(catalogue.categories).id])];
    const isNew = number % 25 === 0;
    return {
      id: String(number),
      firstName: firstName(),
      tasteIds,
      views: isNew ? [] : drawViews(random, tasteIds, catalogue, shelf, now, random.integer(4, 50)),
      hasPersonalizedFeed: number % 5 !== 0,
    };
  });
}

/** Views of the last seven days, each product once, newest first: what `rec:user:{id}:history` keeps. */
export function drawViews(
  random: Random,
  tasteIds: readonly string[],
  catalogue: Catalogue,
  shelf: ShelfDraw,
  now: number,
  count: number,
): ProductView[] {
  const views = new Map<string, ProductView>();
  let at = now;
  for (let index = 0; index < count; index += 1) {
    at -= random.integer(60, Math.floor((7 * 86_400) / count));
    const categoryId = random.chance(0.85) ? random.pick(tasteIds) : random.pick(catalogue.categories).id;
    const productId = shelf(categoryId, random).id;
    if (!views.has(productId)) views.set(productId, { productId, at, durationSeconds: random.integer(3, 240) });
  }
  return [...views.values()];
}
