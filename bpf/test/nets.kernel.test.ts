/** Nets that the operator blocks: who is dropped, what counts, and which of several nets within each other it is. */
import { AllowReason, blockExpiryNs, BlockOutcome, BlockReason, CommandOp, Verdict } from '@scanward/map-codec';
import { buildFrame } from '@scanward/packet';
import { TestProgram, type TestProgramOptions } from '@scanward/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { address, SECOND, syn } from './packets.ts';

const START = 3_600n * SECOND;
const FOR_EVER = 0n;
const V4 = 96;

let program: TestProgram;
afterEach(() => program.close());

function load(options: TestProgramOptions = {}): void {
  program = TestProgram.load({ nowNs: START, ...options });
}

const lasting = (ttlNs: bigint) => ({
  ...{ startNs: START, packets: 0n, bytes: 0n, reason: BlockReason.OPERATOR },
  expiryNs: ttlNs === FOR_EVER ? 0n : START + ttlNs,
});
const block = (net: string, bits: number, ttlNs = FOR_EVER): boolean =>
  program.setNet(address(net), bits, lasting(ttlNs));
const run = (from: string, port = 80): number =>
  program.run(syn(port, { from, to: from.includes(':') ? '2001:db8::5' : '10.0.0.5' })).verdict;
const isDropped = (from: string, port = 80): boolean => run(from, port) === Verdict.DROP_BLOCKED;
const packets = (net: string, bits: number): bigint => program.net(address(net), bits)!.packets;

/** Frames of all kinds: some take the short way through the program, some the long one. */
function everything(source: string): Uint8Array[] {
  const network = { kind: 'ipv4', source, destination: '10.0.0.5' } as const;
  return [
    syn(80, { from: source }),
    syn(80, { from: source, vlans: [{}] }),
    syn(80, { from: source, flags: 0x10 }),
    buildFrame({ network, transport: { kind: 'udp', sourcePort: 1, destinationPort: 2 } }),
    buildFrame({ network: { ...network, options: new Uint8Array(8) }, transport: { kind: 'icmp' } }),
    buildFrame({ network: { ...network, fragmentOffset: 100 }, transport: { kind: 'icmp' } }),
  ];
}

describe('a net', () => {
  test('drops everything of its sources, counted on its block, and nothing of others', () => {
    load();
    expect(block('192.0.2.0', V4 + 30)).toBe(true);
    const frames = everything('192.0.2.3');
    for (const frame of frames) expect(program.run(frame)).toEqual({ verdict: Verdict.DROP_BLOCKED, action: 1 });
    for (const frame of everything('192.0.2.4')) expect(program.run(frame).action).toBe(2);
    expect(program.net(address('192.0.2.0'), V4 + 30)).toMatchObject({
      packets: BigInt(frames.length),
      bytes: BigInt(frames.reduce((sum, frame) => sum + frame.length, 0)),
      reason: BlockReason.OPERATOR,
      bits: 126,
    });
    expect([program.netCount(), program.blockCount()]).toEqual([1, 0]);
  });

  test('of IPv6 is of any length, and one of less than 96 bits holds no IPv4 address', () => {
    load();
    block('2001:db8:1::', 48);
    expect(['2001:db8:1:ffff::1', '2001:db8:2::1'].map((from) => isDropped(from))).toEqual([true, false]);
    block('::', 0);
    expect(['2001:db8:2::1', 'fe80::1', '192.0.2.1'].map((from) => isDropped(from))).toEqual([true, true, false]);
    block('0.0.0.0', V4);
    expect(isDropped('192.0.2.1')).toBe(true);
  });

  test('loses to the allowlist, which is asked at each packet', () => {
    load();
    block('192.0.2.0', V4 + 24);
    program.allow(address('192.0.2.1'), 128, AllowReason.COMMAND);
    for (const frame of everything('192.0.2.1')) expect(program.run(frame).action).toBe(2);
    expect(isDropped('192.0.2.2')).toBe(true);
    program.disallow(address('192.0.2.1'), 128);
    expect(isDropped('192.0.2.1')).toBe(true);
    expect(packets('192.0.2.0', V4 + 24)).toBe(2n);
  });

  test('is asked for who has no block of his own, or one whose time is over', () => {
    load({ policy: { blockTtlNs: 5n * SECOND } });
    for (const port of [1, 2, 3, 4]) run('192.0.2.1', port);
    block('192.0.2.0', V4 + 24);
    expect([isDropped('192.0.2.1'), packets('192.0.2.0', V4 + 24)]).toEqual([true, 0n]);
    program.advance(6n * SECOND);
    expect([isDropped('192.0.2.1'), packets('192.0.2.0', V4 + 24)]).toEqual([true, 1n]);
  });

  test('ends to the unit, with the daemon dead', () => {
    load();
    block('192.0.2.0', V4 + 24, 5n * SECOND);
    const endNs = blockExpiryNs(START + 5n * SECOND);
    program.setNow(endNs - 1n);
    expect(isDropped('192.0.2.1')).toBe(true);
    program.setNow(endNs);
    expect(isDropped('192.0.2.1')).toBe(false);
    expect(program.netCount()).toBe(1);
  });
});

