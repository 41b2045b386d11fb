const PRODUCT = '[A-Za-z0-9\\-_.:@]{1,128}';
const USER = '[A-Za-z0-9\\-_.@]{1,128}';
const SESSION = '[A-Za-z0-9_-]{1,128}';
const CART = `cart:${USER}:${SESSION}`;

/** Every key pattern of the two documents, and the gateway's own, as one may find them in Redis. */
const PATTERNS = [
  `session:${SESSION}`,
  `user_sessions:${USER}`,
  CART,
  `cart_items:\\{${CART}\\}:\\d+`,
  `cart_ops:\\{${CART}\\}`,
  `active_cart:${USER}`,
  `hot_product:${PRODUCT}`,
  `product:${PRODUCT}`,
  `category:${PRODUCT}`,
  `recent_views:${USER}`,
  'trending_products',
  `rec:user:${USER}:(personalized|session|history)`,
  `rec:session:${SESSION}(:viewed)?`,
  `rec:product:${PRODUCT}:(similar|frequently_bought)`,
  `rec:trending(:category:${PRODUCT})?`,
  'rec:(popular|new_arrivals|users_with_recs|last_update|stats)',
  `gateway:ended:\\{session:${SESSION}\\}`,
  `gateway:checked_out:${USER}:[\\w-]{22}`,
  `gateway:counted_views:\\{trending_products\\}:${SESSION}`,
  'gateway:rate_limit:(session|address):[\\w-]{22}',
].map((pattern) => new RegExp(`^${pattern}$`));

/** The keys that no document knows. */
export function undocumentedKeys(keys: readonly string[]): string[] {
  return keys.filter((key) => !PATTERNS.some((pattern) => pattern.test(key)));
}
