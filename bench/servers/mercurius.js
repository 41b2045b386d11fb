/** Fastify with Mercurius, queries compiled at their first use as its documentation advises, DataLoader over HMGET. */
import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import mercurius from 'mercurius';
import { resolvers, sessionReader, typeDefs } from './peerSchema.js';
import { productsByFields, readHashFields } from './productLoaders.js';

const redis = new Redis(process.env.REDIS_URL);
const readHash = readHashFields(redis);

const app = fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  graphiql: false,
  context: (request) => ({
    redis,
    readHash,
    products: productsByFields(redis),
    session: sessionReader(request.headers.authorization, readHash),
  }),
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
