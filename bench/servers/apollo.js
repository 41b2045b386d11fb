/**
 * What people write first: Apollo Server on Express with its defaults, DataLoader over HGETALL.
 * Plain JavaScript like all peers, so that the gateway's own type check needs none of their packages.
 */
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { Redis } from 'ioredis';
import { resolvers, sessionReader, typeDefs } from './peerSchema.js';
import { readWholeHash, wholeProducts } from './productLoaders.js';

const redis = new Redis(process.env.REDIS_URL);
const readHash = readWholeHash(redis);
const server = new ApolloServer({ typeDefs, resolvers });
await server.start();

const context = async ({ req }) => ({
  redis,
  readHash,
  products: wholeProducts(redis),
  session: sessionReader(req.headers.authorization, readHash),
});

const app = express();
app.use('/graphql', express.json(), expressMiddleware(server, { context }));
app.listen(Number(process.env.PORT), '127.0.0.1');
