import { badUserInput } from '../errors.js';

/**
 * Which texts may go into a key (keyspace.md R12). Anything else could name another key: session id `S:viewed`
 * would be S's viewed list.
 */
const PRODUCT_ID = /^[A-Za-z0-9\-_.:@]{1,128}$/;
const USER_ID = /^[A-Za-z0-9\-_.@]{1,128}$/;
const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/;

export const isProductId = (text: string): boolean => PRODUCT_ID.test(text);
export const isCategoryId = isProductId;
export const isUserId = (text: string): boolean => USER_ID.test(text);
export const isSessionId = (text: string): boolean => SESSION_ID.test(text);
export const isToken = isSessionId;

/** @throws BAD_USER_INPUT unless `text` is a product id. `argument` names it in the message. */
export function requireProductId(text: string, argument: string): string {
  return require(isProductId(text), text, argument, "1 to 128 letters, digits or any of '-_.:@'");
}

/** @throws BAD_USER_INPUT unless `text` is a category id. */
export const requireCategoryId = requireProductId;

/** @throws BAD_USER_INPUT unless `text` is a user id, other than the guest word (R3). */
export function requireUserId(text: string, argument: string, guestSegment: string): string {
  return require(isUserId(text) && text !== guestSegment, text, argument, "1 to 128 letters, digits or any of '-_.@'");
}

/** @throws BAD_USER_INPUT unless `text` is a session id. */
export function requireSessionId(text: string, argument: string): string {
  return require(isSessionId(text), text, argument, "1 to 128 letters, digits, '-' or '_'");
}

function require(isValid: boolean, text: string, argument: string, rule: string): string {
  // The text itself stays out of the message: it may be a token, or 2 MB long.
  if (!isValid) throw badUserInput(`"${argument}" is malformed: it must be ${rule}.`);
  return text;
}
