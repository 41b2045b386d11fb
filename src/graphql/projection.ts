import {
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionNode,
} from 'graphql';
import { productField, type ProductFields } from '../product/product.js';

/** What a resolver needs of `info`; both executors give it. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues' | 'schema'>;

/** The fields selected beneath one, by name; a field selected under several aliases has several nodes. */
export type Selection = ReadonlyMap<string, readonly FieldNode[]>;

/** How the fields of `Product` read the product's data. `similar` falls back to what is trending in its category. */
const DATA_OF_FIELD: Readonly<Record<string, ProductFields>> = { ...productField, similar: productField.category };

/**
 * The product data that a query selects beneath the field at hand (or beneath a path of fields in it), with aliases,
 * fragments, `@skip` and `@include` followed: what the HMGETs ask for and nothing else.
 */
export function productFieldsOf(info: SelectionInfo, path: readonly string[] = []): ProductFields {
  return onceForField(info, `product:${path.join('.')}`, () => {
    let fields: ProductFields = 0;
    for (const name of selectionAt(info, path).keys()) fields |= DATA_OF_FIELD[name] ?? 0;
    return fields;
  });
}

/** The data of fields of `Product` by their names in the schema, for what is derived from them in another type. */
export function productFieldsNamed(...names: (keyof typeof productField)[]): ProductFields {
  return names.reduce((fields, name) => fields | productField[name], 0);
}

/** Whether the query selects the field at the end of this path beneath the field at hand. */
export function isSelected(info: SelectionInfo, path: readonly string[]): boolean {
  return onceForField(info, `selected:${path.join('.')}`, () =>
    selectionAt(info, path.slice(0, -1)).has(path[path.length - 1]!),
  );
}

/** The names of the fields selected beneath the field at hand. */
export function selectedNames(info: SelectionInfo): readonly string[] {
  return onceForField(info, 'names', () => [...selectionAt(info, []).keys()]);
}

/**
 * The arguments of a field that is selected further down, with defaults and variables, as its resolver will get them;
 * none where they are not valid, which the executor will say.
 */
export function argumentsOf(typeName: string, node: FieldNode, info: SelectionInfo): Record<string, unknown> {
  const type = info.schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
  try {
    return field === undefined ? {} : getArgumentValues(field, node, info.variableValues);
  } catch {
    return {};
  }
}

/** The fields selected beneath a path of fields, beginning with the field at hand. */
export function selectionAt(info: SelectionInfo, path: readonly string[]): Selection {
  let selection = selectionOf(info.fieldNodes, info);
  for (const name of path) selection = selectionOf(selection.get(name) ?? [], info);
  return selection;
}

/** Fields of rewritten documents, by which of the client's they stand for: that one tells what is wanted. */
const clientFields = new WeakMap<FieldNode, FieldNode>();

export function rememberClientField(field: FieldNode, clientField: FieldNode): void {
  clientFields.set(field, clientField);
}

function selectionOf(nodes: readonly FieldNode[], info: SelectionInfo): Selection {
  const fields = new Map<string, FieldNode[]>();
  const visitedFragments = new Set<string>();
  const collect = (selections: readonly SelectionNode[]) => {
    for (const node of selections) {
      if (!isIncluded(node, info)) continue;
      if (node.kind === Kind.FIELD) {
        const field = clientFields.get(node) ?? node;
        const same = fields.get(field.name.value);
        if (same) same.push(field);
        else fields.set(field.name.value, [field]);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        collect(node.selectionSet.selections);
      } else if (!visitedFragments.has(node.name.value)) {
        // The schema has neither interfaces nor unions, so a fragment that passed validation always applies.
        visitedFragments.add(node.name.value);
        collect(info.fragments[node.name.value]?.selectionSet.selections ?? []);
      }
    }
  };
  for (const node of nodes) if (isIncluded(node, info)) collect(node.selectionSet?.selections ?? []);
  return fields;
}

function isIncluded(node: SelectionNode, { variableValues }: SelectionInfo): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  if (skip?.['if'] === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variableValues);
  return include?.['if'] !== false;
}

/**
 * A parsed document is kept and used again for the same query text, so what was found out about a field of it holds
 * for the next request, unless variables decide what is included.
 */
const answersByField = new WeakMap<FieldNode, { nodes: readonly FieldNode[]; answers: Map<string, unknown> }>();

export function onceForField<T>(info: SelectionInfo, question: string, answer: () => T): T {
  const [first] = info.fieldNodes;
  if (first === undefined || hasConditions(info)) return answer();
  let known = answersByField.get(first);
  if (known === undefined || !sameNodes(known.nodes, info.fieldNodes)) {
    known = { nodes: info.fieldNodes, answers: new Map() };
    answersByField.set(first, known);
  }
  if (!known.answers.has(question)) known.answers.set(question, answer());
  return known.answers.get(question) as T;
}

const sameNodes = (a: readonly FieldNode[], b: readonly FieldNode[]): boolean =>
  a.length === b.length && a.every((node, index) => node === b[index]);

/** Whether a condition stands anywhere beneath the field at hand. */
const conditionsBelow = new WeakMap<FieldNode, boolean>();

function hasConditions(info: SelectionInfo): boolean {
  return info.fieldNodes.some((node) => {
    let found = conditionsBelow.get(node);
    if (found === undefined) {
      found = hasCondition(node, info, new Set());
      conditionsBelow.set(node, found);
    }
    return found;
  });
}

function hasCondition(node: SelectionNode, info: SelectionInfo, visited: Set<string>): boolean {
  if ((node.directives?.length ?? 0) > 0) return true;
  if (node.kind !== Kind.FRAGMENT_SPREAD)
    return node.selectionSet?.selections.some((child) => hasCondition(child, info, visited)) ?? false;
  const name = node.name.value;
  if (visited.has(name)) return false;
  visited.add(name);
  return info.fragments[name]?.selectionSet.selections.some((child) => hasCondition(child, info, visited)) ?? false;
}
