import { keys, limits, ttlSeconds } from '../redis/keyspace.js';
import { lineJson, type DemoCart } from './carts.js';
import type { DemoUser } from './customers.js';
import { countEach, topOf } from './feeds.js';
import { groupBy } from './groupBy.js';
import { hash, sortedSet, type KeyWrite } from './keyWrite.js';
import type { DemoSession } from './sessions.js';
import type { Shop } from './shop.js';

/** What the gateway itself would have written for these customers: sessions, carts and views. Written once. */
export function customerWrites(shop: Shop): KeyWrite[] {
  const lastHour = shop.users.map(({ views }) => views.filter(({ at }) => at > shop.now - ttlSeconds.trendingProducts));
  const views = countEach(lastHour.map((viewed) => viewed.map(({ productId }) => productId)));
  return [
    ...shop.sessions.flatMap(sessionWrites),
    ...userSessionWrites(shop.sessions),
    ...shop.carts.flatMap(cartWrites),
    ...shop.users.flatMap(viewWrites),
    sortedSet(keys.trendingProducts(), topOf(views, Infinity), ttlSeconds.trendingProducts),
  ].filter(({ args }) => args.length > 0);
}

function sessionWrites({ token, id, userId, deviceType, createdAt, lastActivityAt, views }: DemoSession): KeyWrite[] {
  const values = {
    session_id: id,
    user_id: userId ?? '',
    device_type: deviceType,
    created_at: isoTime(createdAt),
    last_activity_at: isoTime(lastActivityAt),
  };
  const viewed = views.slice(0, limits.sessionViewed).map(({ productId }) => productId);
  return [
    hash(keys.session(token), values, ttlSeconds.session),
    { command: 'RPUSH', key: keys.sessionViewed(id), args: viewed, ttlSeconds: ttlSeconds.sessionViewed },
  ];
}

/** The sets of the users' tokens (R1). */
function userSessionWrites(sessions: readonly DemoSession[]): KeyWrite[] {
  const ofUsers = sessions.flatMap(({ userId, token }) => (userId === null ? [] : [{ userId, token }]));
  return [...groupBy(ofUsers, ({ userId }) => userId)].map(([userId, own]) => ({
    command: 'SADD',
    key: keys.userSessions(userId),
    args: own.map(({ token }) => token),
    ttlSeconds: ttlSeconds.session,
  }));
}

/** A guest's cart stands under the default of `CART_GUEST_SEGMENT` and has no pointer (R3). */
function cartWrites({ session, lines, totalItems, totalAmount }: DemoCart): KeyWrite[] {
  const cartKey = keys.cart(session.userId ?? 'guest', session.id);
  const cartId = `{${cartKey}}:1`;
  const values = {
    cart_id: cartId,
    user_id: session.userId ?? '',
    session_id: session.id,
    status: 'active',
    total_items: totalItems,
    total_amount: totalAmount,
    updated_at: isoTime(session.lastActivityAt),
    version: lines.length,
  };
  const ttl = ttlSeconds.cart;
  const pointer: KeyWrite[] =
    session.userId === null
      ? []
      : [{ command: 'SET', key: keys.activeCart(session.userId), args: [cartKey], ttlSeconds: ttlSeconds.activeCart }];
  return [
    ...pointer,
    hash(cartKey, values, ttl),
    { command: 'RPUSH', key: keys.cartItems(cartId), args: lines.map(lineJson), ttlSeconds: ttl },
  ];
}

function viewWrites({ id, views }: DemoUser): KeyWrite[] {
  const history = views.slice(0, limits.userHistory).map(({ productId, at }) => ({ productId, score: at }));
  const recent = views.slice(0, limits.recentViews).map(({ productId, at, durationSeconds }) => ({
    productId: `${productId}:${durationSeconds}`,
    score: at,
  }));
  return [
    sortedSet(keys.userHistory(id), history, ttlSeconds.userHistory),
    sortedSet(keys.recentViews(id), recent, ttlSeconds.recentViews),
  ];
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1_000).toISOString();
}
