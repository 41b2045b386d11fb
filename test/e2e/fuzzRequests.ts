import fc from 'fast-check';
import type { GraphqlRequest } from '../support/httpClient.js';

/** A session that lives, so that some of the requests get as far as writing. */
export const LIVE_TOKEN = 'tok-live-0123456789abcdef';

/** Texts as clients send them who mean no good, or do not know what they send. */
const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 200 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '0', '-1', '1e400'],
      ...[
        'guest',
        'S:viewed',
        '{a}',
        '}{',
        'a}b',
        '*',
        '?',
        '[a-z]',
        '..',
        '../..',
        '\r\nFLUSHALL\r\n',
        '$9\r\n',
        '\u0000',
      ],
      ...['prod_1', 'prod_2', 'cat_1', '5', '\ud800', '\u202e', 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(5_000)],
    ),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9_.:@-]{1,130}$/) },
);

const cursor = fc.oneof(
  hostileText,
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.json().map((json) => Buffer.from(json).toString('base64url')),
  fc
    .array(fc.oneof(hostileText, fc.integer()), { maxLength: 8 })
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
);

const wholeNumber = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, 100, 101, 999, 1e9, 2 ** 31, 2 ** 53, 1.5, 1e308));

/** Any JSON, with keys that some programs trip over. */
const anything = fc.oneof(
  hostileText,
  wholeNumber,
  fc.jsonValue({ maxDepth: 4 }),
  fc
    .constantFrom(
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '[[[[[[[[[[1]]]]]]]]]]',
      '{"lines":{"0":{"__proto__":{"polluted":true}}}}',
    )
    .map((json) => JSON.parse(json) as unknown),
);

const often = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: anything });

const FEED = '{ isFallback edges { cursor rank score node { id name } } pageInfo { endCursor hasNextPage } }';
const page = {
  first: often(wholeNumber),
  after: often(fc.option(cursor)),
  exclude: often(fc.array(hostileText, { maxLength: 5 })),
};
const PAGE_ARGUMENTS = 'first: $first, after: $after, exclude: $exclude';
const PAGE_VARIABLES = '$first: Int, $after: String, $exclude: [ID!]';
const writes = { idempotencyKey: often(hostileText), expectedVersion: often(fc.option(wholeNumber)) };

interface Template {
  readonly query: string;
  readonly variables: Readonly<Record<string, fc.Arbitrary<unknown>>>;
}

