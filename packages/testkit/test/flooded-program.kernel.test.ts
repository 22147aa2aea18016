import { buildFrame } from '@scanward/packet';
import { expect, test } from 'vitest';
import {
  ALL_ACCOUNTED,
  FLOOD_SOURCES_MAX,
  FloodedProgram,
  hideScanners,
  scannerSyn,
  TestProgram,
} from '../src/index.ts';
import { Wrapper } from '../src/changer.ts';

const SYN = buildFrame({
  network: { kind: 'ipv4', source: '192.0.2.1', destination: '10.0.0.5' },
  transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: 0 },
});
const NETWORK = 0x8000_0000;

/** Sources and ports of the connections that a flood makes. */
function drawn(sources: number, count: number): { sources: number[]; ports: number[] } {
  using program = TestProgram.load({ policy: { threshold: 31 } });
  using wrapper = new Wrapper({ kind: 'flood', sources, network: NETWORK });
  wrapper.around(program.program).testRun({ data: SYN, repeat: count });
  const connections = program.takeConnections();
  return {
    sources: connections.map(({ source }) => new DataView(source.buffer, source.byteOffset).getUint32(12)),
    ports: connections.map(({ destinationPort }) => destinationPort),
  };
}

test('a flood draws sources and ports at random, and the same in every run', () => {
  const { sources, ports } = drawn(FLOOD_SOURCES_MAX, 10_000);
  expect(sources).toHaveLength(10_000);
  expect(new Set(sources).size).toBeGreaterThan(9_990);
  // Of 10,000 draws of 65,536 ports about 9,280 are distinct.
  expect(Math.abs(new Set(ports).size - 9_280)).toBeLessThan(100);
  const upper = sources.filter((source) => source >= NETWORK + 2 ** 30).length;
  expect(Math.abs(upper - 5_000)).toBeLessThan(250);
  expect(Math.min(...sources)).toBeGreaterThanOrEqual(NETWORK);
  expect(drawn(FLOOD_SOURCES_MAX, 10_000)).toEqual({ sources, ports });
});

test('a pool has so many addresses and no more, each with many ports', () => {
  const { sources, ports } = drawn(100, 2_000);
  expect(new Set(sources).size).toBe(100);
  expect(new Set(ports).size).toBeGreaterThan(1_900);
});

test('a packet that runs past the books, and a record that another reads, are seen', () => {
  using program = TestProgram.load();
  using flooded = new FloodedProgram(program, { sources: 10 });
  flooded.flood(20);
  flooded.run(scannerSyn(0, 80));
  expect(flooded.unaccounted()).toEqual(ALL_ACCOUNTED);
  program.program.testRun({ data: scannerSyn(1, 80) });
  expect(flooded.unaccounted()).toEqual({ packets: -1n, connections: 1n, scans: 0n });
  expect(program.takeConnections()).toHaveLength(1);
  expect(flooded.unaccounted()).toEqual({ packets: -1n, connections: 1n, scans: 0n });
});

test('scanners are found without a flood, and none of them at thresholds that their ports do not cross, or cross early', () => {
  const hide = (threshold: number) => {
    using program = TestProgram.load({ policy: { threshold } });
    using flooded = new FloodedProgram(program, { sources: FLOOD_SOURCES_MAX });
    return hideScanners(flooded, { scanners: 5, floodPerProbe: 0 });
  };
  expect(hide(3)).toMatchObject({ found: 5, shutOut: 5, early: 0 });
  expect(hide(4)).toMatchObject({ found: 0, shutOut: 0, early: 0 });
  expect(hide(2)).toMatchObject({ found: 0, shutOut: 0, early: 5 });
});
