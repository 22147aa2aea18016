import type { Machine } from './machine.ts';
import { type Table, tableMarkdown } from './table.ts';

const loadsText = (machine: Machine): string =>
  Object.entries(machine.loads)
    .map(([group, load]) => `${group} ${load.toFixed(1)}`)
    .join(', ');

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
    'ratios, which are taken within a round, more than times. Load average of the minute before each group (the',
    `benchmark's own work included): ${loadsText(machine)}.`,
    '',
    '![Program cost by packet, as ratio to a bare program](benchmarks.svg)',
    '',
    ...tables.map(tableMarkdown),
  ].join('\n');
}
