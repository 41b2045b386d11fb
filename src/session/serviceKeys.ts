import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServiceKey } from '../config.js';

/**
 * The service that a presented `x-api-key` belongs to, undefined where it is nobody's. All keys are compared, each in
 * constant time, so that the time taken tells nothing about them.
 */
export function matchServiceKey(serviceKeys: readonly ServiceKey[], presentedKey: string): ServiceKey | undefined {
  const digest = createHash('sha256').update(presentedKey).digest();
  let match: ServiceKey | undefined;
  for (const serviceKey of serviceKeys) {
    if (timingSafeEqual(digest, Buffer.from(serviceKey.sha256, 'hex'))) match = serviceKey;
  }
  return match;
}
