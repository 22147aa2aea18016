import { repositoryFile } from '@scanward/testkit';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Group, Scale } from '../group.ts';
import type { Progress } from '../harness/interleave.ts';
import { barChart } from './chart.ts';
import { describeMachine, load, type Machine } from './machine.ts';
import { markdown } from './markdown.ts';
import { type Cell, type Table, tableText } from './table.ts';

const QUICK: Scale = { quick: true, rounds: 1 };
const FULL: Scale = { quick: false, rounds: 7 };

/** On a terminal one line that changes; elsewhere nothing, since a log of it helps nobody. */
function progressOf(group: string): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return () => undefined;
  return (text) => stderr.write(`\r\x1b[K${group}: ${text}`);
}

/** Sizes that mean nothing are held against no aim. */
function judged(table: Table, { quick }: Scale): Table {
  if (!quick) return table;
  const plain = (cell: Cell | undefined): Cell | undefined => cell && { summary: cell.summary };
  return { ...table, rows: table.rows.map(({ label, cells }) => ({ label, cells: cells.map(plain) })) };
}

async function runGroup(group: Group, scale: Scale): Promise<Table> {
  const table = judged(await group.run(scale, progressOf(group.name)), scale);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${tableText(table)}\n`);
  return table;
}

interface Figures {
  readonly machine: Machine;
  readonly tables: readonly Table[];
}

function writeJson(figures: Figures): void {
  mkdirSync(repositoryFile('test-results'), { recursive: true });
  writeFileSync(repositoryFile('test-results/bench-figures.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
}

function writeDocs({ machine, tables }: Figures): void {
  writeFileSync(repositoryFile('docs/BENCHMARKS.md'), markdown(machine, tables));
  writeFileSync(repositoryFile('docs/benchmarks.svg'), barChart(tables));
}

/**
 * Runs the groups that are named, or all: `[--quick] [--rounds=N] [group...]`, or `--render=JSON`, which writes the docs of an
 * earlier run. The docs are written only after a full run of all
 * of them. No figure is judged: the code is 1 when a group could not be run at all.
 */
export async function report(groups: readonly Group[], args: readonly string[]): Promise<number> {
  const rendered = args.flatMap((arg) => /^--render=(.+)$/.exec(arg)?.slice(1) ?? [])[0];
  if (rendered !== undefined) {
    writeDocs(JSON.parse(readFileSync(rendered, 'utf8')) as Figures);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith('--'));
  const rounds = args.flatMap((arg) => /^--rounds=(\d+)$/.exec(arg)?.slice(1) ?? []).map(Number);
  const scale = { ...(args.includes('--quick') ? QUICK : FULL), ...(rounds[0] ? { rounds: rounds[0] } : {}) };
  const unknown = names.find((name) => !groups.some((group) => group.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`no group ${unknown}; there are ${groups.map(({ name }) => name).join(', ')}\n`);
    return 2;
  }
  const chosen = groups.filter(({ name }) => names.length === 0 || names.includes(name));
  const loads: Record<string, number> = {};
  const tables: Table[] = [];
  let figures: Figures | undefined;
  for (const group of chosen) {
    loads[group.name] = load();
    tables.push(await runGroup(group, scale));
    figures = { machine: describeMachine('make bench', loads), tables };
    // After each group: a run that is cut short leaves what it has.
    writeJson(figures);
  }
  if (figures && !scale.quick && scale.rounds >= FULL.rounds && names.length === 0) writeDocs(figures);
  return 0;
}
