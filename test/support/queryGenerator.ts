import fc from 'fast-check';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

export interface GeneratedQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface GeneratorOptions {
  /** Fields never selected, as `Type.field` or `field`. */
  readonly without?: readonly string[];
  /** Values to choose from for arguments, by the argument's name or its type's. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
  readonly maxDepth?: number;
}

/** Queries over a schema, with aliases, variables, literals, `@skip`, `@include`, inline and named fragments. */
export function queriesOf(schema: GraphQLSchema, options: GeneratorOptions): fc.Arbitrary<GeneratedQuery> {
  // Each number is one choice, so a failing query shrinks to one with fewer and simpler choices.
  return fc.array(fc.nat(999), { minLength: 40, maxLength: 400 }).map((choices) => {
    const writer = new QueryWriter(options, choices);
    return writer.write(schema.getQueryType()!);
  });
}

class QueryWriter {
  #at = 0;
  #aliases = 0;
  readonly #variables: { name: string; type: string; value: unknown }[] = [];
  readonly #fragments: string[] = [];

  constructor(
    private readonly options: GeneratorOptions,
    private readonly choices: readonly number[],
  ) {}

  write(queryType: GraphQLObjectType): GeneratedQuery {
    const selection = this.#selection(queryType, this.options.maxDepth ?? 6);
    const definitions = this.#variables.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const query = `query Generated${definitions && `(${definitions})`} ${selection}\n${this.#fragments.join('\n')}`;
    const given = this.#variables.filter(({ value }) => value !== undefined);
    return { query, variables: Object.fromEntries(given.map(({ name, value }) => [name, value])) };
  }

  /** Out of choices it always takes the first, which ends the query soon. */
  #choose(count: number): number {
    const choice = this.choices[this.#at++] ?? 0;
    return choice % count;
  }

  #selection(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter((field) => this.#isAllowed(type, field, depth));
    const parts = [this.#choose(4) === 1 ? '__typename' : 'kind: __typename'];
    const count = fields.length === 0 ? 0 : 1 + this.#choose(4);
    for (let i = 0; i < count; i++) {
      const field = this.#field(fields[this.#choose(fields.length)]!, depth);
      parts.push(this.#wrapped(type, field));
    }
    return `{ ${parts.join(' ')} }`;
  }

  #isAllowed(type: GraphQLObjectType, { name, type: answer }: GraphQLField<unknown, unknown>, depth: number): boolean {
    const { without = [] } = this.options;
    if (without.includes(name) || without.includes(`${type.name}.${name}`)) return false;
    return depth > 1 || !isObjectType(getNamedType(answer));
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const selection = isObjectType(type) ? ` ${this.#selection(type, depth - 1)}` : '';
    const args = field.args.flatMap((argument) => this.#argument(argument)).join(', ');
    // A number of its own keeps two selections of one field from having to be merged, where they have arguments.
    const alias = args !== '' || this.#choose(4) === 1 ? `f${this.#aliases++}: ` : '';
    return `${alias}${field.name}${args && `(${args})`}${this.#directive()}${selection}`;
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): string[] {
    const isRequired = isNonNullType(type) && defaultValue === undefined;
    if (!isRequired && this.#choose(2) === 0) return [];
    const value = this.#value(name, type);
    if (this.#choose(2) === 0) return [`${name}: ${literal(value, type)}`];
    const variable = `v${this.#variables.length}`;
    const isLeftOut = !isRequired && this.#choose(5) === 1;
    this.#variables.push({ name: variable, type: String(type), value: isLeftOut ? undefined : value });
    return [`${name}: $${variable}`];
  }

  #value(name: string, type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#value(name, type.ofType);
    if (isListType(type)) return Array.from({ length: this.#choose(4) }, () => this.#value(name, type.ofType));
    if (isEnumType(type)) return type.getValues()[this.#choose(type.getValues().length)]!.name;
    if (isInputObjectType(type)) throw new Error(`no values for the input type ${type.name}`);
    const values = this.options.values[name] ?? this.options.values[type.name];
    if (!values) throw new Error(`no values for ${name}: ${type.name}`);
    return values[this.#choose(values.length)];
  }

  #directive(): string {
    const word = ['', '', '', '', '', '', ' @include', ' @skip'][this.#choose(8)]!;
    if (word === '') return '';
    const value = this.#choose(2) === 0;
    if (this.#choose(2) === 0) return `${word}(if: ${value})`;
    const variable = `v${this.#variables.length}`;
    this.#variables.push({ name: variable, type: 'Boolean!', value });
    return `${word}(if: $${variable})`;
  }

  #wrapped(type: GraphQLObjectType, field: string): string {
    const how = this.#choose(8);
    if (how === 5) return `...${this.#directive()} { ${field} }`;
    if (how === 6) return `... on ${type.name}${this.#directive()} { ${field} }`;
    if (how !== 7) return field;
    const name = `Part${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${field} }`);
    return `...${name}${this.#directive()}`;
  }
}

function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (isListType(type)) return `[${(value as unknown[]).map((item) => literal(item, type.ofType)).join(', ')}]`;
  return isEnumType(type) ? String(value) : JSON.stringify(value);
}
