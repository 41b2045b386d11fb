import { GraphQLError, Kind, type ASTVisitor, type SelectionSetNode, type ValidationContext } from 'graphql';

export interface SelectionLimits {
  /** Fields beneath the root, in one operation. */
  maxRootFields: number;
  /** Selections of one operation once its fragments are written out, and as many that repeat a field. */
  maxSelections: number;
}

/** The fields of one place of the answer by their names in it; those that stand twice merge. */
type Place = Map<string, Place>;

/**
 * Writes an operation's fragments out and counts. A document of 40 short fragments, each spreading the next one twice,
 * stands for a million fields: the count ends as soon as it is over the limit.
 *
 * Repeats count apart: a field that stands n times in one place makes graphql-js compare n² pairs of selections.
 *
 * @throws GraphQLError, out of `validate`, at the first excess.
 */
export function selectionLimitsRule({ maxRootFields, maxSelections }: SelectionLimits) {
  return (context: ValidationContext): ASTVisitor => {
    const maxRepeats = Math.ceil(maxSelections / 4);
    let selections = 0;
    let repeats = 0;

    function count(selectionSet: SelectionSetNode, place: Place, above: ReadonlySet<string>): void {
      for (const selection of selectionSet.selections) {
        if (++selections > maxSelections) refuse(`The operation has more than ${maxSelections} selections.`);
        if (selection.kind === Kind.FIELD) {
          const name = selection.alias?.value ?? selection.name.value;
          const known = place.get(name);
          if (known && ++repeats > maxRepeats) refuse(`The operation repeats more than ${maxRepeats} fields.`);
          const inside: Place = known ?? new Map<string, Place>();
          place.set(name, inside);
          if (selection.selectionSet) count(selection.selectionSet, inside, above);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          count(selection.selectionSet, place, above);
        } else {
          const name = selection.name.value;
          const fragment = context.getFragment(name);
          // A cycle is the specification's business: validation names it.
          if (fragment && !above.has(name)) count(fragment.selectionSet, place, new Set([...above, name]));
        }
      }
    }

    return {
      OperationDefinition(operation) {
        selections = repeats = 0;
        const root: Place = new Map<string, Place>();
        count(operation.selectionSet, root, new Set());
        if (root.size > maxRootFields) refuse(`The operation has more than ${maxRootFields} fields beneath its root.`);
        return false;
      },
      // A fragment that nobody spreads is compared by validation all the same.
      FragmentDefinition(fragment) {
        selections = repeats = 0;
        count(fragment.selectionSet, new Map<string, Place>(), new Set([fragment.name.value]));
        return false;
      },
    };
  };
}

function refuse(message: string): never {
  throw new GraphQLError(message);
}
