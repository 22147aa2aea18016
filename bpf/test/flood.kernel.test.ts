/** What a flood of SYNs from forged sources hides, on one CPU, at the sizes by default: no scanner, no block, no loss. */
import { BlockReason, CommandOp, COMMAND_SETS_MAX, Verdict } from '@scanward/map-codec';
import type { BpfMap } from '@scanward/loader-native';
import { parseAddress } from '@scanward/packet';
import {
  ALL_ACCOUNTED,
  FLOOD_SOURCES_MAX,
  FloodedProgram,
  type Hidden,
  hideScanners,
  kernelBytes,
  scannerSyn,
  scannerText,
  TestProgram,
  atPace,
} from '@scanward/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FLOOD_PER_PROBE = Math.round(atPace(100_000, 5_000) * Math.min(1, Number(process.env['TEST_SCALE'] ?? 1)));
const SCANNERS = atPace(120, 12);
const SOURCE_SETS = atPace(16_384, 2_048);
const SINGLE_LINES = atPace(131_072, 16_384);
const SYN_LINES = atPace(32_768, 4_096);
/** So that every source that is forgotten was within the window, and is therefore counted. */
const SPACING_NS = 5_000n; // 200,000 SYNs a second
const BLOCKED = atPace(500, 50);
const BLOCKED_BY_SCANS = 10_000;
const BLOCKED_BY_OPERATOR = 20_000;

let program: TestProgram;
let flooded: FloodedProgram;
let before: Hidden;
let hidden: Hidden;

/** Cells that are taken: a line is lock and mark, then seven cells of eight bytes. */
function cellsHeld(map: BpfMap): number {
  let held = 0;
  for (const { count, values } of map.getBatch(4_096)) {
    const cells = new BigUint64Array(values.buffer, values.byteOffset, (count * map.valueBytes) / 8);
    for (let i = 0; i < cells.length; i++) held += Number(i % 8 !== 0 && cells[i] !== 0n);
  }
  return held;
}

function slotsHeld(): number {
  let held = 0;
  for (let first = 0; first < SOURCE_SETS; first += COMMAND_SETS_MAX)
    held += program.command({ op: CommandOp.SWEEP, first, count: COMMAND_SETS_MAX }).live;
  return held;
}

function blockByOperator(index: number): void {
  const block = { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR };
  program.setBlock(parseAddress(scannerText(index)), block);
}

beforeAll(() => {
  program = TestProgram.load({
    sourceSets: SOURCE_SETS,
    singleLines: SINGLE_LINES,
    synLines: SYN_LINES,
    maxBlocks: 65_536,
  });
  flooded = new FloodedProgram(program, { sources: FLOOD_SOURCES_MAX, spacingNs: SPACING_NS });
  for (let i = 0; i < BLOCKED; i++) blockByOperator(BLOCKED_BY_OPERATOR + i);
  before = hideScanners(flooded, { scanners: BLOCKED, first: BLOCKED_BY_SCANS, floodPerProbe: 0 });
  // The tables are full before the first probe.
  flooded.flood(4 * SOURCE_SETS + 7 * SINGLE_LINES);
  hidden = hideScanners(flooded, { scanners: SCANNERS, floodPerProbe: FLOOD_PER_PROBE });
}, 900_000);
afterAll(() => {
  flooded[Symbol.dispose]();
  program.close();
});

test(`${SCANNERS} scanners, each with one probe in ${FLOOD_PER_PROBE} forged SYNs: all found at the fourth port, and shut out`, () => {
  expect(hidden).toMatchObject({ found: SCANNERS, shutOut: SCANNERS, early: 0 });
  expect(hidden.cpus).toHaveLength(1);
});

test('blocks from before the flood hold', () => {
  expect(before).toMatchObject({ found: BLOCKED, shutOut: BLOCKED, early: 0 });
  for (const first of [BLOCKED_BY_SCANS, BLOCKED_BY_OPERATOR]) {
    for (let i = first; i < first + BLOCKED; i++)
      expect(flooded.run(scannerSyn(i, 1)).verdict, scannerText(i)).toBe(Verdict.DROP_BLOCKED);
  }
});

test('at most 32 MB of kernel memory for sources', () => {
  const bytes = kernelBytes(program.map('sources')) + kernelBytes(program.map('singles'));
  expect(bytes).toBeGreaterThan(SOURCE_SETS * 4 * 300 + SINGLE_LINES * 64);
  expect(bytes).toBeLessThanOrEqual(32_000_000);
});

test('every packet has its verdict, every connection and scan was read or counted as lost', () => {
  expect(flooded.unaccounted()).toEqual(ALL_ACCOUNTED);
  expect(program.counters().blocksMade).toBe(BigInt(BLOCKED + hidden.found));
});

test('what the ring has no room for while nobody reads it is counted as lost', () => {
  const unread = 200_000; // The ring has room for 131,071.
  flooded.flood(unread, unread);
  expect(program.counters().connectionsLost).toBe(200_000n - 131_071n);
  expect(flooded.unaccounted()).toEqual(ALL_ACCOUNTED);
});

const passed = (): number => Number(program.counters().verdicts[Verdict.PASS_CONNECTION]!.packets);

test('every source is still known, or that it was forgotten is counted', () => {
  const { sourcesEvicted, singlesEvicted } = program.counters();
  const known = slotsHeld() + cellsHeld(program.map('singles'));
  // Nearly each SYN that passed was a new source's: a scanner's later probes were not, nor an address drawn twice.
  const knownBefore = passed() - known - Number(sourcesEvicted + singlesEvicted);
  expect(knownBefore).toBeGreaterThanOrEqual(0);
  expect(knownBefore).toBeLessThan(passed() / 500);
});

test('every SYN that passed is still known, or that it was forgotten is counted', () => {
  expect(cellsHeld(program.map('syns')) + Number(program.counters().synsEvicted)).toBe(passed());
});
