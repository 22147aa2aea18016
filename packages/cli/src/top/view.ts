import { blocksPane } from './blocks-pane.ts';
import { footLines, helpLines } from './foot.ts';
import type { Frame } from './frame.ts';
import { rateLine, sparkLines, titleLines, totalLines } from './header.ts';
import { clip, type Line, span } from './line.ts';
import { rowOrder, sourceOrder, type PaneName } from './orders.ts';
import { visible } from './pane.ts';
import type { BlockRow, SourceRow } from './rows.ts';
import { sourcesPane } from './sources-pane.ts';
import { indexOf, type Ui } from './ui.ts';

/** Of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The rows of both tables in the order that was asked for, which the survey's may not be yet. */
export interface SortedRows {
  readonly sources: readonly SourceRow[];
  readonly blocks: readonly BlockRow[];
}

const SMALLEST: Size = { columns: 40, rows: 10 };
/** From so many rows on there is room for the lines of the last minutes. */
const SPARKS_FROM = 16;
/** Help leaves the tables so many lines. */
const BODY_MIN = 3;
/** From so many on an empty line stands above each table. */
const ROOMY_FROM = 28;
/** Below so many lines only the table in use is shown. */
const TWO_PANES_FROM = 8;

export function sortedRows({ survey }: Pick<Frame, 'survey'>, { orders }: Ui): SortedRows {
  return {
    sources: [...(survey?.sources.rows ?? [])].sort(sourceOrder(orders.sources)),
    blocks: [...(survey?.blocks.rows ?? [])].sort(rowOrder(orders.blocks)),
  };
}

/** The whole picture: at most as many lines as the terminal has, none wider than it. */
export function view(frame: Frame, ui: Ui, size: Size): Line[] {
  const { columns: width, rows: height } = size;
  if (width < SMALLEST.columns || height < SMALLEST.rows) return tooSmall(ui, size);
  const rates = height >= SPARKS_FROM ? sparkLines(frame, width) : [rateLine(frame, width)];
  const gap: Line[] = height >= ROOMY_FROM ? [[]] : [];
  const top = [...titleLines(frame, ui.isPaused, width), ...rates, ...totalLines(frame, width), ...gap];
  const foot = footLines(ui, width);
  const help = helpLines(ui, width).slice(0, Math.max(0, height - top.length - foot.length - BODY_MIN));
  const body = height - top.length - help.length - foot.length;
  return [...top, ...panesOf(frame, ui, width, body, gap), ...help, ...foot];
}

function tooSmall(ui: Ui, { columns, rows }: Size): Line[] {
  const text = `too small: ${columns}x${rows}, needs ${SMALLEST.columns}x${SMALLEST.rows}`;
  return [clip([span(text, 'warning')], columns), ...footLines(ui, columns)].slice(0, Math.max(0, rows));
}

function panesOf(frame: Frame, ui: Ui, width: number, lines: number, gap: readonly Line[]): Line[] {
  const rows = sortedRows(frame, ui);
  const heights = shareOut(
    lines - gap.length,
    { sources: rows.sources.length + 1, blocks: rows.blocks.length + 1 },
    ui.pane,
  );
  const shown = <T extends SourceRow | BlockRow>(pane: PaneName, all: readonly T[]) => {
    const part = visible(all, indexOf(ui.cursors[pane], all), heights[pane] - 1);
    return { rows: part.rows, options: { width, isFocused: ui.pane === pane, selected: part.selected } };
  };
  const [sources, blocks] = [shown('sources', rows.sources), shown('blocks', rows.blocks)];
  const { survey, now } = frame;
  return [
    ...filled(sourcesPane(survey, sources.rows, ui.orders.sources, now, sources.options), heights.sources),
    ...gap,
    ...filled(blocksPane(survey, blocks.rows, ui.orders.blocks, now, blocks.options), heights.blocks),
  ];
}

function filled(lines: readonly Line[], height: number): Line[] {
  const space = Array.from({ length: Math.max(0, height - lines.length) }, (): Line => []);
  return [...lines, ...space].slice(0, Math.max(0, height));
}

/** Half of the lines for each; what one does not need the other gets. Where there are few, the one in use gets all. */
export function shareOut(
  lines: number,
  wanted: Readonly<Record<PaneName, number>>,
  inUse: PaneName,
): Readonly<Record<PaneName, number>> {
  if (lines < TWO_PANES_FROM)
    return inUse === 'sources' ? { sources: lines, blocks: 0 } : { sources: 0, blocks: lines };
  const half = lines >> 1;
  // Blocks are the last: what nobody needs is below them, and the heading stays where it is while few come and go.
  if (wanted.blocks < lines - half) {
    const sources = Math.max(half, Math.min(wanted.sources, lines - Math.max(3, wanted.blocks)));
    return { sources, blocks: lines - sources };
  }
  const sources = Math.max(3, Math.min(half, wanted.sources));
  return { sources, blocks: lines - sources };
}
