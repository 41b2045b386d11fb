import { getOperationAST, Kind, type DocumentNode, type FieldNode, type SelectionSetNode } from 'graphql';

/**
 * The fields of an operation that the executor merges with another one: those that answer under the same name at the
 * same place, with fragments written out. Whoever replaces a field must leave these alone.
 */
export function mergedFields(document: DocumentNode, operationName: string | undefined): ReadonlySet<FieldNode> {
  const fieldsByPath = new Map<string, Set<FieldNode>>();
  const walk = (selectionSet: SelectionSetNode, path: string): void => {
    for (const node of selectionSet.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, path);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragmentNamed(document, node.name.value);
        if (fragment) walk(fragment.selectionSet, path);
      } else {
        const ownPath = `${path}/${(node.alias ?? node.name).value}`;
        const fields = fieldsByPath.get(ownPath) ?? new Set();
        fieldsByPath.set(ownPath, fields.add(node));
        if (node.selectionSet) walk(node.selectionSet, ownPath);
      }
    }
  };
  const operation = getOperationAST(document, operationName);
  if (operation) walk(operation.selectionSet, '');
  return new Set([...fieldsByPath.values()].filter((fields) => fields.size > 1).flatMap((fields) => [...fields]));
}

const fragmentNamed = ({ definitions }: DocumentNode, name: string) =>
  definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    { selectionSet: SelectionSetNode } | undefined;
