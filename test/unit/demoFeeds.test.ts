import type { DemoProduct } from '../../src/demo/catalogue.js';
import {
  countEach,
  countTogether,
  frequentlyBought,
  personalizedFeed,
  similarProducts,
  topOf,
} from '../../src/demo/feeds.js';

const product = (id: string, priceCents: number): DemoProduct => ({
  id,
  name: id,
  priceCents,
  price: String(priceCents / 100),
  image: `https://example.org/${id}`,
  categoryId: 'cat_1',
  rating: 4,
  stock: 1,
  createdAt: 0,
  appeal: 1,
});

const view = (productId: string) => ({ productId, at: 0, durationSeconds: 1 });

describe('counting', () => {
  it('counts each pair once a group, in both directions, and never a thing with itself', () => {
    const counts = countTogether([['a', 'b', 'c'], ['b', 'a'], ['d']]);
    expect(counts.get('a')).toEqual(new Map([['b', 2], ['c', 1]])); // prettier-ignore
    expect(counts.get('b')?.get('a')).toBe(2);
    expect(counts.get('d')).toEqual(new Map());
  });

  it('counts each thing by weight, on top of earlier counts', () => {
    const counts = countEach([['a', 'b'], ['a']], 5);
    expect(countEach([['b']], 1, counts)).toEqual(new Map([['a', 10], ['b', 6]])); // prettier-ignore
  });

  it('orders by score, then by id, and cuts', () => {
    const scores = [['b', 1], ['c', 9], ['a', 1], ['z', 0]] as const; // prettier-ignore
    expect(topOf(scores, 3).map(({ productId }) => productId)).toEqual(['c', 'a', 'b']);
  });
});

describe('frequently bought', () => {
  it('leaves out what was bought together only once', () => {
    const counts = countTogether([['phone', 'case'], ['phone', 'case', 'vase'], ['phone', 'case']]); // prettier-ignore
    expect(frequentlyBought('phone', counts, 10)).toEqual([{ productId: 'case', score: 3 }]);
  });

  it('is empty for a product that nobody bought', () => {
    expect(frequentlyBought('phone', new Map(), 10)).toEqual([]);
  });
});

describe('similar', () => {
  const shelf = [product('a', 10_000), product('b', 20_000), product('c', 10_000), product('d', 100_000)];

  it('prefers a near price and never contains the product itself', () => {
    const feed = similarProducts(product('a', 10_000), shelf, new Map(), 10);
    expect(feed).toEqual([
      { productId: 'c', score: 0.6 },
      { productId: 'b', score: 0.3 },
      { productId: 'd', score: 0.06 },
    ]);
  });

  it('lets common views outweigh a farther price', () => {
    const coViews = countTogether([['a', 'b'], ['a', 'b']]); // prettier-ignore
    expect(similarProducts(product('a', 10_000), shelf, coViews, 1)).toEqual([{ productId: 'b', score: 0.7 }]);
  });
});

describe('personalized', () => {
  const similar = new Map([
    ['new', [{ productId: 'x', score: 0.8 }]],
    ['old', [{ productId: 'y', score: 0.8 }, { productId: 'owned', score: 0.9 }]], // prettier-ignore
  ]);

  it('weighs a recent view more than an older one, and keeps scores between 0 and 1', () => {
    const feed = personalizedFeed(
      { views: [view('new'), view('old')], boughtIds: new Set(['owned']) },
      similar,
      new Map(),
      9,
    );
    expect(feed).toEqual([
      { productId: 'x', score: 0.99 },
      { productId: 'y', score: 0.9405 },
    ]);
  });

  it('never offers what was bought, and takes its companions into account', () => {
    const bought = new Map([['owned', [{ productId: 'z', score: 40 }]]]);
    const feed = personalizedFeed({ views: [view('old')], boughtIds: new Set(['owned']) }, similar, bought, 9);
    expect(feed.map(({ productId }) => productId)).toEqual(['y', 'z']);
  });

  it('is empty for somebody without views and purchases', () => {
    expect(personalizedFeed({ views: [], boughtIds: new Set() }, similar, new Map(), 9)).toEqual([]);
  });
});
