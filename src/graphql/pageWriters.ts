import {
  GraphQLObjectType,
  GraphQLSchema,
  isObjectType,
  Kind,
  OperationTypeNode,
  print,
  separateOperations,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type SelectionSetNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { RawJson } from './rawJson.js';

/** Writes what a selection shows of a page as JSON. */
export type PageWriter = (page: object) => RawJson;

/** What a text costs beside its characters: its objects and its places in the maps, roughly. */
const TEXT_OVERHEAD_BYTES = 300;
/** Each is some tens of kilobytes of code. */
const MAX_WRITERS = 1_000;

/** Makes writers from selections, by graphql-jit, so that the text is what executing the selection would answer. */
export class PageWriters {
  readonly #schema: GraphQLSchema;
  readonly #texts = new WeakMap<object, Map<PageWriter, RawJson>>();
  /** What is remembered, oldest first, with what forgets it: how long a text is, its client decides. */
  readonly #kept: LRUCache<RawJson, () => void>;
  /** One writer a selection, whatever document it comes from. */
  readonly #writers = new LRUCache<string, { writer: PageWriter | undefined }>({ max: MAX_WRITERS });

  /** @param maxBytes the limit for all texts together */
  constructor(pageType: GraphQLNamedType | undefined, maxBytes: number) {
    this.#kept = new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes)), dispose: (forget) => forget() });
    if (!isObjectType(pageType)) throw new Error('pages have no type of their own');
    this.#schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Text', fields: { page: { type: pageType } } }),
    });
  }

  /** Undefined where no code can be made for the selection. */
  writerFor(selectionSet: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): PageWriter | undefined {
    const document = documentOf(selectionSet, fragments);
    const text = print(document);
    let entry = this.#writers.get(text);
    if (entry === undefined) {
      entry = { writer: this.#compile(document) };
      this.#writers.set(text, entry);
    }
    return entry.writer;
  }

  #compile(document: DocumentNode): PageWriter | undefined {
    const compiled = compileQuery(this.#schema, document, '');
    if (!isCompiledQuery(compiled)) return undefined;

    const writer: PageWriter = (value) => {
      const texts = this.#texts.get(value) ?? new Map<PageWriter, RawJson>();
      const known = texts.get(writer);
      if (known) return known;
      // Nothing beneath waits for anything, so the result is there at once.
      const result = compiled.query({ page: value }, undefined, {});
      if (result instanceof Promise) throw new Error('a page was written out that is not all at hand');
      if (result.errors?.[0] !== undefined) throw result.errors[0];
      const text = new RawJson(JSON.stringify(result.data?.['page'] ?? null));
      // Two bytes a character, where one of them needs that. What is larger than all may be is not taken.
      this.#kept.set(text, () => texts.delete(writer), { size: 2 * text.text.length + TEXT_OVERHEAD_BYTES });
      if (this.#kept.has(text)) this.#texts.set(value, texts.set(writer, text));
      return text;
    };
    return writer;
  }
}

/** A query of the selection, with the fragments that it uses. */
function documentOf(selectionSet: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): DocumentNode {
  const page: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'page' }, selectionSet };
  const operation = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [page] },
  } as const;
  return separateOperations({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments] })['']!;
}
