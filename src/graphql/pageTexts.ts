import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNamedType,
  GraphQLObjectType,
  GraphQLScalarType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { GatewayContext } from './context.js';
import { mergedFields } from './mergedFields.js';
import { PageWriters, type PageWriter } from './pageWriters.js';
import { standFor } from './projection.js';

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
/** What asks Redis, or may fail, beneath a page: one with any of these is resolved field by field. */
const RESOLVED_FIELDS: ReadonlySet<string> = new Set(['category', 'similar', 'frequentlyBoughtTogether']);

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/** How one field of a document is written out. */
interface Plan {
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
  readonly #plans = new WeakMap<FieldNode, Plan>();
  readonly #writers: PageWriters;

  constructor(apiSchema: GraphQLSchema) {
    this.schema = this.#withTwins(apiSchema);
    this.#writers = new PageWriters(apiSchema.getType(PAGE_TYPE));
  }

  /** The document with twins wherever all that is selected beneath is at hand with the page. */
  rewrite(document: DocumentNode, operationName: string | undefined): DocumentNode {
    const fragments: Fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
    const merged = mergedFields(document, operationName);
    const typeInfo = new TypeInfo(this.schema);
    const enter = (node: FieldNode): FieldNode | undefined => {
      if (node.selectionSet === undefined || getNamedType(typeInfo.getType())?.name !== PAGE_TYPE) return undefined;
      if (!PUBLIC_FEEDS.has(node.name.value) || merged.has(node)) return undefined;
      if (!isAtHand(node.selectionSet, fragments)) return undefined;
      const write = this.#writers.writerFor(node.selectionSet, [...fragments.values()]);
      return write && this.#twinOf(node, write);
    };
    return visit(document, visitWithTypeInfo(typeInfo, { Field: { enter } }));
  }

  #twinOf(original: FieldNode, write: PageWriter): FieldNode {
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
      const { fieldNodes, write } = this.#plans.get(info.fieldNodes[0]!)!;
      const page = (await resolve(source, args, context, { ...info, fieldNodes })) as object | null;
      return page && write(page);
    };
  }
}

/** Whether everything selected is at hand with the page: no condition, no argument, and nothing that asks Redis. */
function isAtHand(selectionSet: SelectionSetNode, fragments: Fragments): boolean {
  return selectionSet.selections.every((node) => {
    if ((node.directives?.length ?? 0) > 0) return false;
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return fragment !== undefined && isAtHand(fragment.selectionSet, fragments);
    }
    if (node.kind === Kind.FIELD && (RESOLVED_FIELDS.has(node.name.value) || (node.arguments?.length ?? 0) > 0))
      return false;
    return node.selectionSet === undefined || isAtHand(node.selectionSet, fragments);
  });
}
