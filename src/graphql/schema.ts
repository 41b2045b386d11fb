import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { GraphQLCurrency, GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { cartResolvers } from '../cart/cartResolvers.js';
import { feedResolvers } from '../feed/feedResolvers.js';
import { viewResolvers } from '../feed/viewResolvers.js';
import { productResolvers } from '../product/productResolvers.js';
import { sessionResolvers } from '../session/sessionResolvers.js';
import { decimalScalar } from './decimalScalar.js';

/** The API: the SDL files of `schema/` with the features' resolvers. Built once at start. */
export function buildSchema(): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: schemaTexts(),
    resolvers: [scalars, productResolvers, feedResolvers, viewResolvers, sessionResolvers, cartResolvers],
    // A resolver for a field that the SDL does not have is a mistake to hear of at start.
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}

/** `schema/` lies at the package's root, two folders up from here in `src/` and in `dist/`. */
function schemaTexts(): string[] {
  const folder = new URL('../../schema/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return names.sort().map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

const scalars = {
  Decimal: decimalScalar,
  DateTime: trustedOutput(GraphQLDateTime, (value) => (value as Date).toISOString()),
  Currency: trustedOutput(GraphQLCurrency),
  URL: trustedOutput(GraphQLURL),
};

/**
 * The scalar with its checks of input and none of output. What goes out was checked where it was decoded; to parse
 * each of a page's eighty image addresses once more takes a quarter of the whole request.
 */
function trustedOutput(scalar: GraphQLScalarType, serialize = (value: unknown) => value): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), serialize });
}
