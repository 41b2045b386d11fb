import { readFileSync } from 'node:fs';
import { feedRules, type Audience, type FeedRule } from '../../src/feed/feedRules.js';
import type { FeedName } from '../../src/feed/feed.js';

/** One line a rule, as the table of the documents would write it. */
const line = ({ places, category, user, onlyToFill, isOwn, reason }: FeedRule): string =>
  [
    isOwn ? 'own:' : '',
    onlyToFill ? 'to fill:' : '',
    user === 'new' ? 'new user:' : user === 'notNew' ? 'other user:' : '',
    places.map((group) => group.map(({ place }) => place).join('+')).join(', '),
    category ? `of ${category.join(' or ')}` : '',
    reason && reason !== 'NO_DATA' ? `(${reason})` : '',
  ]
    .filter(Boolean)
    .join(' ');
const table = (feed: FeedName, audience: Audience) => feedRules[feed][audience].map(line);

describe('the table of fallback rules', () => {
  const category = 'categoryTrendingById, categoryTrendingBySlug';
  const trending = 'trending, trendingProducts';

  it.each<[FeedName, Audience, string[]]>([
    [
      'personalized',
      'user',
      [
        'own: userPersonalized',
        'new user: popular+newArrivals (NEW_USER)',
        `other user: ${trending}`,
        'other user: popular',
      ],
    ],
    [
      'personalized',
      'guest',
      ['own: session', `${category} of argument or lastViewed (COLD_START)`, 'popular+newArrivals (COLD_START)'],
    ],
    [
      'personalized',
      'nobody',
      [`${category} of argument or lastViewed (COLD_START)`, 'popular+newArrivals (COLD_START)'],
    ],
    ['sessionBased', 'user', ['own: userSession, session', `${category} of lastViewed`, trending, 'popular']],
    ['similar', 'nobody', ['own: similar', `${category} of product`, trending, 'popular']],
    [
      'frequentlyBoughtTogether',
      'nobody',
      ['own: frequentlyBought', 'to fill: similar', `to fill: ${category} of product`],
    ],
    ['trending', 'nobody', [`own: ${trending}`, 'popular']],
    ['categoryTrending', 'nobody', [`own: ${category} of argument`, trending, 'popular']],
    ['popular', 'nobody', ['own: popular', trending]],
    ['newArrivals', 'nobody', ['own: newArrivals', 'to fill: popular']],
    ['recentlyViewed', 'user', ['own: recentlyViewed']],
    [
      'cart',
      'user',
      [
        'own: boughtWithCart',
        'userPersonalized',
        'new user: popular+newArrivals (NEW_USER)',
        `other user: ${trending}`,
        'other user: popular',
      ],
    ],
  ])('reads for %s and a %s as the document does', (feed, audience, expected) => {
    expect(table(feed, audience)).toEqual(expected);
  });

  it('is the same for everybody where a feed depends on nobody', () => {
    for (const feed of [
      'similar',
      'frequentlyBoughtTogether',
      'trending',
      'categoryTrending',
      'popular',
      'newArrivals',
    ] as const)
      expect([feedRules[feed].user, feedRules[feed].guest]).toEqual([feedRules[feed].nobody, feedRules[feed].nobody]);
  });

  it('fits into a cursor', () => {
    for (const rules of Object.values(feedRules).flatMap((audiences) => Object.values(audiences))) {
      expect(rules.length).toBeLessThanOrEqual(20);
      expect(rules.reduce((count, { places }) => count + places.length, 0)).toBeLessThanOrEqual(10);
    }
  });

  it('knows neither Redis nor GraphQL, nor do the parts that run it', () => {
    for (const file of ['feedRules', 'resolveFeed', 'pageBuilder', 'memberStream', 'feedPorts', 'feedRequest']) {
      const source = readFileSync(`src/feed/${file}.ts`, 'utf8');
      expect([file, /from '.*(redis|graphql|ioredis).*'/.test(source)]).toEqual([file, false]);
    }
  });
});
