import { lineJson } from '../../src/demo/carts.js';
import { categoryPlans } from '../../src/demo/categories.js';
import { isDue } from '../../src/demo/keepFresh.js';
import { decimalText } from '../../src/demo/money.js';
import { seededRandom, weightedDraw } from '../../src/demo/random.js';
import { generateShop } from '../../src/demo/shop.js';
import { sessionsToTry } from '../../src/demo/welcome.js';
import { catalogueWrites } from '../../src/demo/catalogueWrites.js';
import { customerWrites } from '../../src/demo/customerWrites.js';
import { demoWords } from './demoWords.js';

const now = 1_760_000_000;
const size = { productCount: 480, userCount: 100, basketCount: 2_000, guestCount: 4 };
const shop = generateShop(demoWords(), 7, now, size);

describe('the generated shop', () => {
  it('is the same for the same seed and another for another', () => {
    const writes = JSON.stringify([catalogueWrites(shop, now), customerWrites(shop)]);
    const again = generateShop(demoWords(), 7, now, size);
    expect(JSON.stringify([catalogueWrites(again, now), customerWrites(again)])).toBe(writes);
    expect(generateShop(demoWords(), 8, now, size).products).not.toEqual(shop.products);
  });

  it('names every product differently, with every part of its pattern filled in', () => {
    expect(new Set(shop.products.map(({ name }) => name)).size).toBe(480);
    expect(shop.products.filter(({ name }) => /[{}]|undefined/.test(name))).toEqual([]);
  });

  it('complements only categories that exist', () => {
    const slugs = categoryPlans.map(({ slug }) => slug);
    expect(slugs).toHaveLength(24);
    expect(slugs).toEqual(expect.arrayContaining(categoryPlans.flatMap(({ complements }) => complements)));
  });

  it('gives four in five users a personalized feed and leaves one in twenty-five without history', () => {
    expect(shop.feeds.personalized.size).toBe(80);
    expect(shop.users.filter(({ views }) => views.length === 0).map(({ id }) => id)).toEqual(['25', '50', '75', '100']);
  });

  it('finds bought together what belongs together: mostly the complements of a category', () => {
    const categoryOf = new Map(shop.products.map(({ id, categoryId }) => [id, categoryId]));
    const complementsOf = new Map(shop.categories.map(({ id, complementIds }) => [id, complementIds]));
    const pairs = [...shop.feeds.frequentlyBought].flatMap(([id, feed]) =>
      feed.slice(0, 3).map((scored) => [id, scored.productId]),
    );
    const isComplement = ([a, b]: string[]): boolean => {
      const [categoryA = '', categoryB = ''] = [categoryOf.get(a ?? ''), categoryOf.get(b ?? '')];
      return !!complementsOf.get(categoryA)?.includes(categoryB) || !!complementsOf.get(categoryB)?.includes(categoryA);
    };
    expect(pairs.length).toBeGreaterThan(300);
    expect(pairs.filter(isComplement).length / pairs.length).toBeGreaterThan(0.7);
  });

  it('adds carts up exactly', () => {
    expect(shop.carts.length).toBeGreaterThan(20);
    for (const { lines, totalItems, totalAmount } of shop.carts) {
      expect(totalItems).toBe(lines.reduce((sum, { quantity }) => sum + quantity, 0));
      expect(totalAmount).toBe(
        decimalText(lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0)),
      );
    }
  });

  it('has a regular, a new user and a guest to try', () => {
    const { regular, newUser, guest } = sessionsToTry(shop);
    expect(shop.feeds.personalized.has(regular.userId ?? '')).toBe(true);
    expect(shop.users.find(({ id }) => id === newUser.userId)?.views).toEqual([]);
    expect(guest).toMatchObject({ userId: null, hasFeed: false });
    expect(guest.views.length).toBeGreaterThan(0);
  });
});

describe('its keys', () => {
  const writes = [...catalogueWrites(shop, now), ...customerWrites(shop)];
  const written = (key: string) => writes.find((write) => write.key === key);

  it('writes no key twice and no key empty', () => {
    expect(new Set(writes.map(({ key }) => key)).size).toBe(writes.length);
    expect(writes.filter(({ args }) => args.length === 0)).toEqual([]);
  });

  it('keys the feeds of every other category by slug', () => {
    const suffixes = writes.flatMap(({ key }) => /^rec:trending:category:(.+)$/.exec(key)?.[1] ?? []);
    expect(suffixes.filter((suffix) => suffix.startsWith('cat_'))).toHaveLength(12);
    expect(suffixes).toContain('phone-accessories');
  });

  it('puts a cart under an id that hashes to the slot of its key', () => {
    const [cart] = shop.carts.filter(({ session }) => session.userId !== null);
    if (!cart) throw new Error('the shop has no cart of a user');
    const { session, lines } = cart;
    const cartKey = `cart:${session.userId}:${session.id}`;
    expect(written(`active_cart:${session.userId}`)).toMatchObject({ args: [cartKey], ttlSeconds: 604_800 });
    expect(written(cartKey)?.args.slice(0, 2)).toEqual(['cart_id', `{${cartKey}}:1`]);
    expect(written(`cart_items:{${cartKey}}:1`)?.args).toEqual(lines.map(lineJson));
  });

  it('leaves out the fields of a product that are not known', () => {
    const unknown = shop.products.find(({ stock }) => stock === null);
    expect(written(`product:${unknown?.id}`)?.args).not.toContain('stock');
  });

  it('lets only the monitoring keys live for ever', () => {
    const eternal = writes.filter(({ ttlSeconds }) => ttlSeconds === null).map(({ key }) => key);
    expect(eternal).toEqual(['rec:users_with_recs', 'rec:last_update', 'rec:stats']);
  });
});

describe('its small parts', () => {
  it('writes amounts with both digits or none', () => {
    expect([5, 50, 100, 12_345, 249_900].map(decimalText)).toEqual(['0.05', '0.50', '1', '123.45', '2499']);
  });

  it('writes the price of a cart line as a number with its exact text, and escapes the name', () => {
    const line = { productId: 'prod_1', variationId: 'prod_1-std', quantity: 2, priceCents: 1_950, name: 'The "Lamp"' };
    expect(lineJson(line)).toBe(
      '{"item_id":"prod_1","variation_id":"prod_1-std","quantity":2,"price":19.50,"name":"The \\"Lamp\\""}',
    );
  });

  it('draws by weight, and never what has none', () => {
    const draw = weightedDraw(['never', 'seldom', 'often'], (item) => ({ never: 0, seldom: 1, often: 9 })[item] ?? 0);
    const random = seededRandom(1);
    const drawn = Array.from({ length: 1_000 }, () => draw(random));
    expect(drawn).not.toContain('never');
    expect(drawn.filter((item) => item === 'seldom').length).toBeGreaterThan(60);
    expect(drawn.filter((item) => item === 'seldom').length).toBeLessThan(140);
  });

  it('refuses to draw from nothing', () => {
    expect(() => seededRandom(1).pick([])).toThrow('Nothing to draw from');
  });

  it('is due to be written again at half of the TTL, and always without one', () => {
    expect([149, 150].map((age) => isDue({ ttlSeconds: 300 }, age))).toEqual([false, true]);
    expect(isDue({ ttlSeconds: null }, 0)).toBe(true);
  });
});
