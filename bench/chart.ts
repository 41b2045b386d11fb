import { FLOOR } from './contestants.js';
import { spreadText, type BenchReport, type WorkloadReport } from './report.js';

const WIDTH = 920;
const LABEL_WIDTH = 290;
const VALUE_WIDTH = 150;
const BAR_HEIGHT = 16;
const ROW_HEIGHT = 24;
const TITLE_HEIGHT = 40;
const FOOT_HEIGHT = 48;

/** Each server's ratio to the floor as a bar with its range, a block a workload; an SVG document. */
export function chart({ workloads, machine, startedAt }: BenchReport): string {
  const blocks: string[] = [];
  let y = 10;
  for (const workload of workloads) {
    blocks.push(block(workload, y));
    y += TITLE_HEIGHT + workload.servers.length * ROW_HEIGHT;
  }
  const explanation =
    "Requests a second as a multiple of the hand-written floor's; the line is the range over the rounds.";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + FOOT_HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...blocks,
    text(12, y + 20, explanation, 'fill="#666666" font-size="10"'),
    text(12, y + 34, `${startedAt.slice(0, 10)}. ${machine}`, 'fill="#666666" font-size="10"'),
    '</svg>',
    '',
  ].join('\n');
}

function block({ title, servers }: WorkloadReport, top: number): string {
  const highest = Math.max(1, ...servers.map(({ ratio }) => ratio?.highest ?? 0));
  const x = (value: number) => LABEL_WIDTH + (value / highest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH);
  const rows = servers.flatMap(({ name, title: label, ratio }, index) => {
    if (!ratio) return [];
    const y = top + TITLE_HEIGHT + index * ROW_HEIGHT;
    const middle = y + BAR_HEIGHT / 2;
    const colour = name === FLOOR ? '#8a8f98' : name.startsWith('ours') ? '#1f6feb' : '#d0a215';
    const { median, lowest, highest: most } = ratio;
    return [
      text(LABEL_WIDTH - 8, middle + 4, label, 'text-anchor="end" fill="#222222"'),
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${(x(median) - LABEL_WIDTH).toFixed(1)}" height="${BAR_HEIGHT}" fill="${colour}"/>`,
      `<line x1="${x(lowest).toFixed(1)}" x2="${x(most).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#222222" stroke-width="1.5"/>`,
      text(x(most) + 8, middle + 4, spreadText(ratio), 'fill="#222222"'),
    ];
  });
  const bottom = top + TITLE_HEIGHT + servers.length * ROW_HEIGHT - (ROW_HEIGHT - BAR_HEIGHT);
  return [
    text(12, top + 24, title, 'font-size="14" font-weight="600" fill="#111111"'),
    ...rows,
    `<line x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="${top + TITLE_HEIGHT - 4}" y2="${bottom + 4}" stroke="#8a8f98" stroke-dasharray="3 3"/>`,
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`;
}
