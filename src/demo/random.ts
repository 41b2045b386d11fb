/** A source of repeatable randomness: the same seed gives the same shop, on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True in `probability` (0 to 1) of the cases. */
  chance(probability: number): boolean;
  /** One of the items; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** `byteCount` bytes as unpadded base64url text. */
  text(byteCount: number): string;
}

/** mulberry32: 32 bits of state are plenty for a demo, and it needs no library. Never use it for real tokens. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  return {
    fraction,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (items) => itemAt(items, Math.floor(fraction() * items.length)),
    text: (byteCount) => Buffer.from(Array.from({ length: byteCount }, () => integer(0, 255))).toString('base64url'),
  };
}

/** Draws items in proportion to their weights, in logarithmic time. Throws when there is nothing to draw from. */
export function weightedDraw<T>(items: readonly T[], weightOf: (item: T) => number): (random: Random) => T {
  let total = 0;
  const ends = items.map((item) => (total += weightOf(item)));
  return (random) => {
    const target = random.fraction() * total;
    let low = 0;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? total) > target) high = middle;
      else low = middle + 1;
    }
    return itemAt(items, low);
  };
}

function itemAt<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length) throw new RangeError('Nothing to draw from: the list is empty');
  return items[index] as T;
}
