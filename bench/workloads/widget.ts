import type { Workload } from './workload.js';

/** A widget on any page: what is trending, for everybody the same. */
export const widget: Workload = {
  name: 'W',
  title: 'W, widget: 10 trending products, 4 fields',
  query: `query Widget {
  recommendations {
    trending(first: 10) { nodes { id name price { amount currencyCode } image } }
  }
}`,
  variety: 1,
  request: () => ({ floorPath: '/widget' }),
};
