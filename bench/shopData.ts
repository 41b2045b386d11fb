import type { Redis } from 'ioredis';
import { hash, sortedSet, type KeyWrite } from '../src/demo/keyWrite.js';
import { writeKeys } from '../src/demo/load.js';
import { seededRandom, type Random } from '../src/demo/random.js';
import { keys } from '../src/redis/keyspace.js';

/** How large a shop to write. */
export interface ShopSize {
  readonly products: number;
  /** Members of `rec:trending`; the best 200 have a product, and so have all others that the catalogue reaches to. */
  readonly trendingMembers: number;
  /** Whether every product gets its similar and bought-together feeds. */
  readonly withProductFeeds: boolean;
}

export const benchShop: ShopSize = { products: 5_000, trendingMembers: 250, withProductFeeds: true };

export const USERS = 500;
const PERSONALIZED = 50;
const PUBLIC_FEED = 250;
const PRODUCT_FEED = 24;
const CART_LINES = 3;
/** The documents' TTLs are shorter than a run: data that end halfway would change what is measured. */
const TTL_SECONDS = 6 * 3_600;
const WRITES_AT_ONCE = 2_000;
const MEMBERS_A_COMMAND = 5_000;

export const productId = (n: number): string => `prod_${n}`;
export const userId = (n: number): string => `u${n}`;
export const sessionId = (n: number): string => `s${n}`;
export const token = (n: number): string => `tok-${n}`;

/** Fills a Redis, always with the same data for the same size. */
export async function writeShop(redis: Redis, size: ShopSize): Promise<void> {
  let waiting: KeyWrite[] = [];
  for (const write of shopWrites(size)) {
    waiting.push(write);
    if (waiting.length < WRITES_AT_ONCE) continue;
    await writeKeys(redis, waiting);
    waiting = [];
  }
  await writeKeys(redis, waiting);
}

function* shopWrites(size: ShopSize): Generator<KeyWrite> {
  const random = seededRandom(7);
  for (let n = 0; n < size.products; n++) yield* productWrites(n, random);
  if (size.withProductFeeds)
    for (let n = 0; n < size.products; n++) {
      yield sortedSet(keys.similar(productId(n)), feed(n * 7 + 1, PRODUCT_FEED, size), TTL_SECONDS);
      yield sortedSet(keys.frequentlyBought(productId(n)), feed(n * 11 + 3, PRODUCT_FEED, size), TTL_SECONDS);
    }
  for (let n = 0; n < USERS; n++) yield* customerWrites(n, size, random);
  yield* longSortedSet(keys.trending(), size.trendingMembers);
  yield sortedSet(keys.popular(), feed(1_000, PUBLIC_FEED, size), TTL_SECONDS);
  yield sortedSet(keys.newArrivals(), feed(2_000, PUBLIC_FEED, size), TTL_SECONDS);
}

const ADJECTIVES = ['Quiet', 'Rugged', 'Folding', 'Nordic', 'Everyday', 'Compact', 'Linen', 'Brass'] as const;
const NOUNS = ['Desk Lamp', 'Backpack', 'Kettle', 'Headphones', 'Wool Blanket', 'Notebook', 'Camp Chair'] as const;

/** Every tenth product is also in `hot_product`, cheaper and with a stock of its own (R4). */
function* productWrites(n: number, random: Random): Generator<KeyWrite> {
  const id = productId(n);
  const name = `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)} ${n}`;
  const image = `https://images.shop.example/products/${id}/front.jpg`;
  const cents = random.integer(300, 99_999);
  const rating = (random.integer(25, 50) / 10).toFixed(1);
  const catalogue = { id, name, price: priceText(cents), image, category_id: `cat_${n % 24}`, rating };
  yield hash(keys.product(id), { ...catalogue, stock: random.integer(0, 40) }, TTL_SECONDS);
  if (n % 10 !== 0) return;
  const stock = random.integer(0, 5);
  const hot = { product_id: id, name, price: priceText(cents - 100), stock, image_url: image, is_available: stock > 0 };
  yield hash(keys.hotProduct(id), hot, TTL_SECONDS);
}

function* customerWrites(n: number, size: ShopSize, random: Random): Generator<KeyWrite> {
  const now = new Date().toISOString();
  const session = { session_id: sessionId(n), user_id: userId(n), device_type: n % 2 === 0 ? 'mobile' : 'desktop' };
  yield hash(keys.session(token(n)), { ...session, created_at: now, last_activity_at: now }, TTL_SECONDS);
  yield { command: 'SADD', key: keys.userSessions(userId(n)), args: [token(n)], ttlSeconds: TTL_SECONDS };
  yield sortedSet(keys.userPersonalized(userId(n)), feed(n * 131, PERSONALIZED, size), TTL_SECONDS);

  const cartKey = keys.cart(userId(n), sessionId(n));
  const cartId = `{${cartKey}}:1`;
  const lines = Array.from({ length: CART_LINES }, (_, index) => ({
    item_id: productId((n * 17 + index * 5) % size.products),
    quantity: random.integer(1, 3),
    cents: random.integer(300, 50_000),
  }));
  const cart = {
    cart_id: cartId,
    user_id: userId(n),
    session_id: sessionId(n),
    status: 'active',
    total_items: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    total_amount: priceText(lines.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0)),
    updated_at: now,
    version: CART_LINES,
  };
  const elements = lines.map(
    ({ item_id, quantity, cents }) =>
      `{"item_id":"${item_id}","variation_id":null,"quantity":${quantity},"price":${priceText(cents)},"name":"Line of ${item_id}"}`,
  );
  yield { command: 'SET', key: keys.activeCart(userId(n)), args: [cartKey], ttlSeconds: TTL_SECONDS };
  yield hash(cartKey, cart, TTL_SECONDS);
  yield { command: 'RPUSH', key: keys.cartItems(cartId), args: elements, ttlSeconds: TTL_SECONDS };
}

/** Distinct products from all over the catalogue, best first, no two with the same score. */
function feed(start: number, length: number, { products }: ShopSize) {
  // Coprime to every catalogue of this bench, so that no product comes twice.
  const stride = 37;
  return Array.from({ length }, (_, index) => ({
    productId: productId((start + index * stride) % products),
    score: Number((0.99 - index / 1_000).toFixed(3)),
  }));
}

function* longSortedSet(key: string, members: number): Generator<KeyWrite> {
  for (let start = 0; start < members; start += MEMBERS_A_COMMAND) {
    const length = Math.min(MEMBERS_A_COMMAND, members - start);
    const part = Array.from({ length }, (_, index) => ({
      productId: productId(start + index),
      score: members - start - index,
    }));
    yield sortedSet(key, part, TTL_SECONDS);
  }
}

/** As writers put it: without the zeros behind the point that say nothing. */
const priceText = (cents: number): string => String(cents / 100);
