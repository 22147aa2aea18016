import type { CellRecord } from '../record.ts';
import { kernelsOf, type Run } from '../run.ts';
import { escaped, type Table, tableMarkdown } from './table.ts';

/** A row: what each kernel that told made of these rights. */
interface Row {
  readonly rights: string;
  readonly users: string;
  readonly cells: readonly string[];
}

const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** What is said, each once, in the order of its first time. */
const notesOf = (records: readonly CellRecord[]): string[] =>
  unique(records.flatMap(({ rights }) => rights.map(({ says }) => says))).filter((says) => says !== '');

/** ✓, or the exit code and where the words of the error are; '' where it was not tried. */
function cellOf({ rights: all }: CellRecord, rights: string, user: string, notes: readonly string[]): string {
  const right = all.find((each) => each.rights === rights && each.user === user);
  if (right === undefined) return '';
  if (right.exitCode === 0) return '✓';
  const note = notes.indexOf(right.says) + 1;
  return `exit ${right.exitCode}${note === 0 ? '' : `, note ${note}`}`;
}

/** The rows of these rights: one of all users with whom it is the same. */
function rowsOf(records: readonly CellRecord[], rights: string, notes: readonly string[]): Row[] {
  const tried = records.flatMap((record) => record.rights.filter((each) => each.rights === rights));
  const byCells = new Map<string, Row>();
  for (const user of unique(tried.map((each) => each.user))) {
    const cells = records.map((record) => cellOf(record, rights, user, notes));
    const key = cells.join('\n');
    const users = byCells.get(key)?.users;
    byCells.set(key, { rights, users: users === undefined ? user : `${users}, ${user}`, cells });
  }
  return [...byCells.values()];
}

/** Which rights suffice on which kernel; of the kernels where they were tried. */
export function rightsTable(run: Run): { readonly table: Table; readonly notes: readonly string[] } {
  const records = kernelsOf(run).filter(({ rights }) => rights.length > 0);
  const notes = notesOf(records);
  const names = unique(records.flatMap(({ rights }) => rights.map((each) => each.rights)));
  const rows = names.flatMap((name) => rowsOf(records, name, notes));
  const head = ['capabilities', 'user', ...records.map(({ cell, boot }) => `${cell.name}: ${boot?.release ?? '?'}`)];
  return { table: { head, rows: rows.map(({ rights, users, cells }) => [rights, users, ...cells]) }, notes };
}

/** `docs/RIGHTS.md`. */
export function rightsMarkdown(run: Run): string {
  const { table, notes } = rightsTable(run);
  return [
    '# Rights',
    '',
    `Written by \`sudo ${run.command}\` on ${run.date} UTC; do not edit. \`sudo make rights\` runs that, and puts it here.`,
    '',
    '`scanward run` on each kernel, with these capabilities and no other, as root and as nobody. ✓: it watched, blocked a scan',
    'and ended when it was asked to. Else its exit code, and below what it said; then nothing was attached, and nothing left.',
    '',
    ...tableMarkdown(table),
    '',
    ...notes.map((note, index) => `${index + 1}. ${escaped(note)}`),
    '',
  ].join('\n');
}
