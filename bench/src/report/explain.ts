import { formatNumber } from '../harness/format.ts';
import type { Table } from './table.ts';

/** Looks up medians; undefined when a figure does not exist. */
class Figures {
  readonly #tables: readonly Table[];

  constructor(tables: readonly Table[]) {
    this.#tables = tables;
  }

  /** The row whose label begins so. */
  of(table: string, label: string, column: string): number {
    const found = this.#tables.find(({ name }) => name === table);
    const row = found?.rows.find((one) => one.label.startsWith(label));
    return row?.cells[found?.columns.indexOf(column) ?? -1]?.summary.median ?? NaN;
  }

  /** Nanoseconds that a packet costs beyond the bare program. */
  extraNs(label: string, column: string): number {
    return (this.of('program', label, column) - 1) * this.of('program', label, 'bare, ns');
  }
}

const two = (value: number): string => formatNumber(value, 2);

function programLines(figures: Figures): string[] {
  const clock = figures.extraNs('for comparison: bare XDP_PASS after bpf_ktime_get_ns', 'none');
  const coarse = figures.extraNs('for comparison: bare XDP_PASS after bpf_ktime_get_coarse_ns', 'none');
  const one = figures.extraNs('SYN, one blocked source', '10,000');
  const manyAllowed = figures.extraNs('SYN, one blocked source', '10,000, and 10,000 allowed');
  const random = (column: string): string => two(figures.extraNs('SYN, all blocked sources at random', column));
  const data = (column: string): string => two(figures.extraNs('established data', column));
  return [
    `A look at the clock (bpf_ktime_get_ns) costs ${two(clock)} ns here, the coarse one ${two(coarse)} ns. The program reads the coarse one where the kernel has it: once for a packet of a blocked source, once for a SYN. A SYN of one blocked source costs ${two(one)} ns beyond the bare program.`,
    `A cell of the lines is never of an allowed address, so the allowlist is not asked: with 10,000 allowed prefixes the same SYN costs ${two(manyAllowed)} ns beyond the bare program. What is left of it are parsing, the look at the line, two atomic additions to the counts of the block, and the verdict’s own counters.`,
    `Blocked sources at random cost ${random('10,000')} / ${random('100,000')} / ${random('1,000,000')} ns beyond the bare program with 10,000 / 100,000 / 1,000,000 blocks, one source ${two(one)} ns: the difference is the line of the address, two neighbouring cache lines that no cache holds.`,
    `Established data costs ${data('none')} ns beyond the bare program without a block and ${data('10,000')} / ${data('1,000,000')} ns with 10,000 / 1,000,000: parsing at fixed places, counting, and one line in which the address is not.`,
    `A repeated SYN costs ${two(figures.extraNs('SYN, repeated', '10,000'))} ns beyond the bare program, a new port ${two(figures.extraNs('SYN, one source, new port each', '10,000'))} ns, a new source ${two(figures.extraNs('SYN, new source each', '10,000'))} ns. The first is parsing, clock and the table of SYNs; the second has the touch of a slot in the cache and the record in the ring on top; the third also fetches what it touches from memory: a line of SYNs and a line of sources with one port so far.`,
  ];
}

function ringLine(figures: Figures): string {
  const perEvent = (label: string): string => two(1e9 / figures.of('ring', label, 'events a second of CPU time'));
  return `Ring to detector: an event of one source costs ${perEvent('1 source')} ns, of one of 65,536 ${perEvent('65,536')} ns, of one of 1,000,000 ${perEvent('1,000,000')} ns. Reading is the same in all: what grows is the detector's tables: a source that is not in the cache costs a miss for its line of singles, for the index and for its row.`;
}

function listLine(figures: Figures): string {
  const of = (column: string): string => two(figures.of('lists', '1,000,000', column));
  return `Lists: of ${of('list, ms')} ms to list 1,000,000 blocks ${of('of which the kernel’s, ms')} ms are the kernel's; the rest makes an object with bigints and a copy of the address for each.`;
}

function daemonLines(figures: Figures): string[] {
  const kernel = (label: string): string => two(figures.of('daemon', label, '--mode kernel'));
  const user = (label: string): string => two(figures.of('daemon', label, '--mode user'));
  return [
    `Start: of ${kernel('start to attached, ms')} ms Node by itself takes ${kernel('of which Node by itself')} ms, loading the program (with the verifier and its maps) ${kernel('of which loading')} ms; the rest is reading the modules, the machine's addresses and attaching.`,
    `Memory with 1,000,000 sources: in user mode ${user('resident, 1,000,000 sources, MiB')} MiB, where the detector's tables have reserved ${user('reserved, not all')} MiB, which become resident as sources with a second port need rows of 320 bytes; in kernel mode the daemon has a row of 36 bytes of each, for slow scans, and ${kernel('resident, 1,000,000 sources, MiB')} MiB. 1,000,000 blocks add ${two(figures.of('daemon', 'resident, 1,000,000 sources and blocks', '--mode kernel') - figures.of('daemon', 'resident, 1,000,000 sources, MiB', '--mode kernel'))} MiB while the blocking watcher lists them.`,
  ];
}

/** Where the time goes, in words, with the figures of this run; a line whose figures were not measured is left out. */
export function explain(tables: readonly Table[]): string[] {
  const figures = new Figures(tables);
  const lines = [...programLines(figures), ringLine(figures), listLine(figures), ...daemonLines(figures)];
  return lines.filter((line) => !line.includes('NaN'));
}
