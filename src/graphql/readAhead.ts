import type { GatewayContext } from './context.js';
import { feedQueryOf } from './feedSelection.js';
import { argumentsOf, selectionAt, type SelectionInfo } from './projection.js';

/** Starts on the feeds that are selected beneath a product beside the product itself: that saves a round trip. */
export function readFeedsAhead(productId: string, context: GatewayContext, info: SelectionInfo): void {
  const selection = selectionAt(info, []);
  for (const feed of ['similar', 'frequentlyBoughtTogether'] as const)
    for (const node of selection.get(feed) ?? []) {
      const beneath = { ...info, fieldNodes: [node] };
      context.feeds.readAhead(feedQueryOf(feed, productId, argumentsOf('Product', node, info), beneath));
    }
}
