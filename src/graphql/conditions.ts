import {
  getOperationAST,
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
} from 'graphql';

/** A variable that decides on `@skip` or `@include` somewhere in a document, and what it is when it is left out. */
export interface Condition {
  readonly variable: string;
  readonly defaultValue: boolean | undefined;
}

/** The conditions of a document, each variable once. */
export function conditionsOf(document: DocumentNode, operationName: string | undefined): Condition[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      const value = conditionOf(node);
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  if (names.size === 0) return [];
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  return [...names].map((variable) => {
    const value = definitions.find((definition) => definition.variable.name.value === variable)?.defaultValue;
    return { variable, defaultValue: value?.kind === Kind.BOOLEAN ? value.value : undefined };
  });
}

/** The document with `@skip` and `@include` carried out; source locations stay. */
export function resolveConditions(document: DocumentNode, values: ReadonlyMap<string, boolean>): DocumentNode {
  const keepOrDrop = (node: FieldNode | FragmentSpreadNode | InlineFragmentNode) => {
    const { directives = [] } = node;
    if (directives.length === 0) return undefined;
    if (directives.some((directive) => leavesOut(directive, values))) return null;
    return { ...node, directives: directives.filter((directive) => conditionOf(directive) === undefined) };
  };
  return visit(document, { Field: keepOrDrop, FragmentSpread: keepOrDrop, InlineFragment: keepOrDrop });
}

function leavesOut(directive: DirectiveNode, values: ReadonlyMap<string, boolean>): boolean {
  const condition = conditionOf(directive);
  const value =
    condition?.kind === Kind.VARIABLE
      ? values.get(condition.name.value)
      : condition?.kind === Kind.BOOLEAN && condition.value;
  return condition !== undefined && value === (directive.name.value === 'skip');
}

/** The value of `if` where the directive is `@skip` or `@include`. */
function conditionOf({ name, arguments: given }: DirectiveNode) {
  if (name.value !== 'skip' && name.value !== 'include') return undefined;
  return given?.find((argument) => argument.name.value === 'if')?.value;
}
