import type { ReadScope } from './readScope.js';

/**
 * For a `catch`: takes the error of a key that holds another type for broken data, which is counted and worth no
 * failure. Any other error is thrown on.
 */
export const countedWrongType =
  (scope: ReadScope) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error && error.message.startsWith('WRONGTYPE'))) throw error;
    scope.addFault('WRONG_TYPE');
  };
