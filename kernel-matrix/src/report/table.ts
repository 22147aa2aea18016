/** A table, whatever it is printed on. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One line of plain text, without colours: what guests write may hold anything. */
export const oneLine = (text: string): string =>
  text
    .replace(/\p{Cc}\[[\d;]*[A-Za-z]/gu, '')
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trimEnd();

/** Text that Markdown takes for nothing but text. */
export const escaped = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_[\]|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;');

/** The table in columns. */
export function tableText({ head, rows }: Table): string[] {
  const lines = [head, ...rows].map((line) => line.map(oneLine));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

/** The table in Markdown. */
export function tableMarkdown({ head, rows }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}
