import { badUserInput } from '../errors.js';
import type { Resolvers } from '../graphql/generated/resolvers.js';
import { productFieldsOf, selectedNames } from '../graphql/projection.js';
import { requireCategoryId, requireProductId } from '../redis/ids.js';
import type { Product } from './product.js';
import { readFeedsAhead } from '../graphql/readAhead.js';

const MAX_PRODUCTS = 100;

export const productResolvers = {
  Query: {
    product(_parent, { id }, context, info) {
      requireProductId(id, 'id');
      readFeedsAhead(id, context, info);
      return context.products.load(id, productFieldsOf(info));
    },

    products(_parent, { ids }, context, info) {
      if (ids.length > MAX_PRODUCTS) throw badUserInput(`"ids" may name at most ${MAX_PRODUCTS} products.`);
      for (const id of ids) requireProductId(id, 'ids');
      const fields = productFieldsOf(info);
      // Each place has its own outcome, null among them, which the generated type cannot say of a list of promises.
      return ids.map((id) => context.products.load(id, fields) as Promise<Product>);
    },

    async category(_parent, { id }, context) {
      return context.categories.load(requireCategoryId(id, 'id'));
    },
  },

  Product: {
    /** The id is known without the category; what else is selected costs a look-up (R9). */
    category({ categoryId }, _args, context, info) {
      if (categoryId === null) return null;
      const unknown = { id: categoryId, name: null, slug: null };
      if (!selectedNames(info).some((name) => name === 'name' || name === 'slug')) return unknown;
      return context.categories.load(categoryId).then((category) => category ?? unknown);
    },
  },
} satisfies Resolvers;
