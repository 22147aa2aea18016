/** Graces: who was unblocked by command is not blocked again for a while. */
import { BlockReason, Response, Verdict } from '@scanward/map-codec';
import { TestProgram, type TestProgramOptions } from '@scanward/testkit';
import { afterEach, expect, test } from 'vitest';
import { address, SECOND, syn } from './packets.ts';

const START = 3_600n * SECOND;
const GRACE = 600n * SECOND;

let program: TestProgram;
afterEach(() => program.close());

function load(options: TestProgramOptions = {}): void {
  program = TestProgram.load({ nowNs: START, ...options });
}

/** The verdicts of SYNs to so many ports, from this one on. */
function scan(from: string, first: number, count: number): Set<number> {
  const to = from.includes(':') ? '2001:db8::5' : '10.0.0.5';
  return new Set(Array.from({ length: count }, (_, i) => program.run(syn(first + i, { from, to })).verdict));
}

test('a scanner with a grace is neither dropped, blocked nor told; its connections are', () => {
  load();
  program.grace(address('192.0.2.1'), 128, START + GRACE);
  expect(scan('192.0.2.1', 1, 40)).toEqual(new Set([Verdict.PASS_CONNECTION]));
  expect([program.takeScans(), program.takeConnections().length, program.blockCount()]).toEqual([[], 40, 0]);
  expect(program.counters()).toMatchObject({ blocksMade: 0n, blocksRefused: 0n });
  // Another one has none.
  expect(scan('192.0.2.2', 1, 4)).toContain(Verdict.DROP_THRESHOLD);
});

test('a grace ends to the nanosecond: the next packet over the threshold blocks, and is told', () => {
  load();
  program.grace(address('192.0.2.1'), 128, START + GRACE);
  scan('192.0.2.1', 1, 10);
  program.setNow(START + GRACE - 1n);
  expect(scan('192.0.2.1', 11, 4)).toEqual(new Set([Verdict.PASS_CONNECTION]));
  program.setNow(START + GRACE);
  expect(scan('192.0.2.1', 20, 1)).toEqual(new Set([Verdict.DROP_THRESHOLD]));
  expect(program.takeScans()).toMatchObject([{ blocked: 1, timeNs: START + GRACE }]);
  expect(program.counters().blocksMade).toBe(1n);
});

test('a grace lifts no block, and none of a net', () => {
  load();
  const operator = { startNs: START, expiryNs: 0n, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR };
  program.setBlock(address('192.0.2.1'), operator);
  program.setNet(address('198.51.100.0'), 120, operator);
  for (const host of ['192.0.2.1', '198.51.100.1']) program.grace(address(host), 128, START + GRACE);
  expect([scan('192.0.2.1', 1, 1), scan('198.51.100.1', 1, 1)]).toEqual([
    new Set([Verdict.DROP_BLOCKED]),
    new Set([Verdict.DROP_BLOCKED]),
  ]);
});

test('of several the longest prefix says until when', () => {
  load();
  program.grace(address('2001:db8:1::'), 48, START + GRACE);
  program.grace(address('2001:db8:1:2::'), 64, START);
  expect(scan('2001:db8:1:1::1', 1, 10)).toEqual(new Set([Verdict.PASS_CONNECTION]));
  expect(scan('2001:db8:1:2::1', 1, 10)).toContain(Verdict.DROP_BLOCKED);
  expect(program.ungrace(address('2001:db8:1::'), 47)).toBe(false);
  expect(program.ungrace(address('2001:db8:1::'), 48)).toBe(true);
  expect(scan('2001:db8:1:1::1', 20, 10)).toContain(Verdict.DROP_BLOCKED);
});

test('with --response log nothing is told of it either', () => {
  load({ policy: { response: Response.LOG } });
  program.grace(address('192.0.2.1'), 128, START + GRACE);
  expect(scan('192.0.2.1', 1, 10)).toEqual(new Set([Verdict.PASS_CONNECTION]));
  expect(program.takeScans()).toEqual([]);
});
