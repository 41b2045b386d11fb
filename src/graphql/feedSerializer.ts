import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  getNamedType,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type SelectionSetNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { FeedPage } from '../feed/feed.js';
import type { GatewayContext } from './context.js';
import { RawJson } from './rawJson.js';

/** A field's twin that answers the feed as JSON text. Only rewritten documents have it; no client can name it. */
const RAW_SUFFIX = '__raw';
const CONNECTION = 'RecommendationConnection';
/** What asks Redis, or may fail, beneath a feed: a feed with one of these is resolved field by field. */
const RESOLVED_PRODUCT_FIELDS: ReadonlySet<string> = new Set(['category', 'similar', 'frequentlyBoughtTogether']);

/** How one feed field of a document is written out. */
interface FeedPlan {
  /** The field as the client wrote it: what its resolver sees. */
  readonly original: FieldNode;
  readonly write: (page: FeedPage) => RawJson;
}

/**
 * Lets feeds be written once and sent often. A public page is the same object for every request until its data
 * change, so its JSON is too: the feed's field becomes a leaf that holds text, and the executor neither walks the
 * twenty edges nor stringifies them again. The text is made by graphql-jit from the very selection it stands for.
 */
export class FeedSerializer {
  /** The API's schema with a raw twin beside every field that answers a feed. */
  readonly schema: GraphQLSchema;
  readonly #plans = new WeakMap<FieldNode, FeedPlan>();
  readonly #pageSchema: GraphQLSchema;

  constructor(private readonly apiSchema: GraphQLSchema) {
    this.schema = this.#withTwins(apiSchema);
    const page = { type: apiSchema.getType(CONNECTION) as GraphQLObjectType };
    this.#pageSchema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Page', fields: { page } }) });
  }

  /** The document with its feeds as raw twins, wherever all that is selected beneath is at hand with the page. */
  rewrite(document: DocumentNode): DocumentNode {
    const fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
    const writers = new Map<string, FeedPlan['write'] | undefined>();
    const merged = mergedFeeds(document, this.apiSchema);
    const typeInfo = new TypeInfo(this.apiSchema);
    return visit(
      document,
      visitWithTypeInfo(typeInfo, {
        Field: {
          leave: (node) => {
            if (getNamedType(typeInfo.getType())?.name !== CONNECTION || node.selectionSet === undefined)
              return undefined;
            if (merged.has(node) || !isStatic(node.selectionSet, fragments)) return undefined;
            const selection = print(node.selectionSet);
            if (!writers.has(selection))
              writers.set(selection, this.#writerOf(node.selectionSet, [...fragments.values()]));
            const write = writers.get(selection);
            return write === undefined ? undefined : this.#twinOf(node, write);
          },
        },
      }),
    );
  }

  #twinOf(original: FieldNode, write: FeedPlan['write']): FieldNode {
    const { selectionSet: _, ...rest } = original;
    const twin: FieldNode = {
      ...rest,
      alias: original.alias ?? original.name,
      name: { kind: Kind.NAME, value: `${original.name.value}${RAW_SUFFIX}` },
    };
    this.#plans.set(twin, { original, write });
    return twin;
  }

  #writerOf(
    selectionSet: SelectionSetNode,
    fragments: readonly FragmentDefinitionNode[],
  ): FeedPlan['write'] | undefined {
    const page: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'page' }, selectionSet };
    const document: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [
        {
          kind: Kind.OPERATION_DEFINITION,
          operation: OperationTypeNode.QUERY,
          selectionSet: { kind: Kind.SELECTION_SET, selections: [page] },
        },
        ...fragments,
      ],
    };
    const compiled = compileQuery(this.#pageSchema, document, '');
    if (!isCompiledQuery(compiled)) return undefined;
    const written = new WeakMap<FeedPage, RawJson>();
    return (feedPage) => {
      let raw = written.get(feedPage);
      if (raw === undefined) {
        // Nothing beneath waits for anything, so the result is there at once.
        const result = compiled.query({ page: feedPage }, undefined, {});
        if (result instanceof Promise) throw new Error('a feed was written out that is not all at hand');
        if (result.errors?.[0] !== undefined) throw result.errors[0];
        raw = new RawJson(JSON.stringify(result.data?.['page'] ?? null));
        written.set(feedPage, raw);
      }
      return raw;
    };
  }

  #withTwins(schema: GraphQLSchema): GraphQLSchema {
    const rawJson = new GraphQLScalarType({ name: 'RawJson', serialize: (value) => value });
    return mapSchema(schema, {
      [MapperKind.OBJECT_TYPE]: (type) => {
        const config = type.toConfig();
        for (const [name, field] of Object.entries(config.fields)) {
          if (getNamedType(field.type).name !== CONNECTION) continue;
          config.fields[name + RAW_SUFFIX] = { ...field, type: rawJson, resolve: this.#rawResolver(field.resolve) };
        }
        return new GraphQLObjectType(config);
      },
    });
  }

  /** The feed's own resolver sees the field as the client wrote it; its page goes out as text. */
  #rawResolver(resolve: GraphQLFieldResolver<unknown, GatewayContext> | undefined) {
    return async (...[source, args, context, info]: Parameters<GraphQLFieldResolver<unknown, GatewayContext>>) => {
      const plan = this.#plans.get(info.fieldNodes[0]!)!;
      const page: unknown = await resolve?.(source, args, context, { ...info, fieldNodes: [plan.original] });
      return page == null ? null : plan.write(page as FeedPage);
    };
  }
}

/** Whether everything selected is at hand with the page: no condition, and nothing that asks Redis. */
function isStatic(selectionSet: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
  return selectionSet.selections.every((node) => {
    if ((node.directives?.length ?? 0) > 0) return false;
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return (
        fragment !== undefined && (fragment.directives?.length ?? 0) === 0 && isStatic(fragment.selectionSet, fragments)
      );
    }
    if (node.kind === Kind.FIELD && RESOLVED_PRODUCT_FIELDS.has(node.name.value)) return false;
    return node.selectionSet === undefined || isStatic(node.selectionSet, fragments);
  });
}

/**
 * Feed fields that the executor may have to merge with another one: two that answer under the same name of the same
 * type. They are rare and stay as they are.
 */
function mergedFeeds(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<FieldNode> {
  const byName = new Map<string, FieldNode[]>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        if (getNamedType(typeInfo.getType())?.name !== CONNECTION) return;
        const name = `${typeInfo.getParentType()?.name} ${(node.alias ?? node.name).value}`;
        byName.set(name, [...(byName.get(name) ?? []), node]);
      },
    }),
  );
  return new Set([...byName.values()].filter((nodes) => nodes.length > 1).flat());
}
