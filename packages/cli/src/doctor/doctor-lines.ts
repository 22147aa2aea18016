import type { Look } from '../commands/look.ts';
import { printable } from '../commands/note-text.ts';
import { type Column, Table } from '../tables/table.ts';
import type { Finding } from './finding.ts';

const columns: readonly Column[] = [
  { title: 'CHECK', width: 17 },
  { title: 'STATE', width: 7 },
  { title: 'FOUND', width: 28 },
  { title: 'REMEDY', width: 25 },
];

/** The lines of `scanward doctor`: the table, or an object for each check. */
export function* doctorLines(findings: readonly Finding[], { json, style }: Look): Generator<string> {
  const table = new Table(columns, style);
  if (!json) yield table.heading();
  for (const finding of findings) {
    if (json) yield JSON.stringify(fieldsOf(finding));
    else yield* table.row(cellsOf(finding)).map((line) => (finding.state === 'ok' ? line : style.warning(line)));
  }
}

function cellsOf({ check, interface: name, state, found, remedy }: Finding): string[] {
  return [name === undefined ? check : `${name} ${check}`, state, found, remedy ?? ''].map(printable);
}

function fieldsOf({ check, interface: name, state, found, remedy, exitCode }: Finding): object {
  return { check, interface: name ?? null, state, found, remedy: remedy ?? null, exit_code: exitCode ?? null };
}
