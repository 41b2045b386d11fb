import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNamedType,
  GraphQLObjectType,
  GraphQLScalarType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { GatewayContext } from './context.js';
import { mergedFields } from './mergedFields.js';
import { PageWriters, type PageWriter } from './pageWriters.js';
import { rememberClientField } from './projection.js';

const PAGE_TYPE = 'RecommendationConnection';
/** A field's twin that answers JSON text. Only rewritten documents have it; no client can name it. */
const TWIN = '__text';
/** The feeds whose pages may be everybody's, and so be sent more than once. */
const PUBLIC_FEEDS: ReadonlySet<string> = new Set([
  'trending',
  'popular',
  'newArrivals',
  'similar',
  'frequentlyBoughtTogether',
]);
/** Fields beneath a page that have resolvers, but need nothing beside the page. */
const DERIVED_FIELDS: ReadonlySet<string> = new Set(['pageInfo', 'cursor']);
/** Whoever asks for the schema must not see the twins. */
const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/** How one field of a document is written out. */
interface WrittenField {
  /** The field that its own resolver sees, as `info` has it. */
  readonly fieldNodes: readonly [FieldNode];
  readonly write: PageWriter;
}

/**
 * Lets the page of a public feed be written once and sent often. It is the same object for every request until Redis
 * announces a change (see FeedReader), so its JSON is the same too. Such a field becomes a leaf that holds text: the
 * executor neither walks the page's edges nor stringifies them again.
 */
export class PageTexts {
  /** The API's schema with a twin beside every field that answers such a page. */
  readonly schema: GraphQLSchema;
  readonly #written = new WeakMap<FieldNode, WrittenField>();
  readonly #writers: PageWriters;
  /** What asks Redis, or may fail, beneath a page: one with any of these is resolved field by field. */
  readonly #resolvedFields: ReadonlySet<string>;

  /** @param maxBytes the limit for all texts together */
  constructor(apiSchema: GraphQLSchema, maxBytes: number) {
    this.schema = this.#withTwins(apiSchema);
    const pageType = apiSchema.getType(PAGE_TYPE);
    this.#writers = new PageWriters(pageType, maxBytes);
    this.#resolvedFields = resolvedFieldsBeneath(pageType);
  }

  /**
   * The document with twins, to be executed by `schema`, wherever all that is selected beneath is at hand with the
   * page; undefined where there is no such place.
   */
  rewrite(document: DocumentNode, operationName: string | undefined): DocumentNode | undefined {
    const fragments: Fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
    const merged = mergedFields(document, operationName);
    const typeInfo = new TypeInfo(this.schema);
    let asksForSchema = false;
    const enter = (node: FieldNode): FieldNode | undefined => {
      if (INTROSPECTION.has(node.name.value)) asksForSchema = true;
      if (node.selectionSet === undefined || getNamedType(typeInfo.getType())?.name !== PAGE_TYPE) return undefined;
      if (!PUBLIC_FEEDS.has(node.name.value) || merged.has(node)) return undefined;
      if (!this.#isAtHand(node.selectionSet, fragments)) return undefined;
      const write = this.#writers.writerFor(node.selectionSet, [...fragments.values()]);
      return write && this.#twinOf(node, write);
    };
    const rewritten = visit(document, visitWithTypeInfo(typeInfo, { Field: { enter } }));
    return asksForSchema || rewritten === document ? undefined : rewritten;
  }

  #twinOf(original: FieldNode, write: PageWriter): FieldNode {
    const { selectionSet: _, ...field } = original;
    const twin: FieldNode = {
      ...field,
      alias: field.alias ?? field.name,
      name: { kind: Kind.NAME, value: field.name.value + TWIN },
    };
    this.#written.set(twin, { fieldNodes: [original], write });
    rememberClientField(twin, original);
    return twin;
  }

  #withTwins(schema: GraphQLSchema): GraphQLSchema {
    const type = new GraphQLScalarType({ name: 'JsonText', serialize: (text) => text });
    return mapSchema(schema, {
      [MapperKind.OBJECT_TYPE]: (object) => {
        const config = object.toConfig();
        for (const [name, field] of Object.entries(config.fields)) {
          if (getNamedType(field.type).name !== PAGE_TYPE || !PUBLIC_FEEDS.has(name)) continue;
          config.fields[name + TWIN] = { ...field, type, resolve: this.#twinResolver(field.resolve as Resolver) };
        }
        return new GraphQLObjectType(config);
      },
    });
  }

  /** The field's own resolver sees the field as the client wrote it; what that answers goes out as text. */
  #twinResolver(resolve: Resolver): Resolver {
    return async (source, args, context, info) => {
      const { fieldNodes, write } = this.#written.get(info.fieldNodes[0]!)!;
      const page = (await resolve(source, args, context, { ...info, fieldNodes })) as object | null;
      return page && write(page);
    };
  }

  /** Whether everything selected is at hand with the page: no condition, no argument, and nothing that asks Redis. */
  #isAtHand(selectionSet: SelectionSetNode, fragments: Fragments): boolean {
    return selectionSet.selections.every((node) => {
      if ((node.directives?.length ?? 0) > 0) return false;
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(node.name.value);
        return fragment !== undefined && this.#isAtHand(fragment.selectionSet, fragments);
      }
      if (node.kind === Kind.FIELD) {
        if (this.#resolvedFields.has(node.name.value) || (node.arguments?.length ?? 0) > 0) return false;
      }
      return node.selectionSet === undefined || this.#isAtHand(node.selectionSet, fragments);
    });
  }
}

/** The names of the fields with resolvers of their own, beneath a type and all that is at hand with it. */
function resolvedFieldsBeneath(type: GraphQLNamedType | undefined): ReadonlySet<string> {
  const resolved = new Set<string>();
  const visited = new Set<GraphQLNamedType>();
  const collect = (current: GraphQLNamedType | undefined): void => {
    if (!isObjectType(current) || visited.has(current)) return;
    visited.add(current);
    for (const field of Object.values(current.getFields())) {
      if (field.resolve !== undefined && !DERIVED_FIELDS.has(field.name)) resolved.add(field.name);
      else collect(getNamedType(field.type));
    }
  };
  collect(type);
  return resolved;
}
