import { createHmac, randomBytes } from 'node:crypto';

/** A new session's credential: 32 random bytes (R1). */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** A new session's id; it stands in keys and answers and opens nothing. */
export const newSessionId = (): string => `sess_${randomBytes(16).toString('base64url')}`;

/**
 * The token that a login gives in place of the guest's (R16). A repeat of the login derives the same one, and who
 * knows the guest's token alone cannot derive it.
 */
export const rotatedToken = (secret: string, token: string, userId: string): string =>
  createHmac('sha256', secret).update(`${token}\n${userId}`).digest('base64url');
