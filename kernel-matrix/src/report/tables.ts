import { showed } from '../canary.ts';
import { type CellRecord, count, elapsedMs, type Ratio, type Test } from '../record.ts';
import { isCanary, kernelsOf, type Run } from '../run.ts';
import { type Mode, SCAN_FILE } from '../scans.ts';
import { judge } from '../verdict.ts';
import type { Table } from './table.ts';

const NONE = '–';

/** Minutes and seconds. */
export function time(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `12/13`: how many of the scans in this mode passed, of those that ran. */
export function scans(record: CellRecord, mode: Mode): string {
  const isScan = ({ file, name }: Test): boolean => file === SCAN_FILE && name.startsWith(mode);
  const passed = count(record, 'passed', isScan);
  const ran = passed + count(record, 'failed', isScan);
  return ran === 0 ? NONE : `${passed}/${ran}`;
}

const ran = (record: CellRecord): number => count(record, 'passed') + count(record, 'failed');

/** Which kernel is in the place of one whose series is gone, the version tells. */
const nameOf = ({ cell, resolved }: CellRecord): string =>
  resolved?.instead === undefined ? cell.name : `${cell.name} (gone: its neighbour)`;

const release = ({ boot }: CellRecord): string => boot?.release ?? NONE;

const how = ({ driver, resolved }: CellRecord): string =>
  resolved?.accel === undefined ? driver : `${driver}, ${resolved.accel}`;

/** Table 1: what each kernel showed. */
export const kernelTable = (run: Run): Table => ({
  head: [
    ...['kernel', 'version', 'arch', 'byte order', 'CPUs', 'driver', 'ran', 'passed', 'failed', 'skipped'],
    ...['scans native', 'scans generic', 'verdict', 'time'],
  ],
  rows: kernelsOf(run).map((record) => [
    nameOf(record),
    release(record),
    record.cell.kernel.arch,
    record.boot?.endian ?? record.cell.kernel.endian,
    String(record.boot?.cpus ?? record.cell.cpus),
    how(record),
    ...[ran(record), count(record, 'passed'), count(record, 'failed'), count(record, 'skipped')].map(String),
    scans(record, 'native'),
    scans(record, 'generic'),
    judge(record).colour,
    time(elapsedMs(record, 0)),
  ]),
});

/** Table 1 in short. */
export const shortTable = (run: Run): Table => ({
  head: ['kernel', 'version', 'arch', 'byte order', 'scans native', 'scans generic', 'tests passed', 'verdict'],
  rows: kernelsOf(run).map((record) => [
    nameOf(record),
    release(record),
    record.cell.kernel.arch,
    record.boot?.endian ?? record.cell.kernel.endian,
    scans(record, 'native'),
    scans(record, 'generic'),
    `${count(record, 'passed')}/${ran(record)}`,
    judge(record).colour,
  ]),
});

/** Table 2: what holds where; of the kernels that told. */
export function featureTable(run: Run): Table {
  const booted = kernelsOf(run).filter(({ boot }) => boot);
  const names = [...new Set(booted.flatMap(({ boot }) => Object.keys(boot!.features)))];
  const mark = (has: boolean | undefined): string => (has === undefined ? '' : has ? '✓' : NONE);
  return {
    head: ['', ...booted.map(({ cell }) => cell.name)],
    rows: names.map((name) => [name, ...booted.map(({ boot }) => mark(boot!.features[name]))]),
  };
}

const number = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const range = ({ median, low, high }: Ratio): string => `${number(median)} (${number(low)}–${number(high)})`;

/** Table 3: what a packet costs on each kernel. */
export function ratioTable(run: Run): Table {
  const measured = kernelsOf(run).filter(({ ratios }) => ratios.length > 0);
  const names = [...new Set(measured.flatMap(({ ratios }) => ratios.map(({ what }) => what)))];
  const cell = ({ ratios }: CellRecord, name: string): string => {
    const ratio = ratios.find(({ what }) => what === name);
    return ratio ? range(ratio) : '';
  };
  return {
    head: ['', ...measured.map((record) => record.cell.name)],
    rows: names.map((name) => [name, ...measured.map((record) => cell(record, name))]),
  };
}

const canaryVerdict = (record: CellRecord): string => {
  const { colour } = judge(record);
  return colour === 'green' ? 'red, as it must be' : colour === 'red' ? 'WRONG' : colour;
};

/** What the canaries showed. */
export const canaryTable = ({ records }: Run): Table => ({
  head: ['canary', 'kernel', 'showed', 'verdict', 'time'],
  rows: records
    .filter(isCanary)
    .map((record) => [
      record.cell.canary!,
      record.boot?.release ?? record.cell.kernel.series,
      record.outcome ? showed(record, record.outcome) : NONE,
      canaryVerdict(record),
      time(elapsedMs(record, 0)),
    ]),
});
