import { badUserInput } from '../errors.js';
import type { GatewayContext } from '../graphql/context.js';
import type { MutationResolvers } from '../graphql/generated/resolvers.js';
import { requireProductId, requireSessionId, requireUserId } from '../redis/ids.js';
import type { CartChange } from './cart.js';
import type { CartOwner } from './cartIds.js';
import { decodeLineId, type LineRef } from './cartLines.js';

export type CartMutations = Pick<
  MutationResolvers,
  'cartLinesAdd' | 'cartLinesUpdate' | 'cartLinesRemove' | 'cartClear' | 'cartConvert'
>;

/** Changes of carts (api.md, Mutation). Malformed ids are refused before Redis is asked (R12). */
export const cartMutations: CartMutations = {
  async cartLinesAdd(_parent, { input }, context) {
    const lines = input.lines.map(({ productId, variationId, quantity = 1 }, index) => ({
      productId: requireProductId(productId, `lines.${index}.productId`),
      // An empty one is none, as in the lines that others write.
      variationId: variationId ? requireProductId(variationId, `lines.${index}.variationId`) : null,
      quantity,
    }));
    const owner = await ownerOf(context);
    return payloadOf(await context.cartWriter.addLines(lines, { ...input, owner }, context.scope), owner, context);
  },

  async cartLinesUpdate(_parent, { input }, context) {
    const changes = input.lines.map(({ lineId, quantity }, index) => ({
      ref: requireLineId(lineId, `lines.${index}.lineId`),
      quantity,
    }));
    const owner = await ownerOf(context);
    return payloadOf(await context.cartWriter.updateLines(changes, { ...input, owner }, context.scope), owner, context);
  },

  async cartLinesRemove(_parent, { input }, context) {
    const refs = input.lineIds.map((lineId, index) => requireLineId(lineId, `lineIds.${index}`));
    const owner = await ownerOf(context);
    return payloadOf(await context.cartWriter.removeLines(refs, { ...input, owner }, context.scope), owner, context);
  },

  async cartClear(_parent, { input }, context) {
    const owner = await ownerOf(context);
    return payloadOf(await context.cartWriter.clear({ ...input, owner }, context.scope), owner, context);
  },

  async cartConvert(_parent, { input }, context) {
    context.asker.requireScope('carts');
    const { cartId, userId, sessionId } = input;
    if (cartId === '' || cartId.length > 512)
      throw badUserInput('"cartId" is malformed: it must be 1 to 512 characters.');
    const owner = {
      userId: userId ? requireUserId(userId, 'userId', context.shop.guestSegment) : null,
      sessionId: requireSessionId(sessionId, 'sessionId'),
    };
    const change = await context.cartWriter.convert(cartId, { ...input, owner }, context.scope);
    if (change.content) context.carts.rememberLines(change.content);
    return answerOf(change);
  },
};

async function ownerOf({ asker }: GatewayContext): Promise<CartOwner> {
  const { id, userId } = await asker.requireSession();
  return { userId, sessionId: id };
}

function payloadOf(change: CartChange, owner: CartOwner, context: GatewayContext) {
  context.carts.remember(owner, change.content);
  return answerOf(change);
}

function answerOf({ content, userErrors, warnings, replayed }: CartChange) {
  return { cart: content?.cart ?? null, userErrors: [...userErrors], warnings: [...warnings], replayed };
}

function requireLineId(lineId: string, argument: string): LineRef {
  const ref = decodeLineId(lineId);
  if (!ref) throw badUserInput(`"${argument}" is malformed: it must be the id of a cart's line.`);
  return ref;
}
