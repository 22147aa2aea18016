/** The blocklist when it is full, when its lines are, and when somebody is allowed. */
import { AllowReason, BlockReason, CommandFrame, commandOf, CommandOp, Verdict } from '@scanward/map-codec';
import { TestProgram, type TestProgramOptions } from '@scanward/testkit';
import { endianness } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { address, SECOND, syn } from './packets.ts';

const START = 3_600n * SECOND;
const MAX_BLOCKS = 128;
/** One of 64 is kept for the operator. */
const FOR_SCANS = 126;
const PASS = 2;
const DROP = 1;

let program: TestProgram;
afterEach(() => program.close());

function load(options: TestProgramOptions = {}): void {
  program = TestProgram.load({ nowNs: START, maxBlocks: MAX_BLOCKS, ...options });
}

const operator = { startNs: START, expiryNs: 0n, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR };
const block = (source: string): boolean => program.setBlock(address(source), operator);

/** SYNs to so many ports; how many of them passed. */
function scan(from: string, ports: number): number {
  const actions = Array.from({ length: ports }, (_, i) => program.run(syn(1 + i, { from })).action);
  return actions.filter((action) => action === PASS).length;
}

const forged = Array.from({ length: 200 }, (_, i) => `198.51.100.${i}`);

test('filled by forged scans: the operator can block, a scanner gets three answers, no earlier block is lost', () => {
  load();
  for (const source of ['203.0.113.1', '2001:db8:bad::']) expect(block(source)).toBe(true);
  for (const source of forged) expect(scan(source, 4)).toBe(3);
  expect(program.blockCount()).toBe(FOR_SCANS);

  // A real scanner, who finds it full.
  expect(scan('192.0.2.1', 100)).toBe(3);
  expect(program.block(address('192.0.2.1'))).toBeUndefined();
  // Two are left for the operator, and no third.
  expect(['192.0.2.2', '192.0.2.3', '192.0.2.4'].map(block)).toEqual([true, true, false]);
  expect(['192.0.2.2', '192.0.2.3', '192.0.2.4'].map((from) => scan(from, 1))).toEqual([0, 0, 1]);
  expect(program.blockCount()).toBe(MAX_BLOCKS);

  // Those of the operator, and of the forgers those that came first.
  const held = ['203.0.113.1', ...forged.slice(0, FOR_SCANS - 2)];
  for (const from of held) expect(program.run(syn(9, { from })).verdict, from).toBe(Verdict.DROP_BLOCKED);
  const syn6 = syn(9, { from: '2001:db8:bad::7', to: '2001:db8::5' });
  expect(program.run(syn6).verdict).toBe(Verdict.DROP_BLOCKED);
  expect(program.counters()).toMatchObject({ blocksMade: 124n, blocksRefused: 77n });
});

test('what finds no cell in its line is blocked, listed and lifted like any other', () => {
  load({ blockLines: 1, policy: { threshold: 0 } });
  const sources = forged.slice(0, 20);
  for (const from of sources) expect(program.run(syn(1, { from })).verdict).toBe(Verdict.DROP_THRESHOLD);
  expect(program.blockLine(0)).toMatchObject({ inHash: 15 });
  expect(program.hashedBlocks()).toHaveLength(15);
  for (const from of sources)
    expect(program.run(syn(2, { from }))).toEqual({ verdict: Verdict.DROP_BLOCKED, action: DROP });
  for (const source of sources) expect(program.block(address(source))).toMatchObject({ packets: 1n, bytes: 54n });
  for (const source of sources) expect(program.deleteBlock(address(source))).toBe(true);
  expect([program.blockCount(), program.blockLine(0).inHash, program.hashedBlocks()]).toEqual([0, 0, []]);
  program.setPolicy({ threshold: 3 });
  for (const from of sources) expect(program.run(syn(3, { from })).action).toBe(PASS);
});

test('who is allowed leaves his cell and is heard at once; allowed no more, his block is still there', () => {
  load({ blockLines: 1 });
  for (const source of ['192.0.2.1', '192.0.2.2']) block(source);
  const allow = [address('192.0.2.1'), 128] as const;
  program.allow(...allow, AllowReason.OPERATOR);
  program.recheck();
  expect([scan('192.0.2.1', 1), scan('192.0.2.2', 1)]).toEqual([1, 0]);
  expect(program.hashedBlocks()).toMatchObject([{ source: address('192.0.2.1'), block: { reason: operator.reason } }]);
  expect(program.blockCount()).toBe(2);
  program.disallow(...allow);
  expect(scan('192.0.2.1', 1)).toBe(0);
});

/** Runs of the command program that a look at all lines takes. */
function runsOfRecheck(): number {
  const frame = new CommandFrame(endianness() === 'LE' ? 'little' : 'big');
  frame.add(commandOf({ op: CommandOp.RECHECK, first: 0, count: program.map('blocked_lines').maxEntries }));
  let runs = 0;
  frame.run((data) => {
    runs++;
    return program.object.programs['scanward_command']!.testRun({ data }).data;
  });
  return runs;
}

test('while nobody is blocked, as at the start, to allow somebody costs one run, however many lines there are', () => {
  load({ blockLines: 4_096 });
  expect(runsOfRecheck()).toBe(1);
  block('192.0.2.1');
  expect(runsOfRecheck()).toBeGreaterThan(1);
});
