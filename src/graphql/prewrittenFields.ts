import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNamedType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  isListType,
  isNonNullType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { GatewayContext } from './context.js';
import { mergedFields } from './mergedFields.js';
import { standFor } from './projection.js';
import { ValueWriters, type ValueWriter } from './valueWriters.js';

/** A field's twin that answers JSON text. Only rewritten documents have it; no client can name it. */
const TWIN = '__text';
/** What is written out, from the inside to the outside: a page's text is made of its products' texts. */
const WRITTEN_TYPES = ['Product', 'RecommendationConnection'] as const;
/** What asks Redis, or may fail, beneath a product: one with any of these is resolved field by field. */
const RESOLVED_FIELDS: ReadonlySet<string> = new Set(['category', 'similar', 'frequentlyBoughtTogether']);

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/** How one field of a document is written out. */
interface Plan {
  /** The field that its own resolver sees, as `info` has it. */
  readonly fieldNodes: readonly [FieldNode];
  readonly write: ValueWriter;
}

/**
 * Lets products and feeds be written once and sent often. A product is the same object for every request until its
 * data change, and so is the page of a public feed; so their JSON is too. Such a field becomes a leaf that holds text:
 * the executor neither walks a feed's twenty edges nor stringifies them again.
 */
export class PrewrittenFields {
  /** The API's schema with a twin beside every field that answers a product or a feed. */
  readonly schema: GraphQLSchema;
  readonly #plans = new WeakMap<FieldNode, Plan>();
  readonly #writers: ValueWriters;

  constructor(apiSchema: GraphQLSchema) {
    this.schema = this.#withTwins(apiSchema);
    this.#writers = new ValueWriters(this.schema, (field) => this.#plans.get(field)?.fieldNodes[0] ?? field);
  }

  /** The document with twins wherever all that is selected beneath is at hand with the value. */
  rewrite(document: DocumentNode, operationName: string | undefined): DocumentNode {
    let rewritten = document;
    for (const type of WRITTEN_TYPES) rewritten = this.#rewriteType(type, rewritten, operationName);
    return rewritten;
  }

  #rewriteType(type: string, document: DocumentNode, operationName: string | undefined): DocumentNode {
    const fragments = fragmentsOf(document);
    const merged = mergedFields(document, operationName);
    const typeInfo = new TypeInfo(this.schema);
    const enter = (node: FieldNode): FieldNode | undefined => {
      if (node.selectionSet === undefined || getNamedType(typeInfo.getType())?.name !== type) return undefined;
      if (merged.has(node) || !isAtHand(node.selectionSet, fragments)) return undefined;
      const write = this.#writers.writerFor(type, node.selectionSet, [...fragments.values()]);
      return write && this.#twinOf(node, write);
    };
    return visit(document, visitWithTypeInfo(typeInfo, { Field: { enter } }));
  }

  #twinOf(original: FieldNode, write: ValueWriter): FieldNode {
    const { selectionSet: _, ...field } = original;
    const twin: FieldNode = {
      ...field,
      alias: field.alias ?? field.name,
      name: { kind: Kind.NAME, value: field.name.value + TWIN },
    };
    this.#plans.set(twin, { fieldNodes: [original], write });
    standFor(twin, original);
    return twin;
  }

  #withTwins(schema: GraphQLSchema): GraphQLSchema {
    const text = new GraphQLScalarType({ name: 'JsonText', serialize: (value) => value });
    return mapSchema(schema, {
      [MapperKind.OBJECT_TYPE]: (type) => {
        const config = type.toConfig();
        for (const [name, field] of Object.entries(config.fields)) {
          if (!WRITTEN_TYPES.some((written) => written === getNamedType(field.type).name)) continue;
          const resolve = this.#twinResolver(name, field.resolve as Resolver | undefined);
          config.fields[name + TWIN] = { ...field, type: withLeaf(field.type, text), resolve };
        }
        return new GraphQLObjectType(config);
      },
    });
  }

  /** The field's own resolver sees the field as the client wrote it; what that answers goes out as text. */
  #twinResolver(name: string, resolve: Resolver | undefined): Resolver {
    return (source, args, context, info) => {
      const { fieldNodes, write } = this.#plans.get(info.fieldNodes[0]!)!;
      const value: unknown = resolve
        ? resolve(source, args, context, { ...info, fieldNodes })
        : (source as Readonly<Record<string, unknown>>)[name];
      return written(value, write);
    };
  }
}

/** The value as text: what it becomes later, and each of a list, by itself. */
function written(value: unknown, write: ValueWriter): unknown {
  if (value instanceof Promise) return value.then((later) => written(later, write));
  if (value === null || value === undefined || value instanceof Error) return value;
  if (!Array.isArray(value)) return write(value);
  return value.map((item: unknown) => written(item, write));
}

/** The type with another one in the place of its innermost. */
function withLeaf(type: GraphQLOutputType, leaf: GraphQLScalarType): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(withLeaf(type.ofType, leaf) as GraphQLScalarType);
  return isListType(type) ? new GraphQLList(withLeaf(type.ofType, leaf)) : leaf;
}

const fragmentsOf = (document: DocumentNode): Fragments =>
  new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );

/** Whether everything selected is at hand with the value: no condition, and nothing that asks Redis. */
function isAtHand(selectionSet: SelectionSetNode, fragments: Fragments): boolean {
  return selectionSet.selections.every((node) => {
    if ((node.directives?.length ?? 0) > 0) return false;
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return fragment !== undefined && isAtHand(fragment.selectionSet, fragments);
    }
    if (node.kind === Kind.FIELD && RESOLVED_FIELDS.has(node.name.value)) return false;
    return node.selectionSet === undefined || isAtHand(node.selectionSet, fragments);
  });
}
