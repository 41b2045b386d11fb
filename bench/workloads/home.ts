import { token, USERS } from '../shopData.js';
import type { Workload } from './workload.js';

/** The home page of a signed-in customer, another one each time: who it is, the cart, and four feeds of 20. */
export const home: Workload = {
  name: 'H',
  title: 'H, home page: session, cart, four feeds of 20 products',
  query: `query Home {
  session { id userId deviceType }
  cart {
    totalItems
    totalAmount { amount currencyCode }
    lines {
      productId
      quantity
      unitPrice { amount currencyCode }
      amount { amount currencyCode }
      product { id name price { amount currencyCode } image }
    }
  }
  recommendations {
    personalized(first: 20) { ...Feed }
    trending(first: 20) { ...Feed }
    popular(first: 20) { ...Feed }
    newArrivals(first: 20) { ...Feed }
  }
}
fragment Feed on RecommendationConnection {
  edges { score node { id name price { amount currencyCode } image rating isAvailable } }
}`,
  variety: USERS,
  request: (n) => ({ token: token(n), floorPath: '/home' }),
};
