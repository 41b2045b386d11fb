import type DataLoader from 'dataloader';
import type { Redis } from 'ioredis';
import { amountText, type ProductView } from './shopRules.js';

/** What the peers' resolvers reach; one a request. */
export interface PeerContext {
  readonly redis: Redis;
  readonly products: DataLoader<string, ProductView | null>;
  /** How this peer reads a hash: all of it, or the fields that are needed. */
  readonly readHash: ReadHash;
  /** The caller's session, read once a request. */
  readonly session: () => Promise<SessionView | null>;
}

export type ReadHash = (key: string, fields: readonly string[]) => Promise<Readonly<Record<string, string | null>>>;

interface SessionView {
  id: string;
  userId: string;
  deviceType: string | null;
}

/** The part of the gateway's schema that the workloads use, with the same names and nullability. */
export const typeDefs = /* GraphQL */ `
  type Query {
    session: Session
    cart: Cart
    product(id: ID!): Product
    recommendations: Recommendations!
  }
  type Session {
    id: ID!
    userId: ID
    deviceType: String
  }
  type Cart {
    totalItems: Int!
    totalAmount: Money!
    lines: [CartLine!]
  }
  type CartLine {
    productId: ID!
    quantity: Int!
    unitPrice: Money!
    amount: Money!
    product: Product
  }
  type Money {
    amount: String!
    currencyCode: String!
  }
  type Product {
    id: ID!
    name: String
    price: Money
    image: String
    rating: Float
    stock: Int
    isAvailable: Boolean
    similar(first: Int = 10): RecommendationConnection
    frequentlyBoughtTogether(first: Int = 10): RecommendationConnection
  }
  type Recommendations {
    personalized(first: Int = 10): RecommendationConnection
    trending(first: Int = 10): RecommendationConnection
    popular(first: Int = 10): RecommendationConnection
    newArrivals(first: Int = 10): RecommendationConnection
  }
  type RecommendationConnection {
    edges: [RecommendationEdge!]!
    nodes: [Product!]!
  }
  type RecommendationEdge {
    score: Float
    node: Product!
  }
`;

interface Edge {
  score: number;
  productId: string;
}

interface Connection {
  edges: Edge[];
}

interface Line {
  item_id: string;
  quantity: number;
  price: number;
}

interface CartView {
  id: string;
  totalItems: number;
  totalAmount: { amount: string; currencyCode: string };
}

type FeedArgs = { first: number };

/** Written as the libraries' guides write resolvers: one a field that needs work, products through the loader. */
export const resolvers = {
  Query: {
    session: (_root: unknown, _args: unknown, context: PeerContext) => context.session(),
    cart: (_root: unknown, _args: unknown, context: PeerContext) => cartOf(context),
    product: (_root: unknown, { id }: { id: string }, context: PeerContext) => context.products.load(id),
    recommendations: () => ({}),
  },
  Cart: {
    lines: async ({ id }: CartView, _args: unknown, { redis }: PeerContext) =>
      (await redis.lrange(`cart_items:${id}`, 0, -1)).map((text) => JSON.parse(text) as Line),
  },
  CartLine: {
    productId: (line: Line) => line.item_id,
    unitPrice: (line: Line) => euros(line.price),
    amount: (line: Line) => euros(line.price * line.quantity),
    product: (line: Line, _args: unknown, { products }: PeerContext) => products.load(line.item_id),
  },
  Product: {
    similar: ({ id }: ProductView, { first }: FeedArgs, { redis }: PeerContext) =>
      feed(redis, `rec:product:${id}:similar`, first),
    frequentlyBoughtTogether: ({ id }: ProductView, { first }: FeedArgs, { redis }: PeerContext) =>
      feed(redis, `rec:product:${id}:frequently_bought`, first),
  },
  Recommendations: {
    async personalized(_parent: unknown, { first }: FeedArgs, { redis, session }: PeerContext) {
      const caller = await session();
      return caller && feed(redis, `rec:user:${caller.userId}:personalized`, first);
    },
    trending: (_parent: unknown, { first }: FeedArgs, { redis }: PeerContext) => feed(redis, 'rec:trending', first),
    popular: (_parent: unknown, { first }: FeedArgs, { redis }: PeerContext) => feed(redis, 'rec:popular', first),
    newArrivals: (_parent: unknown, { first }: FeedArgs, { redis }: PeerContext) =>
      feed(redis, 'rec:new_arrivals', first),
  },
  RecommendationConnection: {
    nodes: ({ edges }: Connection, _args: unknown, { products }: PeerContext) =>
      edges.map(({ productId }) => products.load(productId)),
  },
  RecommendationEdge: {
    node: ({ productId }: Edge, _args: unknown, { products }: PeerContext) => products.load(productId),
  },
};

const SESSION_FIELDS = ['session_id', 'user_id', 'device_type'];
const CART_FIELDS = ['cart_id', 'total_items', 'total_amount'];

/** Reads the session that a request's `Authorization` header names, at most once. */
export function sessionReader(authorization: string | undefined, readHash: ReadHash): PeerContext['session'] {
  let session: Promise<SessionView | null> | undefined;
  const read = async (): Promise<SessionView | null> => {
    const token = authorization?.replace('Bearer ', '');
    if (!token) return null;
    const fields = await readHash(`session:${token}`, SESSION_FIELDS);
    const { session_id: id, user_id: userId, device_type: deviceType } = fields;
    return id && userId ? { id, userId, deviceType: deviceType ?? null } : null;
  };
  return () => (session ??= read());
}

async function cartOf({ redis, session, readHash }: PeerContext): Promise<CartView | null> {
  const caller = await session();
  const cartKey = caller && (await redis.get(`active_cart:${caller.userId}`));
  if (!cartKey) return null;
  const cart = await readHash(cartKey, CART_FIELDS);
  const totalAmount = { amount: amountText(cart['total_amount'] ?? '0'), currencyCode: 'EUR' };
  return { id: cart['cart_id'] ?? '', totalItems: Number(cart['total_items']), totalAmount };
}

async function feed(redis: Redis, key: string, first: number): Promise<Connection> {
  const members = await redis.zrevrange(key, 0, first - 1, 'WITHSCORES');
  const edges: Edge[] = [];
  for (let index = 0; index < members.length; index += 2)
    edges.push({ productId: members[index]!, score: Number(members[index + 1]) });
  return { edges };
}

const euros = (amount: number) => ({ amount: amount.toFixed(2), currencyCode: 'EUR' });
