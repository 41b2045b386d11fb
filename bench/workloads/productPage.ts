import { benchShop, productId } from '../shopData.js';
import type { Workload } from './workload.js';

const PAGES = 1_000;

/** A product's page, another product each time: the product, 12 similar ones, 12 that are bought together with it. */
export const productPage: Workload = {
  name: 'P',
  title: 'P, product page: a product, 12 similar, 12 bought together',
  query: `query ProductPage($id: ID!) {
  product(id: $id) {
    id
    name
    price { amount currencyCode }
    image
    rating
    isAvailable
    similar(first: 12) { nodes { id name price { amount currencyCode } image } }
    frequentlyBoughtTogether(first: 12) { nodes { id name price { amount currencyCode } image } }
  }
}`,
  variety: PAGES,
  request(n) {
    // Spread over the whole catalogue; 7 shares no factor with it.
    const id = productId((n * 7) % benchShop.products);
    return { variables: { id }, floorPath: `/product/${id}` };
  },
};
