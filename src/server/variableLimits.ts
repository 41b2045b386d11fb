/** So many values may a request's variables hold, counted at every depth: a cart of a hundred lines has four hundred. */
export const MAX_VARIABLE_VALUES = 1_000;

/**
 * Whether variables hold more values than any operation can use. Each value that does not fit costs an error with a
 * message, so a long list of them would hold the process for a quarter of a second. Walks no stack: JSON may be
 * nested tens of thousands deep.
 */
export function hasTooManyValues(variables: unknown): boolean {
  const open = [variables];
  for (let seen = 0; seen < open.length; seen++) {
    const value = open[seen];
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value) as unknown[]) open.push(inner);
    if (open.length > MAX_VARIABLE_VALUES) return true;
  }
  return false;
}
