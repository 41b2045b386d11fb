import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { keys } from '../../src/redis/keyspace.js';

/** How a cart's line is added by somebody who did not think of others, or of lost answers. */
export type NaiveAdd = (redis: Redis, cartKey: string, productId: string, quantity: number) => Promise<unknown>;

/** All of a user's sessions are one here. */
const SESSION = 'only';

/** Reads the cart, reckons, and writes all of it, in one transaction: what was added in between is overwritten. */
export const readModifyWrite: NaiveAdd = async (redis, cartKey, productId, quantity) => {
  const list = keys.cartItems(`{${cartKey}}:1`);
  const version = Number((await redis.hget(cartKey, 'version')) ?? 0);
  const lines = (await redis.lrange(list, 0, -1)).map((line) => JSON.parse(line) as Line);
  const present = lines.find(({ item_id }) => item_id === productId);
  if (present) present.quantity += quantity;
  else lines.push({ item_id: productId, quantity, price: 1 });
  const items = String(lines.reduce((sum, line) => sum + line.quantity, 0));
  const fields = { ...fieldsOf(cartKey), total_items: items, total_amount: items, version: String(version + 1) };
  const written = redis.multi().hset(cartKey, fields).expire(cartKey, 60).del(list);
  return written
    .rpush(list, ...lines.map((line) => JSON.stringify(line)))
    .expire(list, 60)
    .exec();
};

/** Counts up in one transaction, which nobody can come between; a lost connection makes ioredis send it again. */
export const countUpWithRetries: NaiveAdd = async (redis, cartKey, productId, quantity) => {
  const list = keys.cartItems(`{${cartKey}}:1`);
  const counted = redis.multi().hset(cartKey, fieldsOf(cartKey)).hincrby(cartKey, 'version', 1);
  counted.hincrby(cartKey, 'total_items', quantity).hincrby(cartKey, 'total_amount', quantity).expire(cartKey, 60);
  const line: Line = { item_id: productId, quantity, price: 1 };
  return counted.rpush(list, JSON.stringify(line)).expire(list, 60).exec();
};

interface Line {
  readonly item_id: string;
  quantity: number;
  readonly price: number;
}

interface Call {
  readonly operationName: string;
  readonly variables: { readonly input: Readonly<Record<string, unknown>> };
}

/** A shop that knows sessions and adds alone, by the API's names: the checker must find out what is wrong with it. */
export async function startNaiveShop(redisUrl: string, add: NaiveAdd) {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const users = new Map<string, string>();

  const answer = async ({ operationName, variables: { input } }: Call, token: string): Promise<unknown> => {
    if (operationName === 'sessionStart') return { token: randomUUID(), session: { id: SESSION }, userErrors: [] };
    if (operationName === 'sessionIdentify') {
      const { token: guestToken, userId } = input as { token: string; userId: string };
      users.set(guestToken, userId);
      return { token: guestToken, userErrors: [] };
    }
    const [line] = input['lines'] as [{ productId: string; quantity: number }];
    const cartKey = keys.cart(users.get(token)!, SESSION);
    await add(redis, cartKey, line.productId, line.quantity);
    return { cart: null, userErrors: [], replayed: false };
  };

  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => answer(JSON.parse(body) as Call, request.headers.authorization?.slice('Bearer '.length) ?? ''))
      .then(
        (result) => ({ data: { result } }),
        () => ({ errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] }),
      )
      .then((reply) => response.setHeader('content-type', 'application/json').end(JSON.stringify(reply)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      redis.disconnect();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const fieldsOf = (cartKey: string) => ({ cart_id: `{${cartKey}}:1`, status: 'active' });
