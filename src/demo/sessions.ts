import type { Catalogue } from './catalogue.js';
import { drawViews, type DemoUser, type ProductView, type ShelfDraw } from './customers.js';
import type { Random } from './random.js';

export interface DemoSession {
  token: string;
  id: string;
  /** Null for a guest. */
  userId: string | null;
  deviceType: string;
  /** Epoch seconds. */
  createdAt: number;
  lastActivityAt: number;
  /** What was viewed in this session, newest first. */
  views: ProductView[];
  /** Whether the session-based feed has been computed; a guest without one meets the cold start. */
  hasFeed: boolean;
}

/** One session for two users in three, a second device for some of them, and `guestCount` guests. `now` in epoch seconds. */
export function generateSessions(
  random: Random,
  catalogue: Catalogue,
  users: readonly DemoUser[],
  shelf: ShelfDraw,
  now: number,
  guestCount: number,
): DemoSession[] {
  const begin = (userId: string | null, views: ProductView[], hasFeed: boolean): DemoSession => {
    const createdAt = now - random.integer(600, 80_000);
    return {
      token: random.text(32),
      id: `sess_${random.text(12)}`,
      userId,
      deviceType: random.pick(['web', 'web', 'ios', 'android']),
      createdAt,
      lastActivityAt: now - random.integer(10, 590),
      views: views.filter(({ at }) => at >= createdAt).slice(0, 20),
      hasFeed,
    };
  };
  const ofUsers = users
    .filter((_, index) => index % 3 !== 2)
    .flatMap(({ id, views }) => {
      const main = begin(id, views, views.length > 0);
      return random.chance(0.2) ? [main, begin(id, [], false)] : [main];
    });
  const ofGuests = Array.from({ length: guestCount }, (_, index) => {
    const views = drawViews(
      random,
      [random.pick(catalogue.categories).id],
      catalogue,
      shelf,
      now,
      random.integer(3, 9),
    );
    const session = begin(null, [], index % 2 === 1);
    return { ...session, views: views.map((view, age) => ({ ...view, at: session.lastActivityAt - age * 45 })) };
  });
  return [...ofUsers, ...ofGuests];
}
