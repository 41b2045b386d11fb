import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** An exact decimal as text, both ways. A JSON number is refused: it has been a binary float already. */
export const decimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: requireDecimal,
  parseValue: requireDecimal,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return requireDecimal(node.value);
    throw new GraphQLError('Decimal must be a string, such as "29.99".', { nodes: node });
  },
});

function requireDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value;
  throw new GraphQLError('Decimal must be a string of digits, such as "29.99".');
}
