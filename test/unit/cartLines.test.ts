import fc from 'fast-check';
import type { CartRules } from '../../src/cart/cart.js';
import {
  decodeLine,
  decodeLineId,
  decodeLines,
  encodeLine,
  lineIdOf,
  toCartLine,
  totalsOf,
  type LineData,
} from '../../src/cart/cartLines.js';

const RULES: CartRules = {
  currency: 'EUR',
  minorDigits: 2,
  guestSegment: 'guest',
  cartMaxLines: 100,
  cartMaxQuantity: 999,
};

const lineOf = (element: string): LineData => {
  const line = decodeLine(element);
  if (typeof line === 'string') throw new Error(`broken: ${line}`);
  return line;
};

it.each(['29.99', '0.10', '12345678901234567890.12345678901234567890', '9007199254740993', '0'])(
  'keeps every digit of the price %s, written as a number or as text',
  (price) => {
    for (const written of [price, `"${price}"`]) {
      const line = lineOf(`{"item_id":"p","quantity":1,"price":${written}}`);
      expect(line.price).toBe(price);
      expect(encodeLine(line)).toContain(`"price":${price},`);
    }
  },
);

it('reads an id that was written as a number', () => {
  expect(lineOf('{"item_id":162,"variation_id":7,"quantity":"2","price":1}')).toMatchObject({
    productId: '162',
    variationId: '7',
    quantity: 2,
  });
});

it('never throws, whatever an element holds', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      (element) => {
        expect(['string', 'object']).toContain(typeof decodeLine(element));
      },
    ),
  );
});

it('touches no prototype', () => {
  decodeLine('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  expect({}).not.toHaveProperty('polluted');
});

it('reads again what it wrote', () => {
  const cents = fc
    .integer({ min: 0, max: 1e12 })
    .map((value) => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`);
  const arbitrary = fc.record({
    productId: fc.stringMatching(/^[A-Za-z0-9_.:@-]{1,40}$/).filter((id) => id !== 'null'),
    variationId: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/).filter((id) => id !== 'null')),
    quantity: fc.integer({ min: 1, max: 999 }),
    price: cents,
    name: fc.option(fc.string({ minLength: 1 }).filter((name) => name !== 'null')),
    source: fc.constant({}),
  });
  fc.assert(
    fc.property(
      arbitrary,
      (line) => void expect(lineOf(encodeLine(line))).toMatchObject({ ...line, source: expect.anything() as object }),
    ),
  );
});

it('reads an element as the document shows it like the same with a space in it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('null', '', 'a"b', 'back\\slash', 'tab\t', '\u0000', 'é', '__proto__'),
  );
  const number = fc.oneof(
    fc.constantFrom('0', '007', '-1', '1.', '.5', '1e3', '29.990', '12345678901234567890123', '1.2.3', ' 1'),
    fc.nat().map(String),
  );
  fc.assert(
    fc.property(
      text,
      fc.option(text),
      number,
      number,
      fc.option(text),
      fc.boolean(),
      (id, variation, quantity, price, name, isRaw) => {
        const quote = (value: string | null) => (isRaw && value !== null ? `"${value}"` : JSON.stringify(value));
        const rest = `"item_id":${quote(id)},"variation_id":${quote(variation)},"quantity":${quantity},"price":${price},"name":${quote(name)}}`;
        const plain = decodeLine(`{${rest}`);
        const spaced = decodeLine(`{ ${rest}`);
        if (typeof plain === 'string') expect(plain).toBe(spaced);
        else expect({ ...plain, source: {} }).toEqual({ ...(spaced as LineData), source: {} });
      },
    ),
    { numRuns: 2_000 },
  );
});

it.each([
  ['29.99', 3, '89.97'],
  ['0.001', 7, '0.007'],
  ['5', 2, '10.00'],
  ['19.990', 2, '39.980'],
  ['9007199254740993', 999, '8998192055486252007.00'],
  ['0.123456789012345678', 999, '123.333332223333332322'],
])('reckons %s × %i exactly', (price, quantity, amount) => {
  const line = { index: 0, occurrence: 0, line: lineOf(`{"item_id":"p","quantity":${quantity},"price":${price}}`) };
  expect(toCartLine('c', line, RULES).amount.amount).toBe(amount);
});

it('sums in exact decimals', () => {
  const cents = fc.array(
    fc.record({ cents: fc.integer({ min: 0, max: 10_000_000 }), quantity: fc.integer({ min: 1, max: 999 }) }),
  );
  fc.assert(
    fc.property(cents, (lines) => {
      const sum = lines.reduce((total, line) => total + BigInt(line.cents) * BigInt(line.quantity), 0n);
      const { amount } = totalsOf(
        lines.map((line) => ({ quantity: line.quantity, price: (line.cents / 100).toFixed(2) })),
      );
      const [whole = '', digits = ''] = amount.split('.');
      expect(BigInt(whole + digits.padEnd(2, '0'))).toBe(sum);
    }),
  );
});

describe("a line's id", () => {
  it('says again what it was made of', () => {
    const id = lineIdOf('{cart:u:s}:1', { productId: 'a:b', variationId: null }, 2);
    expect(decodeLineId(id)).toEqual({ cartId: '{cart:u:s}:1', productId: 'a:b', variationId: null, occurrence: 2 });
  });

  it('stays the same while other lines change', () => {
    const a = '{"item_id":"a","quantity":1,"price":1}';
    const b = '{"item_id":"b","quantity":1,"price":1}';
    const idsOf = (elements: string[]) =>
      decodeLines(elements, () => undefined).map((line) => toCartLine('c', line, RULES).id);
    const [, idOfB] = idsOf([a, b]);
    expect(idsOf([b])).toEqual([idOfB]);
    expect(idsOf(['broken', b.replace('"quantity":1', '"quantity":9'), a])[0]).toBe(idOfB);
  });

  it.each(['', '}', 'a\nb', 'W10', Buffer.from('["c","p",null]').toString('base64url'), '='])(
    'is none where it is %j',
    (text) => expect(decodeLineId(text)).toBeUndefined(),
  );

  it('is never a throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeLineId(text)));
  });
});
