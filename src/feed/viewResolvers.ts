import { badUserInput } from '../errors.js';
import type { Resolvers } from '../graphql/generated/resolvers.js';
import { productFieldsOf } from '../graphql/projection.js';
import { requireProductId } from '../redis/ids.js';

const DAY_SECONDS = 86_400;

/** Recording what was viewed (api.md, Mutation). */
export const viewResolvers: Pick<Resolvers, 'Mutation'> = {
  Mutation: {
    async productViewRecord(_parent, { input }, { asker, products, views, scope }, info) {
      const productId = requireProductId(input.productId, 'productId');
      const durationSeconds = input.durationSeconds ?? 0;
      if (durationSeconds < 0 || durationSeconds > DAY_SECONDS) {
        throw badUserInput(`"durationSeconds" must be a whole number from 0 to ${DAY_SECONDS}.`);
      }
      // Asked for together, so that one wave finds out both.
      const [session, product] = await Promise.all([
        asker.requireSession(),
        products.load(productId, productFieldsOf(info, ['product'])),
      ]);
      if (!product) {
        const message = 'No product is known by this id.';
        return { product, session, userErrors: [{ field: ['productId'], message, code: 'PRODUCT_NOT_FOUND' }] };
      }
      await views.record({ sessionId: session.id, userId: session.userId, productId, durationSeconds }, scope);
      return { product, session, userErrors: [] };
    },
  },
};