describe('nets within each other', () => {
  test('the longest in force drops; when it is over, the next', () => {
    load();
    block('192.0.2.0', V4 + 24);
    block('192.0.2.0', V4 + 28, 10n * SECOND);
    block('192.0.2.1', 128, 5n * SECOND);
    for (const step of [1n, 6n, 11n]) {
      program.setNow(START + step * SECOND);
      expect(isDropped('192.0.2.1')).toBe(true);
    }
    expect([packets('192.0.2.1', 128), packets('192.0.2.0', V4 + 28), packets('192.0.2.0', V4 + 24)]).toEqual([
      1n,
      1n,
      1n,
    ]);
  });

  test('behind eight whose time is over none is found, until one of them is removed', () => {
    load();
    for (let i = 0; i < 8; i++) block('2001:db8::1', 128 - i, SECOND);
    block('2001:db8::', 32);
    program.setNow(START + 2n * SECOND);
    expect(isDropped('2001:db8::1')).toBe(false);
    expect(program.deleteNet(address('2001:db8::1'), 125)).toBe(true);
    expect(isDropped('2001:db8::1')).toBe(true);
  });
});

describe('a command', () => {
  test('finds, replaces and removes exactly its net', () => {
    load();
    block('192.0.2.0', V4 + 24);
    block('192.0.2.0', V4 + 28);
    expect(program.net(address('192.0.2.0'), V4 + 26)).toBeUndefined();
    expect(program.deleteNet(address('192.0.2.0'), V4 + 26)).toBe(false);
    expect(program.deleteNet(address('192.0.2.0'), 128)).toBe(false);
    // A block of the same address as a source is another one.
    program.setBlock(address('192.0.2.0'), lasting(FOR_EVER));
    expect(program.deleteNet(address('192.0.2.0'), V4 + 24)).toBe(true);
    expect([isDropped('192.0.2.200'), isDropped('192.0.2.1'), isDropped('192.0.2.0')]).toEqual([false, true, true]);
    expect(program.deleteBlock(address('192.0.2.0'))).toBe(true);
    expect(program.nets().map((net) => net.block.bits)).toEqual([V4 + 28]);
    expect([program.netCount(), program.blockCount()]).toEqual([1, 0]);
  });

  test('a full trie refuses another net, and replaces what it has', () => {
    load({ maxNets: 2 });
    expect([block('192.0.2.0', V4 + 24), block('2001:db8::', 32), block('10.0.0.0', V4 + 8)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isDropped('10.0.0.1')).toBe(false);
    expect(block('192.0.2.0', V4 + 24, SECOND)).toBe(true);
    expect(program.net(address('192.0.2.0'), V4 + 24)!.expiryNs).toBe(blockExpiryNs(START + SECOND));
    program.deleteNet(address('2001:db8::'), 32);
    expect(block('10.0.0.0', V4 + 8)).toBe(true);
    expect(program.netCount()).toBe(2);
  });

  test('no net is longer than 128 bits', () => {
    load();
    const none = { ...lasting(FOR_EVER), bits: 129 };
    const outcome = (op: number) =>
      program.command({ op, source: address('192.0.2.1'), isNet: 1, block: none }).outcome;
    expect([CommandOp.BLOCK, CommandOp.FIND, CommandOp.UNBLOCK].map(outcome)).toEqual([
      BlockOutcome.REFUSED,
      BlockOutcome.ABSENT,
      BlockOutcome.ABSENT,
    ]);
    expect(program.netCount()).toBe(0);
  });
});
