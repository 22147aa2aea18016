import { elapsedMs, type CellRecord } from '../record.ts';
import { problems, type Run, tally } from '../run.ts';
import { judge } from '../verdict.ts';

const cellOf = (record: CellRecord): object => {
  const { cell, driver, resolved, boot, tests, ratios, rights, troubles, outcome } = record;
  const { series, arch, endian, why } = cell.kernel;
  return {
    name: cell.name,
    canary: cell.canary ?? null,
    kernel: { series, arch, endian, why },
    driver,
    accel: resolved?.accel ?? null,
    source: resolved?.source ?? null,
    instead: resolved?.instead ?? null,
    missing: resolved?.missing ?? null,
    cpus: cell.cpus,
    ms: elapsedMs(record, 0),
    verdict: judge(record),
    death: outcome?.death ?? null,
    tail: outcome?.tail ?? [],
    boot: boot ?? null,
    tests,
    ratios,
    rights,
    troubles,
  };
};

/** `report.json`; its fields are described in kernel-matrix/README.md. */
export function json(run: Run): string {
  const { command, date, whole, records } = run;
  const report = {
    schema: 1,
    command,
    date,
    whole,
    ...tally(run),
    problems: problems(run),
    cells: records.map(cellOf),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
