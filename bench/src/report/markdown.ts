import type { Machine } from './machine.ts';
import { explain } from './explain.ts';
import { LIMITS } from './limits.ts';
import { type Table, tableMarkdown } from './table.ts';
import { aimCount, unmetAims } from './unmet.ts';

const loadsText = (machine: Machine): string =>
  Object.entries(machine.loads)
    .map(([group, load]) => `${group} ${load.toFixed(1)}`)
    .join(', ');

function aimsText(tables: readonly Table[]): string[] {
  const { met, all } = aimCount(tables);
  return [
    '## Aims',
    '',
    `${met} of ${all} figures that have an aim meet it. These do not:`,
    '',
    ...unmetAims(tables).map((line) => `- ${line}`),
    '',
    'Where the time goes, by these measurements:',
    '',
    ...[...explain(tables), ...LIMITS].map((line) => `- ${line}`),
    '',
  ];
}

/** docs/BENCHMARKS.md. */
export function markdown(machine: Machine, tables: readonly Table[]): string {
  return [
    '# Benchmarks',
    '',
    `Written by \`${machine.command}\`; do not edit. Each figure is the median of seven interleaved rounds with its`,
    'range, `median (lowest–highest)`, with no more digits than the range supports; where a figure needs minutes a round,',
    'its table says how many there were. In brackets the aim, and whether the median meets it.',
    '',
    `Machine: ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}` +
      ` (BPF JIT ${machine.jit ? 'on' : 'off'}), Node ${machine.node}; ${machine.date} UTC.`,
    '',
    'The machine was not ours alone: other work ran on the same processors, and a virtual machine has neighbours. Trust',
    'ratios, which are taken within a round, more than times. Load averages of one minute that were seen (the',
    `benchmark's own work included): ${loadsText(machine)}.`,
    '',
    '![Program cost by packet, as ratio to a bare program](benchmarks.svg)',
    '',
    ...aimsText(tables),
    ...tables.map(tableMarkdown),
  ].join('\n');
}
