import { type Cell, cellText, isMet, type Table } from './table.ts';

/** A line for each aim that its median misses: table, row, column, figure. */
export function unmetAims(tables: readonly Table[]): string[] {
  return tables.flatMap(({ title, rows, columns }) =>
    rows.flatMap(({ label, cells }) =>
      cells.flatMap((cell, i) =>
        cell && !isMet(cell) ? [`${title}: ${label}, ${columns[i]!}: ${cellText(cell)}`] : [],
      ),
    ),
  );
}

/** How many figures have an aim, and how many medians meet theirs. */
export function aimCount(tables: readonly Table[]): { met: number; all: number } {
  const judged = tables
    .flatMap(({ rows }) => rows.flatMap(({ cells }) => cells))
    .filter((cell): cell is Cell => !!cell?.aim);
  return { met: judged.filter(isMet).length, all: judged.length };
}
