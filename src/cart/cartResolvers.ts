import type { GatewayContext } from '../graphql/context.js';
import type {
  CartLineResolvers,
  CartResolvers,
  QueryResolvers,
  SessionResolvers,
} from '../graphql/generated/resolvers.js';
import { isSelected, productFieldsNamed, productFieldsOf, type SelectionInfo } from '../graphql/projection.js';
import type { CartLine } from './cart.js';
import { cartMutations, type CartMutations } from './cartMutationResolvers.js';

const PRICE = productFieldsNamed('price');
const AVAILABILITY = productFieldsNamed('isAvailable');

/** The cart and its lines; `Cart.recommendations` belongs to the feeds. */
export const cartResolvers: {
  Query: Pick<QueryResolvers, 'cart'>;
  Session: Pick<SessionResolvers, 'cart'>;
  Cart: CartResolvers;
  CartLine: CartLineResolvers;
  Mutation: CartMutations;
} = {
  Query: {
    cart: (_parent, _args, context, info) => currentCart(context, info),
  },

  Session: {
    /** Other sessions of the user share its one cart; their own places are not shown. */
    cart: (session, _args, context, info) => (session.isCurrent ? currentCart(context, info) : null),
  },

  Cart: {
    lines: async (cart, _args, { carts }) => [...(await carts.lines(cart))],
  },

  CartLine: {
    product: ({ productId }, _args, { products }, info) => products.load(productId, productFieldsOf(info)),

    async currentUnitPrice(line, _args, context) {
      return (await productOf(line, PRICE, context))?.price ?? null;
    },

    async priceChanged(line, _args, context) {
      const now = (await productOf(line, PRICE, context))?.price;
      return now ? !sameAmount(now.amount, line.unitPrice.amount) : null;
    },

    async isAvailable(line, _args, context) {
      const product = await productOf(line, AVAILABILITY, context);
      return product ? product.isAvailable : null;
    },
  },

  Mutation: cartMutations,
};

const productOf = ({ productId }: CartLine, fields: number, { products }: GatewayContext) =>
  products.load(productId, fields);

/** Lines are read together with the cart where the query wants them or what is derived from them (R13). */
async function currentCart(context: GatewayContext, info: SelectionInfo) {
  context.cachePolicy.setPrivate();
  // The caller's next change shows at once.
  context.cachePolicy.limitTo(0);
  const withLines = isSelected(info, ['lines']) || isSelected(info, ['recommendations']);
  return (await context.carts.current({ withLines })) ?? null;
}

/** Amounts of any number of digits: `5` is `5.00`. */
function sameAmount(a: string, b: string): boolean {
  const plain = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  return plain(a) === plain(b);
}
