import { formatNumber } from '../harness/format.ts';
import type { Cell, Table } from './table.ts';

const LABEL = 330;
const PLOT = 420;
const BAR = 12;
const GAP = 14;
const TOP = 54;
const colours = ['#9ecae1', '#6baed6', '#3182bd', '#08519c', '#fd8d3c'];

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${escape(content)}</text>`;

interface Scaled {
  readonly cell: Cell;
  readonly colour: string;
}

function bar({ cell, colour }: Scaled, y: number, x: (value: number) => number): string[] {
  const { median, low, high } = cell.summary;
  const middle = y + BAR / 2;
  const aim = cell.aim && 'atMost' in cell.aim ? cell.aim.atMost : undefined;
  return [
    `<rect x="${LABEL}" y="${y}" width="${(x(median) - LABEL).toFixed(1)}" height="${BAR - 2}" fill="${colour}"/>`,
    `<path d="M${x(low).toFixed(1)} ${middle - 1}H${x(high).toFixed(1)}" stroke="#333"/>`,
    ...(aim === undefined
      ? []
      : [`<path d="M${x(aim).toFixed(1)} ${y - 2}v${BAR + 2}" stroke="#d62728" stroke-width="2"/>`]),
    text(x(high) + 4, y + BAR - 3, formatNumber(median, 2), 'font-size="9"'),
  ];
}

/** Bars of the table `program`: one group a packet, one bar a number of blocks, a logarithmic scale. */
export function barChart(tables: readonly Table[]): string {
  const table = tables.find(({ name }) => name === 'program');
  if (!table) return '<svg xmlns="http://www.w3.org/2000/svg"/>\n';
  // The first column is the bare program's time, not a ratio.
  const columns = table.columns.slice(1);
  const rows = table.rows.map(({ label, cells }) => ({
    label,
    bars: cells.slice(1).flatMap((cell, i) => (cell ? [{ cell, colour: colours[i % colours.length]! }] : [])),
  }));
  const most = Math.max(2, ...rows.flatMap(({ bars }) => bars.map(({ cell }) => cell.summary.high)));
  const x = (value: number): number => LABEL + (Math.log(Math.max(1, value)) / Math.log(most)) * PLOT;
  const parts: string[] = [];
  let y = TOP;
  for (const { label, bars } of rows) {
    parts.push(text(LABEL - 8, y + (bars.length * BAR) / 2 + 3, label, 'text-anchor="end"'));
    bars.forEach((one, i) => parts.push(...bar(one, y + i * BAR, x)));
    y += bars.length * BAR + GAP;
  }
  const ticks = [1, 2, 5, 10, 20, 50, 100].filter((value) => value <= most);
  const axis = ticks.flatMap((value) => [
    `<path d="M${x(value).toFixed(1)} ${TOP - 6}V${y}" stroke="#ddd"/>`,
    text(Math.round(x(value)), TOP - 10, `${value}×`, 'text-anchor="middle" fill="#555"'),
  ]);
  const legend = columns.flatMap((label, i) => [
    `<rect x="${LABEL + i * 95}" y="${y + 4}" width="10" height="10" fill="${colours[i % colours.length]!}"/>`,
    text(LABEL + 14 + i * 95, y + 13, i === 0 ? 'no block' : label, 'font-size="10"'),
  ]);
  const width = LABEL + PLOT + 80;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 28}" viewBox="0 0 ${width} ${y + 28}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${y + 28}" fill="#fff"/>`,
    text(
      8,
      18,
      'Cost of a packet, times that of a bare XDP program (BPF_PROG_TEST_RUN; medians, range; red: the aim)',
      'font-size="13"',
    ),
    ...axis,
    ...parts,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
