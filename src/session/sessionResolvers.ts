import type { GatewayContext } from '../graphql/context.js';
import type { Resolvers, UserError } from '../graphql/generated/resolvers.js';
import { requireSessionId, requireUserId } from '../redis/ids.js';
import type { Binding, EndingSession } from './sessionWriter.js';

/** `device_type` is a free text of the client's, even a browser's name for itself, and costs memory for a day. */
const MAX_DEVICE_TYPE_LENGTH = 512;

type SessionFeature = Pick<Resolvers, 'Query' | 'Session' | 'Mutation'>;

/** Sessions of api.md; their carts and feeds belong to those features. */
export const sessionResolvers: SessionFeature = {
  Query: {
    async session(_parent, _args, { asker, cachePolicy }) {
      cachePolicy.setPrivate();
      // Ended is ended, whoever keeps answers.
      cachePolicy.limitTo(0);
      return (await asker.session()) ?? null;
    },
  },

  Session: {
    otherSessions(session, _args, { sessions, cachePolicy }) {
      cachePolicy.setPrivate();
      if (session.userId === null) return [];
      return session.isCurrent ? sessions.otherSessions() : null;
    },
  },

  Mutation: {
    async sessionStart(_parent, { input }, { sessionWriter, scope }) {
      const deviceType = input?.deviceType ?? null;
      if (deviceType !== null && deviceType.length > MAX_DEVICE_TYPE_LENGTH) {
        const message = `A device type has at most ${MAX_DEVICE_TYPE_LENGTH} characters.`;
        return { token: null, session: null, userErrors: [{ field: ['deviceType'], message, code: 'INVALID_INPUT' }] };
      }
      return { ...(await sessionWriter.start(deviceType, scope)), userErrors: [] };
    },

    async sessionEnd(_parent, { input }, context) {
      const wanted = input?.sessionId ?? undefined;
      if (wanted !== undefined) requireSessionId(wanted, 'sessionId');
      const { asker } = context;
      const session = await asker.requireSession();
      const isOwn = wanted === undefined || wanted === session.id;
      // A session that is not there, and one that is somebody else's, answer the same: nothing was ended.
      const others = wanted === undefined ? [] : await context.sessions.otherRecords();
      const ending: EndingSession[] = others.filter((other) => other.session.id === wanted);
      if (isOwn && asker.token !== undefined) ending.push({ token: asker.token, session });
      const endedSessionIds = await context.sessionWriter.end(ending, context.scope);
      if (isOwn) asker.endSession();
      return { endedSessionIds, userErrors: [] };
    },

    async sessionEndOthers(_parent, _args, { asker, sessions, sessionWriter, scope }) {
      await asker.requireSession();
      const endedSessionIds = await sessionWriter.end(await sessions.otherRecords(), scope);
      return { endedSessionIds, userErrors: [] };
    },

    async sessionIdentify(_parent, { input }, context) {
      context.asker.requireScope('sessions');
      requireSessionId(input.token, 'token');
      requireUserId(input.userId, 'userId', context.shop.guestSegment);
      return identify(input.token, input.userId, context);
    },
  },
};

/**
 * Login (R16). Every step is harmless when it is repeated, and the old session ends after what the guest viewed has
 * been taken over: while it lives, a repeat knows that there may be something left to do. The carts keep their own
 * account of how far they got.
 */
async function identify(token: string, userId: string, context: GatewayContext) {
  const { sessionWriter, cartWriter, views, scope } = context;
  const binding = await sessionWriter.bind(token, userId, scope);
  if (binding.outcome !== 'BOUND') {
    return { token: null, session: null, cart: null, merge: null, userErrors: [refusal(binding.outcome)] };
  }
  const { session, guestLastActiveAt } = binding;
  if (guestLastActiveAt) await views.adoptGuestViews(session.id, userId, guestLastActiveAt, scope);
  await sessionWriter.retire(token, userId, scope);
  const { cart, merge } = await cartWriter.mergeGuestCart({ userId, sessionId: session.id }, scope);
  return { token: binding.token, session, cart, merge, userErrors: [] };
}

function refusal(code: Exclude<Binding['outcome'], 'BOUND'>): UserError {
  const message = {
    ALREADY_IDENTIFIED: 'The session belongs to another user already.',
    SESSION_NOT_FOUND: 'The token names no living session.',
  }[code];
  return { field: ['token'], message, code };
}
