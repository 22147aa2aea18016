import type { Style } from './style.ts';
import { widthOf, wrap } from './wrap.ts';

/** One column; all of a table's widths and the spaces between make at most 80. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'right';
}

/**
 * A table whose columns are as wide as they are, so that it can be printed before its last row is known. The first
 * column is never broken up: where it is too long it has a line of its own. The others wrap.
 */
export class Table {
  readonly #columns: readonly Column[];
  readonly #style: Style;

  constructor(columns: readonly Column[], style: Style) {
    this.#columns = columns;
    this.#style = style;
  }

  heading(): string {
    return this.#style.heading(this.#line(this.#columns.map(({ title }) => title)));
  }

  /** The lines of one row. */
  row([first = '', ...others]: readonly string[]): string[] {
    const isLong = widthOf(first) > this.#columns[0]!.width;
    const cells = others.map((cell, i) => wrap(cell, this.#columns[i + 1]!.width));
    const height = Math.max(1, ...cells.map(({ length }) => length));
    const lines = Array.from({ length: height }, (_, i) =>
      this.#line([i === 0 && !isLong ? first : '', ...cells.map((cell) => cell[i] ?? '')]),
    );
    return isLong ? [first, ...lines] : lines;
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, i) => pad(cell, this.#columns[i]!))
      .join(' ')
      .trimEnd();
  }
}

function pad(cell: string, { width, align }: Column): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'right' ? space + cell : cell + space;
}
