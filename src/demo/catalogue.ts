import { categoryPlans, type CategoryPlan, type Kind } from './categories.js';
import { cents, decimalText, type Cents } from './money.js';
import type { Random } from './random.js';
import type { Words } from './words.js';

export interface DemoCategory {
  id: string;
  name: string;
  slug: string;
  complementIds: string[];
}

export interface DemoProduct {
  id: string;
  name: string;
  /** The same amount twice: for sums, and as other teams would write it. */
  priceCents: Cents;
  price: string;
  image: string;
  categoryId: string;
  /** 1.0 to 5.0; null while nobody has rated it. */
  rating: number | null;
  /** Null where the warehouse does not tell; 0 is sold out. */
  stock: number | null;
  /** Epoch seconds. */
  createdAt: number;
  /** How much it is wanted, relative to the others; drives views and baskets, and is written nowhere. */
  appeal: number;
}

export interface Catalogue {
  categories: DemoCategory[];
  products: DemoProduct[];
}

const secondsPerDay = 86_400;

/** `productCount` products spread evenly over all categories. `now` is in epoch seconds. */
export function generateCatalogue(random: Random, words: Words, now: number, productCount: number): Catalogue {
  const idOfSlug = new Map(categoryPlans.map((plan, index) => [plan.slug, `cat_${index + 1}`]));
  const categories = categoryPlans.map(({ name, slug, complements }, index) => ({
    id: `cat_${index + 1}`,
    name,
    slug,
    complementIds: complements.flatMap((complement) => idOfSlug.get(complement) ?? []),
  }));
  const shelves = categoryPlans.map((plan) => ({ plan, brands: Array.from({ length: 8 }, () => words.brand()) }));
  const taken = new Set<string>();
  const products = Array.from({ length: productCount }, (_, index): DemoProduct => {
    const { plan, brands } = shelves[index % shelves.length] as (typeof shelves)[number];
    const id = `prod_${index + 1}`;
    const kind = random.pick(plan.kinds);
    const priceCents = drawPrice(random, kind);
    return {
      id,
      name: freshName(() => nameProduct(random, words, plan, kind, brands), taken),
      priceCents,
      price: decimalText(priceCents),
      image: `https://picsum.photos/seed/${id}/400`,
      categoryId: `cat_${(index % categoryPlans.length) + 1}`,
      rating: random.chance(0.06) ? null : random.integer(31, 50) / 10,
      stock: drawStock(random),
      createdAt: now - random.integer(3_600, 540 * secondsPerDay),
      appeal: 1 / (0.03 + random.fraction()),
    };
  });
  return { categories, products };
}

function nameProduct(
  random: Random,
  words: Words,
  plan: CategoryPlan,
  [kind]: Kind,
  brands: readonly string[],
): string {
  const parts: Record<string, () => string> = {
    ...words,
    kind: () => kind,
    brand: () => random.pick(brands),
    style: () => random.pick(plan.styles),
    detail: () => random.pick(plan.details),
    model: () => `${random.pick(['S', 'X', 'M', 'Pro ', 'Air '])}${random.integer(1, 30)}`,
  };
  return plan.pattern.replace(/\{(\w+)\}/g, (placeholder, part: string) => parts[part]?.() ?? placeholder);
}

/** No two products share a name; a stubborn collision gets an edition number. */
function freshName(draw: () => string, taken: Set<string>): string {
  let name = draw();
  for (let attempt = 0; taken.has(name) && attempt < 20; attempt += 1) name = draw();
  let edition = 2;
  const base = name;
  while (taken.has(name)) name = `${base}, No. ${edition++}`;
  taken.add(name);
  return name;
}

/** Cheap is more common than dear, so the draw is even on a logarithmic scale; then it ends as shop prices do. */
function drawPrice(random: Random, [, low, high]: Kind): Cents {
  const units = Math.floor(low * (high / low) ** random.fraction());
  return units >= 200 && random.chance(0.5) ? cents(units, 0) : cents(units, random.pick([99, 99, 95, 49, 50]));
}

function drawStock(random: Random): number | null {
  if (random.chance(0.05)) return 0;
  return random.chance(0.04) ? null : random.integer(1, 400);
}
