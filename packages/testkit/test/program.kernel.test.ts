import { buildFrame, parseAddress } from '@scanward/packet';
import { Verdict } from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { syn } from '../src/index.ts';
import { TestProgram } from '../src/program.ts';

const source = '192.0.2.56';
const frame = (port: number, sourcePort = port): Uint8Array =>
  buildFrame({ network: { kind: 'ipv4', source, destination: '10.0.0.5' }, transport: syn(port, sourcePort) });

// Five seconds after the first, rounded up to a whole unit of 2^26 ns.
const END_NS = ((6_000_000_000n >> 26n) + 1n) << 26n;

test('the shipped program blocks at the fourth port, by the clock of the test', () => {
  using program = TestProgram.load({ nowNs: 1_000_000_000n, policy: { blockTtlNs: 5_000_000_000n } });
  for (const port of [80, 81, 82])
    expect(program.run(frame(port))).toEqual({ verdict: Verdict.PASS_CONNECTION, action: 2 });
  expect(program.run(frame(82))).toEqual({ verdict: Verdict.PASS_RETRANSMISSION, action: 2 });
  expect(program.run(frame(83))).toEqual({ verdict: Verdict.DROP_THRESHOLD, action: 1 });
  expect(program.run(frame(80, 9))).toEqual({ verdict: Verdict.DROP_BLOCKED, action: 1 });
  const [scan, ...more] = program.takeScans();
  expect(more).toEqual([]);
  expect(scan).toMatchObject({ timeNs: 1_000_000_000n, expiryNs: END_NS, blocked: 1, portsCount: 4 });
  expect(scan!.ports.slice(0, 4)).toEqual([83, 82, 81, 80]);
  expect(program.takeConnections().map(({ destinationPort }) => destinationPort)).toEqual([80, 81, 82]);
  expect(program.block(parseAddress(source))).toMatchObject({ packets: 1n });
  program.setNow(END_NS);
  expect(program.run(frame(80, 10)).verdict).toBe(Verdict.PASS_CONNECTION);
});

test('packets that are allowed, or of another policy', () => {
  using program = TestProgram.load({ policy: { threshold: 0 } });
  program.allow(parseAddress(source), 128, 5);
  expect(program.run(frame(80)).verdict).toBe(Verdict.PASS_CONNECTION);
  expect(program.takeScans()).toEqual([]);
  expect(program.counters().blocksMade).toBe(0n);
});

test('a closed program is kept for the next one who asks for the same, and is as good as new', () => {
  const use = (): { id: number; verdicts: number[] } => {
    using program = TestProgram.load({ sourceSets: 64, nowNs: 1_000_000_000n });
    program.allow(parseAddress('192.0.2.99'), 128, 5);
    program.grace(parseAddress('192.0.2.99'), 128, 1n);
    const block = { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2 };
    expect(program.setNet(parseAddress('198.51.100.0'), 120, block)).toBe(true);
    return {
      id: program.program.info().id,
      verdicts: [80, 81, 82, 83].map((port) => program.run(frame(port)).verdict),
    };
  };
  const first = use();
  expect(first.verdicts.at(-1)).toBe(Verdict.DROP_THRESHOLD);
  expect(use()).toEqual(first);
  using other = TestProgram.load({ sourceSets: 128 });
  expect(other.program.info().id).not.toBe(first.id);
  using again = TestProgram.load({ sourceSets: 64 });
  expect(again.block(parseAddress(source))).toBeUndefined();
  for (const map of ['allow', 'graces', 'blocked_nets']) expect([...again.map(map).keys()], map).toEqual([]);
  expect([
    again.blockCount(),
    again.netCount(),
    again.counters().blocksMade,
    again.takeScans(),
    again.takeConnections(),
  ]).toEqual([0, 0, 0n, [], []]);
});
