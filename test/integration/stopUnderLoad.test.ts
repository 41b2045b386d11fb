import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, type Build } from '../support/builtGateway.js';
import { graphql } from '../support/httpClient.js';
import { askRedis } from '../support/redisServer.js';
import { openOutage, PUBLIC, HOME, type Outage } from './outageSetup.js';

// SIGTERM (docs/architecture.md, When Redis does not answer): what was accepted is answered, nothing acknowledged is lost, exit 0 within the grace time.

const GRACE_MS = 5_000;
const CUSTOMERS = 24;

let built: Build;
let shop: Outage;

beforeAll(async () => {
  built = await build();
}, 60_000);

afterAll(() => built.remove());

beforeEach(async () => {
  shop = await openOutage(built, { env: { SHUTDOWN_GRACE_MS: String(GRACE_MS), LOG_LEVEL: 'debug' } });
});

it('answers under load all that it accepted, loses nothing that it acknowledged, and exits with 0', async () => {
  const customers = await Promise.all(Array.from({ length: CUSTOMERS }, () => Customer.arrive(shop.gateway.url)));
  const shopping = customers.map((customer) => customer.shopUntilRefused());
  const reading = Array.from({ length: 8 }, () => readUntilRefused(shop.gateway.url));
  await sleep(1_500);
  const acknowledgedBefore = sum(customers);
  const signalledAt = performance.now();
  shop.gateway.signal('SIGTERM');

  const code = await shop.gateway.exited;
  const tookMs = performance.now() - signalledAt;
  const refusals = await Promise.all([...shopping, ...reading]);
  console.info(
    `${sum(customers)} adds acknowledged, ${sum(customers) - acknowledgedBefore} of them after SIGTERM; ` +
      `ended after ${tookMs.toFixed(0)} ms`,
  );
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(GRACE_MS);
  // Every connection that was accepted was answered: all that clients met is that no new one is accepted.
  expect(new Set(refusals)).toEqual(new Set(['ECONNREFUSED']));
  expect(acknowledgedBefore).toBeGreaterThan(CUSTOMERS);
  for (const customer of customers)
    expect(await askRedis(shop.redis, 'HGET', `cart:guest:${customer.sessionId}`, 'total_items')).toBe(
      String(customer.acknowledged),
    );
  await shop.stop();
});

it('ends within a second although clients keep idle connections open', async () => {
  const port = Number(new URL(shop.gateway.url).port);
  const idle = await Promise.all(
    Array.from({ length: 20 }, async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.resume().write('GET /healthz HTTP/1.1\r\nhost: shop\r\n\r\n');
      await once(socket, 'data');
      return socket;
    }),
  );
  const closed = Promise.all(idle.map((socket) => once(socket, 'close')));
  const signalledAt = performance.now();
  shop.gateway.signal('SIGTERM');

  expect(await shop.gateway.exited).toBe(0);
  expect(performance.now() - signalledAt).toBeLessThan(1_000);
  await closed;
  await shop.stop();
});

it('ends in good order while Redis hangs', async () => {
  await shop.redis.kill('SIGSTOP');
  const answer = shop.ask(HOME);
  await sleep(100);
  const signalledAt = performance.now();
  shop.gateway.signal('SIGTERM');

  expect((await answer).codes).toContain('UPSTREAM_UNAVAILABLE');
  expect(await shop.gateway.exited).toBe(0);
  expect(performance.now() - signalledAt).toBeLessThan(2_500);
  await shop.stop();
});

it('ends at once on a second signal', async () => {
  shop.proxy.freeze(true);
  // Its answer is still a while off; the client hears that the connection is gone.
  const answer = shop.ask(HOME).catch((error: NodeJS.ErrnoException) => error.code);
  await sleep(100);
  shop.gateway.signal('SIGTERM');
  await sleep(50);
  const signalledAt = performance.now();
  shop.gateway.signal('SIGINT');

  expect(await shop.gateway.exited).toBe(1);
  expect(performance.now() - signalledAt).toBeLessThan(300);
  expect(await answer).toBe('ECONNRESET');
  await shop.proxy.stop();
  await shop.redis.stop();
});

/** A guest who puts one lamp after the other into the cart. */
class Customer {
  acknowledged = 0;

  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly sessionId: string,
  ) {}

  static async arrive(url: string): Promise<Customer> {
    const { body } = await graphql<{ sessionStart: { token: string; session: { id: string } } }>(`${url}/graphql`, {
      query: 'mutation { sessionStart { token session { id } } }',
    });
    const { token, session } = body.data!.sessionStart;
    return new Customer(url, token, session.id);
  }

  /** Answers the code of the error that ended it. */
  async shopUntilRefused(): Promise<string | undefined> {
    const query =
      'mutation { cartLinesAdd(input: { lines: [{ productId: "p1" }] }) { cart { totalItems } userErrors { code } } }';
    const headers = { authorization: `Bearer ${this.token}` };
    for (;;) {
      try {
        const { body } = await graphql<{ cartLinesAdd: { userErrors: unknown[] } }>(`${this.url}/graphql`, {
          query,
          headers,
        });
        if (body.errors !== undefined) return JSON.stringify(body.errors);
        if (body.data!.cartLinesAdd.userErrors.length > 0) return JSON.stringify(body.data);
        this.acknowledged++;
        await sleep(10);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    }
  }
}

async function readUntilRefused(url: string): Promise<string | undefined> {
  for (;;) {
    try {
      const { body } = await graphql(`${url}/graphql`, PUBLIC);
      if (body.errors !== undefined) return JSON.stringify(body.errors);
      await sleep(10);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }
}

const sum = (customers: readonly Customer[]): number =>
  customers.reduce((total, { acknowledged }) => total + acknowledged, 0);
