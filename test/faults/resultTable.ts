import type { StormOutcome } from './storm.js';

const HEADINGS = ['fault', 'times', 'acknowledged', 'unknown', 'lost', 'twice', 'invariants', 'seconds', 'recovery ms'];

/** A table in Markdown, so that it can go into `docs/operations.md` as it is. */
export function resultTable(outcomes: readonly StormOutcome[]): string {
  const rows = [HEADINGS, ...outcomes.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => padded(cell, widths[column]!, column)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

const padded = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);

function cellsOf(outcome: StormOutcome): string[] {
  const { fault, strikes, acknowledged, unknown, lost, appliedTwice, invariantsBroken, seconds, recoveryMs } = outcome;
  return [
    fault,
    ...[strikes, acknowledged, unknown, lost, appliedTwice].map(String),
    invariantsBroken === 0 ? 'hold' : `${invariantsBroken} broken`,
    seconds.toFixed(1),
    recoveryMs === undefined ? '-' : recoveryMs.toFixed(0),
  ];
}
