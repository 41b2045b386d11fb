import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/feed/cursor.js';
import type { EdgePosition } from '../../src/feed/feed.js';

const position: EdgePosition = {
  feed: 'similar',
  subject: 'prod_1',
  rule: 1,
  alternative: 1,
  offsets: [3, 2],
  turn: 1,
  anchor: 'prod:7@x',
  rank: 5,
  category: 'cat_1',
  usedUp: [[0, 0]],
  reason: 'NO_DATA',
};
const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error;
const wire = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tuple = JSON.parse(Buffer.from(encodeCursor(position), 'base64url').toString()) as unknown[];

describe('a cursor', () => {
  it('tells the position that was put into it', () => {
    expect(decodeCursor(encodeCursor(position), 'similar', 'prod_1')).toEqual(position);
    const first = { ...position, category: null, reason: null, usedUp: [], rank: 0, anchor: '' };
    expect(decodeCursor(encodeCursor(first), 'similar', 'prod_1')).toEqual(first);
  });

  it('is one word for an address, and short', () => {
    expect(encodeCursor(position)).toMatch(/^[\w-]+$/);
    const longest = { ...position, subject: 'x'.repeat(300), anchor: 'y'.repeat(128), category: 'z'.repeat(128) };
    expect(decodeCursor(encodeCursor(longest), 'similar', longest.subject)).toEqual(longest);
  });

  it("is refused as another feed's, or as the same one's about something else", () => {
    expect(() => decodeCursor(encodeCursor(position), 'popular', 'prod_1')).toThrow(refused);
    expect(() => decodeCursor(encodeCursor(position), 'similar', 'prod_2')).toThrow(refused);
  });

  it.each(tuple.map((_, index) => index))('is refused where its part %d is anything else', (index) => {
    const others = [undefined, {}, -1, 1e20, 'a b', [], [[1]], true, 1.5];
    // Category and reason may be null, as `undefined` is in JSON, and nothing may be used up.
    const allowed = index === 10 ? [others[5]] : index === 9 || index === 11 ? [undefined] : [];
    for (const other of others.filter((one) => !allowed.includes(one))) {
      const changed = tuple.map((part, at) => (at === index ? other : part));
      expect(() => decodeCursor(wire(changed), 'similar', 'prod_1')).toThrow(refused);
    }
  });

  it('is refused with parts too many or too few', () => {
    expect(() => decodeCursor(wire([...tuple, 1]), 'similar', 'prod_1')).toThrow(refused);
    expect(() => decodeCursor(wire(tuple.slice(1)), 'similar', 'prod_1')).toThrow(refused);
  });

  it('is refused, and nothing worse, whatever text it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(() => decodeCursor(text, 'similar', 'prod_1')).toThrow(refused);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
