import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** `/`: Apollo Sandbox, from Apollo's servers. `/explorer`: GraphiQL, wholly from this process, without internet. */
export function addExplorers(app: FastifyInstance): void {
  app.get('/', async (_request, reply) => sendPage(reply, SANDBOX_PAGE, SANDBOX_POLICY));

  let page: Promise<{ html: string; policy: string }> | undefined;
  app.get('/explorer', async (_request, reply) => {
    page ??= graphiqlPage();
    const { html, policy } = await page;
    return sendPage(reply, html, policy);
  });
}

function sendPage(reply: FastifyReply, html: string, policy: string): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

const SANDBOX_HOST = 'https://embeddable-sandbox.cdn.apollographql.com';

// The page sends the requests that the embedded frame asks for, so they come from this origin and need no CORS.
const SANDBOX_SCRIPT = `new window.EmbeddedSandbox({
  target: '#sandbox',
  initialEndpoint: new URL('/graphql', location.href).href,
  initialState: { document: '{ recommendations { trending(first: 5) { source nodes { id name price { amount currencyCode } } } } }' },
});`;

const SANDBOX_STYLE = 'html, body, #sandbox { height: 100%; margin: 0; } iframe { border: 0; }';

const SANDBOX_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Apollo Sandbox</title>
    <style>${SANDBOX_STYLE}</style>
  </head>
  <body>
    <noscript>Apollo Sandbox needs JavaScript.</noscript>
    <div id="sandbox"></div>
    <script src="${SANDBOX_HOST}/_latest/embeddable-sandbox.umd.production.min.js"></script>
    <script>${SANDBOX_SCRIPT}</script>
  </body>
</html>
`;

const SANDBOX_POLICY = [
  "default-src 'none'",
  `script-src ${SANDBOX_HOST} ${hashSource(SANDBOX_SCRIPT)}`,
  // The embed sizes its frame by inline styles.
  "style-src 'unsafe-inline'",
  'frame-src https://sandbox.embed.apollographql.com',
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Nine megabytes of editor, so it is loaded and hashed when somebody first asks for it. */
async function graphiqlPage(): Promise<{ html: string; policy: string }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'GraphiQL',
    endpoint: '/graphql',
    defaultQuery: '{\n  recommendations {\n    trending(first: 5) { source nodes { id name } }\n  }\n}\n',
  });
  const begin = html.indexOf('<script>') + '<script>'.length;
  const script = html.slice(begin, html.indexOf('</script>', begin));
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)} blob:`,
    // The editor's language services run in workers that the page makes from its own text.
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

function hashSource(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
