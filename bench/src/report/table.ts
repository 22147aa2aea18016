import { formatNumber, formatSummary } from '../harness/format.ts';
import type { Summary } from '../harness/statistics.ts';

/** What the issue asks of a figure. */
export type Aim = { readonly atMost: number } | { readonly atLeast: number };

/** One measured figure. */
export interface Cell {
  readonly summary: Summary;
  readonly aim?: Aim;
}

export interface Row {
  readonly label: string;
  /** One for each column; undefined: does not exist. */
  readonly cells: readonly (Cell | undefined)[];
}

/** One group's figures. */
export interface Table {
  readonly name: string;
  readonly title: string;
  /** What the figures are, and in which unit. */
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What a reader must know: how it was measured, where the time goes. */
  readonly notes: readonly string[];
}

/** Whether the median meets the aim. */
export function isMet({ summary, aim }: Cell): boolean {
  if (!aim) return true;
  return 'atMost' in aim ? summary.median <= aim.atMost : summary.median >= aim.atLeast;
}

const aimText = (cell: Cell): string => {
  const { aim } = cell;
  if (!aim) return '';
  const bound = 'atMost' in aim ? `<= ${formatNumber(aim.atMost, 3)}` : `>= ${formatNumber(aim.atLeast, 3)}`;
  return ` [${bound.replace(/\.0+$|(\.\d*?)0+$/, '$1')} ${isMet(cell) ? 'met' : 'NOT MET'}]`;
};

/** A figure with its range, its aim and whether that is met. */
export function cellText(cell: Cell | undefined): string {
  return cell ? `${formatSummary(cell.summary)}${aimText(cell)}` : '–';
}

const cellsOf = (table: Table): string[][] => [
  ['', ...table.columns],
  ...table.rows.map(({ label, cells }) => [label, ...cells.map(cellText)]),
];

/** The table for a terminal. */
export function tableText(table: Table): string {
  const lines = cellsOf(table);
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const body = lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [`${table.title} (${table.unit})`, ...body, ...table.notes.map((note) => `  * ${note}`), ''].join('\n');
}

/** The table in Markdown. */
export function tableMarkdown(table: Table): string {
  const [head, ...body] = cellsOf(table).map((line) => `| ${line.join(' | ')} |`);
  const rule = `| ${['---', ...table.columns.map(() => '---')].join(' | ')} |`;
  const notes = table.notes.length === 0 ? [] : ['', ...table.notes.map((note) => `- ${note}`)];
  return [`## ${table.title}`, '', `Figures: ${table.unit}.`, '', head, rule, ...body, ...notes, ''].join('\n');
}
