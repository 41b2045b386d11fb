import { presentText } from '../redis/decode.js';

/** A category as `category:{id}` knows it; name and slug are null where that key has expired (R9). */
export interface Category {
  readonly id: string;
  readonly name: string | null;
  readonly slug: string | null;
}

/** What the hash says, or null where there is no such category. */
export function decodeCategory(id: string, [idText, name, slug]: readonly (string | null)[]): Category | null {
  if (presentText(idText) === undefined) return null;
  return { id, name: presentText(name) ?? null, slug: presentText(slug) ?? null };
}