const TEMPLATES: readonly Template[] = [
  {
    query: 'query ($id: ID!) { product(id: $id) { id name price { amount } category { id name } } }',
    variables: { id: often(hostileText) },
  },
  {
    query: 'query ($ids: [ID!]!) { products(ids: $ids) { id stock } }',
    variables: { ids: often(fc.array(hostileText, { maxLength: 10 })) },
  },
  {
    query: `query ($id: ID!, ${PAGE_VARIABLES}) { category(id: $id) { name trending(${PAGE_ARGUMENTS}) ${FEED} } }`,
    variables: { id: often(hostileText), ...page },
  },
  {
    query: `query ($id: ID!, ${PAGE_VARIABLES}) { product(id: $id) { similar(${PAGE_ARGUMENTS}) ${FEED} frequentlyBoughtTogether(${PAGE_ARGUMENTS}) ${FEED} } }`,
    variables: { id: often(hostileText), ...page },
  },
  {
    query: `query ($id: ID, ${PAGE_VARIABLES}) { recommendations { trending(categoryId: $id, ${PAGE_ARGUMENTS}) ${FEED} personalized(categoryId: $id, ${PAGE_ARGUMENTS}) ${FEED} } }`,
    variables: { id: often(hostileText), ...page },
  },
  {
    query: `query (${PAGE_VARIABLES}) { recommendations(distinct: true) { popular(${PAGE_ARGUMENTS}) ${FEED} recentlyViewed(${PAGE_ARGUMENTS}) ${FEED} sessionBased(${PAGE_ARGUMENTS}) ${FEED} } }`,
    variables: page,
  },
  {
    query:
      'query ($id: ID) { recommendations(userId: $id) { id } session { id otherSessions { id } } cart { id lines { id quantity } } }',
    variables: { id: often(fc.option(hostileText)) },
  },
  {
    query: 'mutation ($input: SessionStartInput) { sessionStart(input: $input) { token userErrors { code } } }',
    variables: { input: often(fc.record({ deviceType: often(hostileText) })) },
  },
  {
    query: 'mutation ($input: SessionEndInput) { sessionEnd(input: $input) { endedSessionIds } }',
    variables: { input: often(fc.record({ sessionId: often(hostileText) })) },
  },
  {
    query: 'mutation ($input: SessionIdentifyInput!) { sessionIdentify(input: $input) { token } }',
    variables: { input: often(fc.record({ token: often(hostileText), userId: often(hostileText) })) },
  },
  {
    query: 'mutation ($input: ProductViewRecordInput!) { productViewRecord(input: $input) { userErrors { code } } }',
    variables: { input: often(fc.record({ productId: often(hostileText), durationSeconds: often(wholeNumber) })) },
  },
  {
    query:
      'mutation ($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { totalItems } userErrors { field code } warnings { code } } }',
    variables: {
      input: often(
        fc.record(
          {
            ...writes,
            lines: often(
              fc.array(
                fc.record({
                  productId: often(hostileText),
                  variationId: often(hostileText),
                  quantity: often(wholeNumber),
                }),
                { maxLength: 4 },
              ),
            ),
          },
          { requiredKeys: ['lines'] },
        ),
      ),
    },
  },
  {
    query: 'mutation ($input: CartLinesUpdateInput!) { cartLinesUpdate(input: $input) { userErrors { code } } }',
    variables: {
      input: often(
        fc.record(
          {
            ...writes,
            lines: often(
              fc.array(fc.record({ lineId: often(hostileText), quantity: often(wholeNumber) }), { maxLength: 4 }),
            ),
          },
          { requiredKeys: ['lines'] },
        ),
      ),
    },
  },
  {
    query: 'mutation ($input: CartLinesRemoveInput!) { cartLinesRemove(input: $input) { userErrors { code } } }',
    variables: {
      input: often(
        fc.record(
          { ...writes, lineIds: often(fc.array(hostileText, { maxLength: 4 })) },
          { requiredKeys: ['lineIds'] },
        ),
      ),
    },
  },
  {
    query: 'mutation ($input: CartClearInput) { cartClear(input: $input) { userErrors { code } } }',
    variables: { input: often(fc.record(writes, { requiredKeys: [] })) },
  },
  {
    query: 'mutation ($input: CartConvertInput!) { cartConvert(input: $input) { userErrors { code } } }',
    variables: {
      input: often(
        fc.record({ cartId: often(hostileText), userId: often(hostileText), sessionId: often(hostileText) }),
      ),
    },
  },
];

/** Node sends only these characters in a header. */
const headerText = hostileText.map((text) => text.replace(/[^\x20-\x7e\x80-\xff]/g, ''));

const headers = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ authorization: `Bearer ${LIVE_TOKEN}` }) },
  { weight: 3, arbitrary: headerText.map((text) => ({ authorization: `Bearer ${text}` })) },
  { weight: 2, arbitrary: headerText.map((text) => ({ 'x-session-token': text })) },
  { weight: 1, arbitrary: headerText.map((text) => ({ authorization: text })) },
  { weight: 1, arbitrary: headerText.map((text) => ({ 'x-api-key': text })) },
  { weight: 2, arbitrary: fc.constant({}) },
);

/** One request: an operation of the API with whatever for its variables, from whomever. */
export const fuzzRequest: fc.Arbitrary<GraphqlRequest> = fc
  .constantFrom(...TEMPLATES)
  .chain(({ query, variables }) => fc.record({ query: fc.constant(query), variables: fc.record(variables), headers }));
