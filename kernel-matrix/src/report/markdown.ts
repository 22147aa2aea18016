import { isCanary, kernelsOf, type Run, tally } from '../run.ts';
import { escaped, oneLine, type Table, tableMarkdown } from './table.ts';
import { canaryTable, featureTable, kernelTable, ratioTable } from './tables.ts';
import { failures, skips } from './told.ts';

const section = (title: string, text: readonly string[], table?: Table): string[] =>
  (table ? table.rows.length === 0 : text.length === 0)
    ? []
    : [`## ${title}`, '', ...text, ...(table ? [...(text.length > 0 ? [''] : []), ...tableMarkdown(table)] : []), ''];

const code = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', ...lines.map((line) => `        ${oneLine(line)}`), ''];

const failureList = (run: Run): string[] =>
  failures(run).flatMap(({ what, details }) => [
    `- ${escaped(what)}`,
    ...details.flatMap(({ title, lines }) => [`  - ${escaped(title)}`, ...code(lines)]),
  ]);

const skipList = (run: Run): string[] =>
  [...skips(run)].flatMap(([reason, tests]) => [
    `- ${escaped(reason)}`,
    ...[...tests].map(([test, cells]) => `  - ${escaped(test)} (${escaped(cells.join(', '))})`),
  ]);

const packageList = (run: Run): string[] =>
  kernelsOf(run).map(({ cell, resolved, boot }) => {
    const source = resolved?.missing ?? resolved?.instead ?? resolved?.source ?? 'not looked for';
    // The package has the version already; a kernel of nobody's package has it not.
    const version = boot && !source.includes(boot.version) ? [boot.version] : [];
    const guest = boot ? [...version, `Node ${boot.node}`] : [];
    return `- ${escaped(`${cell.name}, ${cell.kernel.why}: ${[source, ...guest].join('; ')}`)}`;
  });

/** `kernel-matrix/report.md`. */
export function markdown(run: Run): string {
  const { passed, failed } = tally(run);
  return [
    '# Every kernel',
    '',
    `Written by \`sudo ${run.command}\` on ${run.date} UTC; do not edit. ${passed} passed, ${failed} failed.`,
    '[README.md](README.md) says how to read it.',
    '',
    ...tableMarkdown(kernelTable(run)),
    '',
    ...section('What is wrong', failureList(run)),
    ...section('What holds where', [], featureTable(run)),
    ...section(
      'A packet’s cost',
      [
        'As a ratio to a bare program in the same interleaved run: median (lowest–highest). A ratio of an emulated kernel',
        'says nothing of speed, only that the program runs there; speeds are in [docs/BENCHMARKS.md](../docs/BENCHMARKS.md).',
      ],
      ratioTable(run),
    ),
    ...section('Skipped, and which kernel has it', skipList(run)),
    ...(run.records.some(isCanary)
      ? section('Canaries', ['Broken on purpose: each must be red, and for the right reason.'], canaryTable(run))
      : []),
    ...section('Which kernels these are', packageList(run)),
  ].join('\n');
}
