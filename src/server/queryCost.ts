import {
  getNamedType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { costTable, REQUEST_COST, type FieldCost } from './costTable.js';

type Variables = Readonly<Record<string, unknown>>;
/** A cost that is the same for each request, or one that hangs on its variables. */
type Term = number | ((variables: Variables) => number);

/**
 * What an operation costs by `costTable`. An operation is looked at once and remembered as a number, or where `first`,
 * a list or `@include` comes from variables as a small function of them: that is all a request pays for.
 */
export class QueryCost {
  readonly #terms = new WeakMap<OperationDefinitionNode, Term>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** @param document valid, so that its fragments are known and have no cycles. */
  of(operation: OperationDefinitionNode, document: DocumentNode, variables: Variables): number {
    let term = this.#terms.get(operation);
    if (term === undefined) {
      term = sum([REQUEST_COST, this.#operation(operation, document)]);
      this.#terms.set(operation, term);
    }
    return valueOf(term, variables);
  }

  #operation(operation: OperationDefinitionNode, document: DocumentNode): Term {
    const root = this.schema.getRootType(operation.operation);
    if (!root) return 0;
    const defaults = new Map(
      (operation.variableDefinitions ?? []).map((one) => [one.variable.name.value, one.defaultValue]),
    );
    const fragments = new Map(
      document.definitions.flatMap((one) =>
        one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
      ),
    );
    return new OperationCost(fragments, defaults).beneath(operation.selectionSet, root);
  }
}

class OperationCost {
  constructor(
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly defaults: ReadonlyMap<string, ValueNode | undefined>,
  ) {}

  beneath(selectionSet: SelectionSetNode, type: GraphQLObjectType): Term {
    return sum(
      selectionSet.selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return this.#when(selection, this.#field(selection, type));
        const inside = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        return inside ? this.#when(selection, this.beneath(inside.selectionSet, type)) : 0;
      }),
    );
  }

  #field(field: FieldNode, parent: GraphQLObjectType): Term {
    const name = field.name.value;
    const cost = costTable[`${parent.name}.${name}`];
    const type = getNamedType(parent.getFields()[name]?.type);
    // `__schema` and the like are no fields of their parent, so nothing beneath them is looked at.
    const inside = field.selectionSet && isObjectType(type) ? this.beneath(field.selectionSet, type) : 0;
    if (cost === undefined) return inside;
    return sum([cost.base, times(this.#items(cost, field), sum([cost.perItem ?? 0, inside]))]);
  }

  #items({ items = 1 }: FieldCost, field: FieldNode): Term {
    if (typeof items === 'number') return items;
    if ('first' in items) return this.#read(field, ['first'], (value) => pageSize(value, items.first));
    return this.#read(field, items.lengthOf, lengthOf);
  }

  /** What is made of an argument's value, or of one inside it: at once, or from each request's variables. */
  #read(field: FieldNode, [argument, ...path]: readonly string[], countOf: (value: unknown) => number): Term {
    let node = field.arguments?.find(({ name }) => name.value === argument)?.value;
    for (const [depth, step] of path.entries()) {
      if (node?.kind === Kind.VARIABLE) return this.#fromVariable(node.name.value, path.slice(depth), countOf);
      if (node?.kind !== Kind.OBJECT) return countOf(undefined);
      node = node.fields.find(({ name }) => name.value === step)?.value;
    }
    return node?.kind === Kind.VARIABLE ? this.#fromVariable(node.name.value, [], countOf) : countOf(constantOf(node));
  }

  #fromVariable(name: string, path: readonly string[], countOf: (value: unknown) => number): Term {
    const fallback = path.length === 0 ? constantOf(this.defaults.get(name)) : undefined;
    return (variables) =>
      countOf(path.reduce<unknown>(memberOf, Object.hasOwn(variables, name) ? variables[name] : fallback));
  }

  /** The cost, where `@skip` and `@include` leave the selection in. */
  #when({ directives = [] }: SelectionNode, cost: Term): Term {
    return directives.reduce<Term>((term, { name, arguments: given = [] }) => {
      const condition = given.find((one) => one.name.value === 'if')?.value;
      const share = (value: unknown): number => (value === (name.value === 'skip') ? 0 : 1);
      if (condition?.kind === Kind.BOOLEAN) return times(share(condition.value), term);
      if (condition?.kind !== Kind.VARIABLE) return term;
      return times(this.#fromVariable(condition.name.value, [], share), term);
    }, cost);
  }
}

const valueOf = (term: Term, variables: Variables): number => (typeof term === 'number' ? term : term(variables));

function sum(terms: readonly Term[]): Term {
  const fixed = terms.reduce<number>((total, term) => (typeof term === 'number' ? total + term : total), 0);
  const open = terms.filter((term) => typeof term === 'function');
  if (open.length === 0) return fixed;
  return (variables) => open.reduce((total, term) => total + term(variables), fixed);
}

function times(count: Term, cost: Term): Term {
  if (typeof count === 'number' && typeof cost === 'number') return count * cost;
  return (variables) => valueOf(count, variables) * valueOf(cost, variables);
}

/** What is beyond the page's limits is refused by the feed, before it reads anything. */
const pageSize = (value: unknown, fallback: number): number =>
  typeof value === 'number' && value >= 1 ? Math.min(value, MAX_ITEMS) : fallback;

const lengthOf = (value: unknown): number => (Array.isArray(value) ? Math.min(value.length, MAX_ITEMS) : 1);

const MAX_ITEMS = 100;

/** Constants as far as costs go by them: whole numbers, lists (their length alone counts) and booleans. */
function constantOf(node: ValueNode | undefined): unknown {
  if (node?.kind === Kind.INT) return Number(node.value);
  if (node?.kind === Kind.LIST) return node.values;
  return node?.kind === Kind.BOOLEAN ? node.value : undefined;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
