import type { Run } from '../run.ts';
import { tableMarkdown } from './table.ts';
import { shortTable } from './tables.ts';

const BEGIN = '<!-- kernel-matrix -->';
const END = '<!-- /kernel-matrix -->';

/** The README with this run's table between its two marks. */
export function withTable(readme: string, run: Run): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} and ${END} to write the table between`);
  const table = ['', ...tableMarkdown(shortTable(run)), '', `\`sudo ${run.command}\`, ${run.date} UTC.`, ''].join('\n');
  return `${readme.slice(0, begin + BEGIN.length)}${table}${readme.slice(end)}`;
}
