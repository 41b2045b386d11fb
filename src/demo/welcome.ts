import type { DemoSession } from './sessions.js';
import type { Shop } from './shop.js';

export interface Welcome {
  shop: Shop;
  /** Where the gateway listens, without a slash at the end. */
  baseUrl: string;
  redisUrl: string;
  serviceKey: string | null;
  secondsToReady: number;
}

/** A page with the cart and four feeds, on one line so that it can be pasted anywhere. */
export const homePageQuery =
  'query HomePage { session { userId expiresAt } ' +
  'cart { totalItems totalAmount { amount currencyCode } lines { quantity name amount { amount } } } ' +
  'recommendations { personalized(first: 4) { ...feed } trending(first: 4) { ...feed } popular(first: 4) { ...feed } newArrivals(first: 4) { ...feed } } } ' +
  'fragment feed on RecommendationConnection { source isFallback nodes { id name price { amount currencyCode } image } }';

/** What the demo says when it is ready: where to look, as whom, and what to ask first. */
export function welcomeText({ shop, baseUrl, redisUrl, serviceKey, secondsToReady }: Welcome): string {
  const { regular, newUser, guest } = sessionsToTry(shop);
  const nameOf = (session: DemoSession): string => shop.users.find(({ id }) => id === session.userId)?.firstName ?? '';
  const curl =
    `curl -s ${baseUrl}/graphql -H 'content-type: application/json' ` +
    `-H 'authorization: Bearer ${regular.token}' -d '${JSON.stringify({ query: homePageQuery })}'`;
  return `
Ready in ${secondsToReady.toFixed(1)} s: ${shop.products.length} products in ${shop.categories.length} categories, ${shop.users.length} users, ${shop.carts.length} carts

  Apollo Sandbox   ${baseUrl}/
  Explorer         ${baseUrl}/explorer   (needs no internet)
  GraphQL          ${baseUrl}/graphql
  Metrics          ${baseUrl}/metrics
  Redis            ${withoutPassword(redisUrl)}

Try it as (header "authorization: Bearer TOKEN"):
  a regular   ${regular.token}   ${nameOf(regular)}, user ${regular.userId}: a cart and a feed of their own
  a new user  ${newUser.token}   ${nameOf(newUser)}, user ${newUser.userId}: no history yet, so popular and new arrivals
  a guest     ${guest.token}   looked around a little: cold start by category
${serviceKey === null ? '' : `  a service   ${serviceKey}   (header "x-api-key"; all scopes)\n`}
A query to paste, the home page:
${homePageQuery}

The same for the regular, from a terminal:
${curl}

Ctrl-C ends the demo.
`;
}

/** One session of each sort that the fallback rules tell apart. */
export function sessionsToTry({ sessions, carts, users }: Shop): Record<'regular' | 'newUser' | 'guest', DemoSession> {
  const userById = new Map(users.map((user) => [user.id, user]));
  const withFullCart = new Set(carts.filter(({ lines }) => lines.length >= 3).map(({ session }) => session));
  const userOf = ({ userId }: DemoSession) => (userId === null ? undefined : userById.get(userId));
  return {
    regular: found(sessions, (session) => withFullCart.has(session) && userOf(session)?.hasPersonalizedFeed === true),
    newUser: found(sessions, (session) => userOf(session)?.views.length === 0),
    guest: found(sessions, ({ userId, hasFeed }) => userId === null && !hasFeed),
  };
}

function found(sessions: readonly DemoSession[], isWanted: (session: DemoSession) => boolean): DemoSession {
  const session = sessions.find(isWanted);
  if (!session) throw new Error('The generated shop has no session to show: it is too small');
  return session;
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
