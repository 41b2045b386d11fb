import { createServer, type IncomingMessage } from 'node:http';
import { Redis } from 'ioredis';
import { amountText } from './shopRules.js';

/**
 * The floor: the endpoint that a good engineer writes by hand for these three pages. No GraphQL, no framework; two
 * pipelines and one JSON.stringify a request, each product asked for once and only the fields that the page shows.
 *
 * It has a favour that no server with sessions has: a token tells its user and session (`tok-17` is u17's s17), as a
 * signed one would, so that the session, the cart and the feeds can be read in one pipeline. It still checks them.
 */
const redis = new Redis(process.env['REDIS_URL'] ?? '');

createServer((request, response) => {
  answer(request).then(
    (page) => {
      const body = page === undefined ? '{"error":"unknown page"}' : JSON.stringify({ data: page });
      response.writeHead(page === undefined ? 404 : 200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
}).listen(Number(process.env['PORT']), '127.0.0.1');

async function answer({ url = '', headers }: IncomingMessage): Promise<object | undefined> {
  if (url === '/home') return home(headers.authorization?.slice('Bearer tok-'.length) ?? '');
  if (url === '/widget') return widget();
  if (url.startsWith('/product/')) return productPage(url.slice('/product/'.length));
  return undefined;
}

const CARD = fieldLists(['name', 'price', 'image_url'], ['name', 'price', 'image']);
const TILE = fieldLists(
  ['name', 'price', 'image_url', 'stock', 'is_available'],
  ['name', 'price', 'image', 'stock', 'rating'],
);

async function home(number: string) {
  const user = `u${number}`;
  const session = `s${number}`;
  const cartKey = `cart:${user}:${session}`;
  const pipeline = redis.pipeline();
  pipeline.hmget(`session:tok-${number}`, 'session_id', 'user_id', 'device_type');
  pipeline.get(`active_cart:${user}`);
  pipeline.hmget(cartKey, 'cart_id', 'total_items', 'total_amount');
  pipeline.lrange(`cart_items:{${cartKey}}:1`, 0, -1);
  for (const key of [`rec:user:${user}:personalized`, 'rec:trending', 'rec:popular', 'rec:new_arrivals'])
    pipeline.zrevrange(key, 0, 19, 'WITHSCORES');
  const replies = await run(pipeline);
  const [sessionId, userId, deviceType] = replies[0] as string[];
  const [cartId, totalItems, totalAmount] = replies[2] as string[];
  if (sessionId !== session || userId !== user || replies[1] !== cartKey || cartId !== `{${cartKey}}:1`)
    throw new Error('a token that does not tell its session');
  const lines = (replies[3] as string[]).map((text) => JSON.parse(text) as Line);
  const feeds = replies.slice(4) as string[][];

  const tiles = new Set<string>();
  for (const feed of feeds) for (let index = 0; index < feed.length; index += 2) tiles.add(feed[index]!);
  const cards = new Set<string>();
  for (const { item_id: id } of lines) if (!tiles.has(id)) cards.add(id);
  const products = redis.pipeline();
  ask(products, tiles, TILE);
  ask(products, cards, CARD);
  const hashes = (await run(products)) as Hash[];
  const tileById = new Map<string, Tile>();
  let next = 0;
  for (const id of tiles) tileById.set(id, tileOf(id, hashes[next++]!, hashes[next++]!));
  const cardById = new Map<string, Card>();
  for (const id of cards) cardById.set(id, cardOf(id, hashes[next++]!, hashes[next++]!));

  const connection = (feed: string[]) => {
    const edges: { score: number; node: Tile }[] = [];
    for (let index = 0; index < feed.length; index += 2)
      edges.push({ score: Number(feed[index + 1]), node: tileById.get(feed[index]!)! });
    return { edges };
  };
  return {
    session: { id: session, userId, deviceType },
    cart: {
      totalItems: Number(totalItems),
      totalAmount: euros(amountText(totalAmount!)),
      lines: lines.map((line) => ({
        productId: line.item_id,
        quantity: line.quantity,
        unitPrice: euros(line.price.toFixed(2)),
        amount: euros((line.price * line.quantity).toFixed(2)),
        product: cardById.get(line.item_id) ?? asCard(tileById.get(line.item_id)!),
      })),
    },
    recommendations: {
      personalized: connection(feeds[0]!),
      trending: connection(feeds[1]!),
      popular: connection(feeds[2]!),
      newArrivals: connection(feeds[3]!),
    },
  };
}

async function widget() {
  const ids = await redis.zrevrange('rec:trending', 0, 9);
  const products = redis.pipeline();
  ask(products, ids, CARD);
  const hashes = (await run(products)) as Hash[];
  const nodes = ids.map((id, index) => cardOf(id, hashes[2 * index]!, hashes[2 * index + 1]!));
  return { recommendations: { trending: { nodes } } };
}

async function productPage(id: string) {
  const pipeline = redis.pipeline();
  ask(pipeline, [id], TILE);
  pipeline.zrevrange(`rec:product:${id}:similar`, 0, 11);
  pipeline.zrevrange(`rec:product:${id}:frequently_bought`, 0, 11);
  const [hot, catalogue, similar, bought] = (await run(pipeline)) as [Hash, Hash, string[], string[]];
  const ids = new Set([...similar, ...bought]);
  const products = redis.pipeline();
  ask(products, ids, CARD);
  const hashes = (await run(products)) as Hash[];
  const cardById = new Map<string, Card>();
  let next = 0;
  for (const other of ids) cardById.set(other, cardOf(other, hashes[next++]!, hashes[next++]!));
  return {
    product: {
      ...tileOf(id, hot, catalogue),
      similar: { nodes: similar.map((other) => cardById.get(other)) },
      frequentlyBoughtTogether: { nodes: bought.map((other) => cardById.get(other)) },
    },
  };
}

interface Line {
  item_id: string;
  quantity: number;
  price: number;
}

interface Money {
  amount: string;
  currencyCode: string;
}

interface Card {
  id: string;
  name: string | null;
  price: Money;
  image: string | null;
}

interface Tile extends Card {
  rating: number;
  isAvailable: boolean;
}

type Hash = (string | null)[];
type Pipeline = ReturnType<Redis['pipeline']>;

function fieldLists(hot: string[], catalogue: string[]) {
  return { hot, catalogue };
}

function ask(pipeline: Pipeline, ids: Iterable<string>, fields: typeof CARD): void {
  for (const id of ids) {
    pipeline.hmget(`hot_product:${id}`, ...fields.hot);
    pipeline.hmget(`product:${id}`, ...fields.catalogue);
  }
}

async function run(pipeline: Pipeline): Promise<unknown[]> {
  const replies = (await pipeline.exec())!;
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

function cardOf(id: string, hot: Hash, catalogue: Hash): Card {
  return {
    id,
    name: hot[0] ?? catalogue[0]!,
    price: euros(amountText((hot[1] ?? catalogue[1])!)),
    image: hot[2] ?? catalogue[2]!,
  };
}

function tileOf(id: string, hot: Hash, catalogue: Hash): Tile {
  return {
    id,
    name: hot[0] ?? catalogue[0]!,
    price: euros(amountText((hot[1] ?? catalogue[1])!)),
    image: hot[2] ?? catalogue[2]!,
    rating: Number(catalogue[4]),
    isAvailable: typeof hot[4] === 'string' ? hot[4] === 'true' : Number(hot[3] ?? catalogue[3]) > 0,
  };
}

const asCard = ({ id, name, price, image }: Tile): Card => ({ id, name, price, image });

const euros = (amount: string): Money => ({ amount, currencyCode: 'EUR' });
