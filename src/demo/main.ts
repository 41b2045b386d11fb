import { Redis } from 'ioredis';
import { loadConfig } from '../config.js';
import { createServer } from '../server/createServer.js';
import { epochSeconds, keepFresh } from './keepFresh.js';
import { loadShop } from './load.js';
import { startPrivateRedis } from './privateRedis.js';
import { demoSettings } from './settings.js';
import { generateShop } from './shop.js';
import { welcomeText } from './welcome.js';
import { fakerWords } from './words.js';

const seed = 2_024;

/** What is to be undone at the end, the last begun first. */
const undo: (() => Promise<void> | void)[] = [];
let ending: Promise<void> | null = null;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0));
run().catch((error: unknown) => {
  // What failed because the demo was told to end in the middle of its start is no news.
  if (ending) return;
  console.error(`The demo could not start. ${explain(error)}`);
  void end(1);
});

/** Redis, data, gateway, and then the block that says how to use them. */
async function run(): Promise<void> {
  const redisUrl = process.env['REDIS_URL'] || (await ownRedis());
  const { env, serviceKey } = demoSettings(process.env, redisUrl);
  const config = loadConfig(env);
  const shop = generateShop(fakerWords(seed), seed, epochSeconds());

  const redis = await connect(redisUrl);
  await loadShop(redis, shop);
  const refresher = keepFresh(redis, shop, (error) =>
    console.error(`The demo's feeds were not refreshed: ${explain(error)}`),
  );
  undo.push(refresher.stop);

  const gateway = await createServer(config);
  undo.push(() => gateway.stop());
  const { url } = await gateway.start();
  const baseUrl = new URL(url).origin;
  if (!ending)
    console.log(welcomeText({ shop, baseUrl, redisUrl, serviceKey, secondsToReady: performance.now() / 1_000 }));
}

async function ownRedis(): Promise<string> {
  const redis = await startPrivateRedis();
  undo.push(() => redis.stop());
  return redis.url;
}

/** The demo's own connection, for the teams it stands in for; the gateway has another. Throws where Redis is away. */
async function connect(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 10_000,
    maxRetriesPerRequest: 1,
  });
  let lastError: unknown = new Error('no answer');
  redis.on('error', (error) => (lastError = error));
  undo.push(() => redis.disconnect());
  // `connect` itself only says that the connection was closed; why, the event before it said.
  await redis.connect().catch(() => {
    throw lastError;
  });
  return redis;
}

/** Undoes everything, once, and leaves with the given code. */
function end(exitCode: number): Promise<void> {
  ending ??= (async () => {
    let code = exitCode;
    for (const step of undo.toReversed()) {
      try {
        await step();
      } catch (error) {
        code = 1;
        console.error(`While ending the demo: ${explain(error)}`);
      }
    }
    process.exit(code);
  })();
  return ending;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Choose one: PORT=4001 npm run demo`;
  if (code === 'ECONNREFUSED')
    return `No Redis answers at REDIS_URL (${error.message}). Leave REDIS_URL out for a private one.`;
  return error.message;
}
