import fc from 'fast-check';
import * as decode from '../../src/redis/decode.js';

const {
  amount,
  boolean,
  decimal,
  finiteNumber,
  httpUrl,
  integer,
  presentText,
  score,
  shiftPoint,
  timestamp,
  withMinorDigits,
} = decode;

describe('a decimal', () => {
  it.each([
    ['2999', '2999'],
    ['29.99', '29.99'],
    ['0.10', '0.10'],
    ['007.50', '7.50'],
    ['+5', '5'],
    ['-5.5', '-5.5'],
    ['-0.00', '0.00'],
    ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
    ['1e3', '1000'],
    ['1.50E+1', '15.0'],
    ['2.999e1', '29.99'],
    ['2999e-2', '29.99'],
    ['1.5e-3', '0.0015'],
    ['0e5', '0'],
    ['-12.5e0', '-12.5'],
    ['1e29', `1${'0'.repeat(29)}`],
  ])('is read as written: %s', (text, value) => {
    expect(decimal(text)).toBe(value);
  });

  it.each([
    '',
    'abc',
    '1e400',
    '1e30',
    '1e-31',
    '1e',
    'e3',
    '1e1.5',
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    '1.',
    '.5',
    ' 1',
    '1 ',
    '1\n',
    '--1',
    '1.2.3',
    '１',
    '9'.repeat(31),
  ])('is not %j', (text) => {
    expect(decimal(text)).toBeUndefined();
    expect(amount(text)).toBeUndefined();
  });

  it('is an amount unless it is negative', () => {
    expect(amount('-0.01')).toBeUndefined();
    expect(amount('-0')).toBe('0');
    expect(amount('0')).toBe('0');
  });

  it.each([
    ['5', 2, '5.00'],
    ['5.1', 2, '5.10'],
    ['5.123', 2, '5.123'],
    ['5', 0, '5'],
    ['5.5', 0, '5.5'],
    ['5', 3, '5.000'],
  ])('%s with at least %d digits is %s', (text, digits, expected) => {
    expect(withMinorDigits(text, digits)).toBe(expected);
  });

  it.each([
    ['2999', 2, '29.99'],
    ['5', 2, '0.05'],
    ['0', 2, '0.00'],
    ['50', 2, '0.50'],
    ['2999.5', 2, '29.995'],
    ['2999', 0, '2999'],
    ['2999', 3, '2.999'],
    ['12345678901234567890', 2, '123456789012345678.90'],
  ])('%s divided by ten to the %d is %s', (text, digits, expected) => {
    expect(shiftPoint(text, digits)).toBe(expected);
  });

  it('keeps every digit of any amount, whatever is done to it', () => {
    const digits = (text: string) => text.replace('.', '').replace(/^0+/, '');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.integer({ min: 0, max: 4 }), (units, point) => {
        expect(digits(shiftPoint(String(units), point))).toBe(units === 0n ? '' : String(units));
      }),
    );
  });
});

describe('a whole number', () => {
  it.each([
    ['0', 0],
    ['150', 150],
    ['-3', -3],
    ['+7', 7],
    ['150.0', 150],
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
  ])('is read: %s', (text, value) => {
    expect(integer(text)).toBe(value);
  });

  it.each(['', '1.5', '1e3', '2147483648', '99999999999', 'abc', ' 1', '0x1', 'Infinity', '1.'])(
    'is not %j',
    (text) => {
      expect(integer(text)).toBeUndefined();
    },
  );
});

describe('a finite number', () => {
  it.each([
    ['4.5', 4.5],
    ['-1', -1],
    ['.5', 0.5],
    ['1e3', 1_000],
    ['12.5E-1', 1.25],
  ])('is read: %s', (text, value) => {
    expect(finiteNumber(text)).toBe(value);
  });

  it.each(['', 'NaN', 'inf', 'Infinity', '1e999', '0x10', 'good', ' 1', '1 2', '-'])('is not %j', (text) => {
    expect(finiteNumber(text)).toBeUndefined();
  });
});

describe('a score', () => {
  it.each([
    ['0.95', 0.95],
    ['1704902400', 1_704_902_400],
    ['-1', -1],
    ['1e+20', 1e20],
  ])('is read: %s', (text, value) => {
    expect(score(text)).toBe(value);
  });

  it.each(['inf', '-inf', 'Infinity', '-Infinity', 'nan', 'NaN', '', 'x'])('is null for %j', (text) => {
    expect(score(text)).toBeNull();
  });
});

