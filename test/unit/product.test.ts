import {
  covers,
  decodeProduct,
  productField,
  type CatalogueText,
  type HotText,
  type PriceRules,
} from '../../src/product/product.js';

const EUR: PriceRules = { currency: 'EUR', minorDigits: 2, productPriceUnit: 'major' };

function decoded(hot: HotText, catalogue: CatalogueText, shop = EUR) {
  const faults: string[] = [];
  const product = decodeProduct('p', hot, catalogue, shop, (kind) => faults.push(kind));
  return { ...product, faults };
}

describe('a product', () => {
  it('is what the hot hash says, and what it lacks the other one', () => {
    const product = decoded(
      { name: 'Hot', price: '19.90', stock: null, image: '', isAvailable: null },
      {
        name: 'Cold',
        price: '29.90',
        stock: '4',
        image: 'https://c.example/1.jpg',
        rating: '4.5',
        categoryId: 'cat_1',
      },
    );
    expect(product).toEqual({
      id: 'p',
      name: 'Hot',
      price: { amount: '19.90', currencyCode: 'EUR' },
      stock: 4,
      image: 'https://c.example/1.jpg',
      isAvailable: true,
      rating: 4.5,
      categoryId: 'cat_1',
      faults: [],
    });
  });

  it.each<[string, HotText, CatalogueText, boolean | null]>([
    ['as the hot hash says, whatever the stock', { isAvailable: 'true', stock: '0' }, {}, true],
    ['as the hot hash says, against a stock', { isAvailable: '0', stock: '9' }, { stock: '9' }, false],
    ['by the stock of the other hash', {}, { stock: '1' }, true],
    ['not without stock', {}, { stock: '0' }, false],
    ['unknown with an unknown stock', {}, {}, null],
    ['unknown with a broken stock', {}, { stock: '-1' }, null],
    ['by the stock where the word is broken', { isAvailable: 'maybe' }, { stock: '2' }, true],
  ])('is available %s', (_how, hot, catalogue, expected) => {
    expect(decoded(hot, catalogue).isAvailable).toBe(expected);
  });

  it.each<[string, PriceRules, string]>([
    ['2999', EUR, '2999.00'],
    ['29.9', EUR, '29.90'],
    ['29.999', EUR, '29.999'],
    ['2999', { ...EUR, productPriceUnit: 'minor' }, '29.99'],
    ['5', { ...EUR, productPriceUnit: 'minor' }, '0.05'],
    ['2999', { currency: 'JPY', minorDigits: 0, productPriceUnit: 'minor' }, '2999'],
    ['2999', { currency: 'KWD', minorDigits: 3, productPriceUnit: 'minor' }, '2.999'],
    ['2999', { currency: 'JPY', minorDigits: 0, productPriceUnit: 'major' }, '2999'],
  ])('costs, written as %s, in a shop like %j, %s', (price, shop, amount) => {
    expect(decoded({}, { price }, shop).price).toEqual({ amount, currencyCode: shop.currency });
  });

  it("has the hot hash's price in major units, whatever the other one's unit is", () => {
    const shop: PriceRules = { ...EUR, productPriceUnit: 'minor' };
    expect(decoded({ price: '29.99' }, { price: '2999' }, shop).price?.amount).toBe('29.99');
    expect(decoded({ price: 'abc' }, { price: '2999' }, shop)).toMatchObject({
      price: { amount: '29.99' },
      faults: ['INVALID_DECIMAL'],
    });
  });

  it('has a fault for each broken value and none for what is not there', () => {
    expect(decoded({ price: 'x', stock: 'x' }, { price: 'y', rating: 'z', stock: '1' }).faults.sort()).toEqual([
      'INVALID_DECIMAL',
      'INVALID_DECIMAL',
      'INVALID_INTEGER',
      'INVALID_NUMBER',
    ]);
    expect(decoded({}, {}).faults).toEqual([]);
  });

  it('covers what was asked for where every field of it was', () => {
    const has = productField.name | productField.price;
    expect([
      covers(has, productField.name),
      covers(has, 0),
      covers(has, has),
      covers(has, productField.stock | has),
    ]).toEqual([true, true, true, false]);
    const bits = Object.values(productField);
    expect(new Set(bits).size).toBe(bits.length);
    expect(bits.every((bit) => Number.isInteger(Math.log2(bit)))).toBe(true);
  });
});
