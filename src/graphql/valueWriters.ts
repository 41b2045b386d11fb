import {
  GraphQLObjectType,
  GraphQLSchema,
  isOutputType,
  Kind,
  OperationTypeNode,
  print,
  visit,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { RawJson, stringify } from './rawJson.js';

/** Writes what a selection shows of a value as JSON. */
export type ValueWriter = (value: object) => RawJson;

/** So many selections of one value are remembered as text; a value shown in more ways is written each time. */
const TEXTS_PER_VALUE = 4;
/** Each is some tens of kilobytes of code. */
const MAX_WRITERS = 1_000;

/** Makes writers from selections, by graphql-jit, so that the text is what executing the selection would answer. */
export class ValueWriters {
  readonly #schemas = new Map<string, GraphQLSchema>();
  readonly #texts = new WeakMap<object, Map<ValueWriter, RawJson>>();
  /** One writer a selection, whatever document it comes from. */
  readonly #writers = new LRUCache<string, { writer: ValueWriter | undefined }>({ max: MAX_WRITERS });

  /** @param asWritten undoes what the selections' fields were replaced with, which alone does not tell them apart. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly asWritten: (field: FieldNode) => FieldNode,
  ) {}

  /** Undefined where no code can be made for the selection. */
  writerFor(
    type: string,
    selectionSet: SelectionSetNode,
    fragments: readonly FragmentDefinitionNode[],
  ): ValueWriter | undefined {
    const used = usedFragments(selectionSet, fragments);
    const text = [type, ...[selectionSet, ...used].map((node) => this.#textOf(node))].join('\n');
    let entry = this.#writers.get(text);
    if (entry === undefined) {
      entry = { writer: this.#compile(type, selectionSet, used) };
      this.#writers.set(text, entry);
    }
    return entry.writer;
  }

  #textOf(node: ASTNode): string {
    return print(visit(node, { Field: (field) => this.asWritten(field) }));
  }

  #compile(
    type: string,
    selectionSet: SelectionSetNode,
    fragments: readonly FragmentDefinitionNode[],
  ): ValueWriter | undefined {
    const compiled = compileQuery(this.#schemaFor(type), documentFor(selectionSet, fragments), '');
    if (!isCompiledQuery(compiled)) return undefined;
    const writer: ValueWriter = (value) => {
      const texts = this.#texts.get(value) ?? new Map<ValueWriter, RawJson>();
      const known = texts.get(writer);
      if (known) return known;
      // Nothing beneath waits for anything, so the result is there at once.
      const result = compiled.query({ value }, undefined, {});
      if (result instanceof Promise) throw new Error('a value was written out that is not all at hand');
      if (result.errors?.[0] !== undefined) throw result.errors[0];
      const text = new RawJson(stringify(result.data?.['value'] ?? null));
      if (texts.size < TEXTS_PER_VALUE) this.#texts.set(value, texts.set(writer, text));
      return text;
    };
    return writer;
  }

  /** A schema whose one field is a value of the type. */
  #schemaFor(type: string): GraphQLSchema {
    const known = this.#schemas.get(type);
    if (known) return known;
    const valueType = this.schema.getType(type);
    if (!isOutputType(valueType)) throw new Error(`${type} is no type that can be written`);
    const query = new GraphQLObjectType({ name: 'Value', fields: { value: { type: valueType } } });
    const schema = new GraphQLSchema({ query });
    this.#schemas.set(type, schema);
    return schema;
  }
}

function documentFor(selectionSet: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): DocumentNode {
  const value: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'value' }, selectionSet };
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [value] },
      },
      ...fragments,
    ],
  };
}

/** The fragments that a selection spreads, those within them too. */
function usedFragments(
  selectionSet: SelectionSetNode,
  fragments: readonly FragmentDefinitionNode[],
): readonly FragmentDefinitionNode[] {
  const used = new Set<FragmentDefinitionNode>();
  const collect = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.find((one) => one.name.value === name.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(selectionSet);
  return [...used];
}