describe('a boolean', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['1', true],
    ['0', false],
    ['True', true],
    ['FALSE', false],
  ])('is read: %s', (text, value) => {
    expect(boolean(text)).toBe(value);
  });

  it.each(['', 'yes', 'no', '2', '-1', 'null', ' true'])('is not %j', (text) => {
    expect(boolean(text)).toBeUndefined();
  });
});

describe('a timestamp', () => {
  it.each([
    ['1704902400', '2024-01-10T16:00:00.000Z'],
    ['1704902400000', '2024-01-10T16:00:00.000Z'],
    ['1704902400.25', '2024-01-10T16:00:00.250Z'],
    ['2024-01-10T16:00:00Z', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10T16:00:00.123Z', '2024-01-10T16:00:00.123Z'],
    ['2024-01-10T16:00:00.123456789Z', '2024-01-10T16:00:00.123Z'],
    ['2024-01-10T17:00:00+01:00', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10T17:00:00+0100', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10T16:00:00', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10 16:00:00', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10 17:00:00+01:00', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10T16:00', '2024-01-10T16:00:00.000Z'],
    ['2024-01-10', '2024-01-10T00:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('is read: %s', (text, expected) => {
    expect(timestamp(text)?.toISOString()).toBe(expected);
  });

  it.each([
    ...['', 'now', 'yesterday', '-1', '1e9', 'NaN', '99999999999999999', '2024-13-01', '2024-01-32', '2024-02-30'],
    ...[
      '10.01.2024',
      'Wed, 10 Jan 2024 16:00:00 GMT',
      '2024-01-10T25:00:00Z',
      '2024-01-10T16:00:00 Z',
      '2024'.repeat(20),
    ],
  ])('is not %j', (text) => {
    expect(timestamp(text)).toBeUndefined();
  });

  it('is the same instant in each of its three forms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200_000_000, max: 90_000_000_000 }), (seconds) => {
        const iso = new Date(seconds * 1_000).toISOString();
        expect(timestamp(String(seconds))?.toISOString()).toBe(iso);
        expect(timestamp(String(seconds * 1_000))?.toISOString()).toBe(iso);
        expect(timestamp(iso)?.toISOString()).toBe(iso);
      }),
    );
  });
});

describe('a web address', () => {
  it.each([
    ['https://cdn.example.com/prod_1.jpg', 'https://cdn.example.com/prod_1.jpg'],
    ['http://example.com', 'http://example.com/'],
    ['HTTPS://EXAMPLE.com/a b.jpg', 'https://example.com/a%20b.jpg'],
  ])('is read: %s', (text, expected) => {
    expect(httpUrl(text)).toBe(expected);
  });

  it.each([
    ...['', '/a.jpg', '//example.com/a.jpg', 'example.com', 'ftp://example.com', 'javascript:alert(1)', 'https://'],
    ...[
      'https:example.com',
      ' https://example.com',
      'data:image/png;base64,AA',
      'file:///etc/passwd',
      'https://a b.com',
      'java\nscript:x',
    ],
  ])('is not %j', (text) => {
    expect(httpUrl(text)).toBeUndefined();
  });

  it('is what a parser makes of it, plain or not', () => {
    const piece = fc.string({ unit: fc.constantFrom(...'aZ09-._~%/:@?#xn '), maxLength: 8 });
    fc.assert(
      fc.property(
        fc.constantFrom('http', 'https'),
        piece,
        fc.constantFrom('.com', '.com/', '/', '.1/'),
        piece,
        (...parts) => {
          const [scheme, host, end, path] = parts;
          const text = `${scheme}://a${host}${end}${path}`;
          expect(httpUrl(text)).toBe(URL.canParse(text) ? new URL(text).href : undefined);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

it('a text that says nothing is absent', () => {
  expect([null, undefined, '', 'null'].map(presentText)).toEqual([undefined, undefined, undefined, undefined]);
  expect(['0', ' ', 'NULL', 'false'].map(presentText)).toEqual(['0', ' ', 'NULL', 'false']);
});

it('no text whatever makes a decoder throw or answer what is not finite', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.double().map(String),
    fc.date().map(String),
    fc.webUrl(),
    fc.json(),
  );
  fc.assert(
    fc.property(text, (any) => {
      const numbers = [integer(any), finiteNumber(any), score(any), timestamp(any)?.getTime()];
      for (const value of numbers) if (value !== undefined && value !== null) expect(Number.isFinite(value)).toBe(true);
      const address = httpUrl(any);
      if (address !== undefined) expect(new URL(address).protocol).toMatch(/^https?:$/);
      const money = amount(any);
      if (money !== undefined) expect(money).toMatch(/^\d+(\.\d+)?$/);
      boolean(any);
    }),
    { numRuns: 3_000 },
  );
});
