/** GraphQL Yoga on node:http as its documentation shows it, DataLoader over HMGET. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { resolvers, sessionReader, typeDefs } from './peerSchema.js';
import { productsByFields, readHashFields } from './productLoaders.js';

const redis = new Redis(process.env.REDIS_URL);
const readHash = readHashFields(redis);

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  graphiql: false,
  landingPage: false,
  logging: false,
  context: ({ request }) => ({
    redis,
    readHash,
    products: productsByFields(redis),
    session: sessionReader(request.headers.get('authorization') ?? undefined, readHash),
  }),
});

createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1');
