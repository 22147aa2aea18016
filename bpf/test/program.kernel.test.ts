import {
  AllowReason,
  blockExpiryNs,
  BlockReason,
  blockStartNs,
  codecs,
  commandOf,
  CommandOp,
  Mode,
  Response,
  Verdict,
} from '@scanward/map-codec';
import { buildFrame } from '@scanward/packet';
import { FLOOD_SOURCES_MAX, TestProgram, Wrapper, type TestProgramOptions } from '@scanward/testkit';
import { endianness } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { address, SECOND, syn } from './packets.ts';

const HOUR = 3_600n * SECOND;
const START = HOUR;
const PASS = 2;
const DROP = 1;

let program: TestProgram;
afterEach(() => program.close());

function load(options: TestProgramOptions = {}): void {
  program = TestProgram.load({ nowNs: START, ...options });
}

/** The verdicts of SYNs to these ports, one after the other. */
const touch = (ports: readonly number[], options: Parameters<typeof syn>[1] = {}): number[] =>
  ports.map((port) => program.run(syn(port, options)).verdict);

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

describe('threshold', () => {
  test.each([0, 1, 3, 10, 11, 30, 31])('%i ports pass, the next one is dropped, reported and blocked', (threshold) => {
    load({ policy: { threshold } });
    const ports = range(0, threshold); // port 0 is a port like any other
    expect(touch(ports)).toEqual(ports.map(() => Verdict.PASS_CONNECTION));
    expect(program.takeScans()).toEqual([]);
    expect(program.run(syn(1_000))).toEqual({ verdict: Verdict.DROP_THRESHOLD, action: DROP });
    const [scan, ...more] = program.takeScans();
    expect(more).toEqual([]);
    expect(scan).toMatchObject({
      timeNs: START,
      source: address('192.0.2.56'),
      destination: address('10.0.0.5'),
      expiryNs: blockExpiryNs(START + HOUR),
      sourceBits: 128,
      blocked: 1,
      portsCount: threshold + 1,
    });
    expect(scan!.ports.slice(0, threshold + 1)).toEqual([1_000, ...ports.toReversed()]);
    expect(program.block(address('192.0.2.56'))).toMatchObject({
      startNs: blockStartNs(START),
      expiryNs: blockExpiryNs(START + HOUR),
      packets: 0n,
      reason: BlockReason.SCAN,
    });
    expect(program.takeConnections()).toHaveLength(threshold);
  });

  test('the same ports again are no news, however often', () => {
    load();
    const again = range(0, 200).map((i) => program.run(syn(80 + (i % 3), { sequence: i })).verdict);
    expect(new Set(again)).toEqual(new Set([Verdict.PASS_CONNECTION]));
  });

  test('ports are counted over all own addresses together', () => {
    load();
    expect(touch([80, 81])).toEqual([Verdict.PASS_CONNECTION, Verdict.PASS_CONNECTION]);
    expect(touch([82, 83], { to: '10.0.0.6' })).toEqual([Verdict.PASS_CONNECTION, Verdict.DROP_THRESHOLD]);
    expect(program.takeScans()[0]!.destination).toEqual(address('10.0.0.6'));
  });
});

describe('window', () => {
  test('slides: three ports before a full minute and one after it are a scan', () => {
    load();
    program.setNow(START + 58n * SECOND);
    touch([1, 2, 3]);
    program.setNow(START + 62n * SECOND);
    expect(touch([4])).toEqual([Verdict.DROP_THRESHOLD]);
  });

  test('a touch is out as soon as it is a window old, and not a tick earlier', () => {
    load();
    touch([1, 2, 3]);
    touch([1], { sequence: 77 });
    program.setNow(START + 60n * SECOND - 1_024n);
    program.setPolicy({ response: Response.LOG });
    touch([4]);
    expect(program.takeScans()).toHaveLength(1);
    program.close();
    load();
    touch([1, 2, 3]);
    program.setNow(START + 60n * SECOND + 1_024n);
    expect(touch([4])).toEqual([Verdict.PASS_CONNECTION]);
  });

  test("a source's first touch is out up to 16.8 ms early, since its cell has so coarse a clock; never late", () => {
    const afterUnit = 9_999_999n;
    const unit = 1n << 24n;
    const start = (START / unit) * unit;
    for (const [afterNs, verdict] of [
      [60n * SECOND - afterUnit - 1_024n, Verdict.DROP_THRESHOLD],
      [60n * SECOND - afterUnit + 1_024n, Verdict.PASS_CONNECTION],
    ] as const) {
      load({ nowNs: start + afterUnit });
      touch([1]);
      program.setNow(start + afterUnit + SECOND);
      touch([2, 3]);
      program.setNow(start + afterUnit + afterNs);
      expect(touch([4])).toEqual([verdict]);
      program.close();
    }
    load();
  });

  test('a policy takes effect at the next packet', () => {
    load({ policy: { threshold: 10 } });
    touch([1, 2, 3]);
    program.setPolicy({ threshold: 2 });
    expect(touch([1], { sequence: 77 })).toEqual([Verdict.DROP_THRESHOLD]);
  });
});

describe('block', () => {
  const everything = (): Uint8Array[] => {
    const from = { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' } as const;
    return [
      syn(80),
      syn(80, { vlans: [{}] }),
      syn(80, { vlans: [{ protocol: 0x88a8 }, {}] }),
      buildFrame({ network: from, transport: { kind: 'udp', sourcePort: 1, destinationPort: 2 } }),
      buildFrame({ network: from, transport: { kind: 'icmp' } }),
      buildFrame({
        network: { ...from, fragmentOffset: 100 },
        transport: { kind: 'raw', protocol: 6, bytes: new Uint8Array(8) },
      }),
      buildFrame({ network: from, transport: { kind: 'tcp', sourcePort: 1, destinationPort: 2, flags: 0x10 } }),
      buildFrame({ network: from, transport: { kind: 'raw', protocol: 6, bytes: new Uint8Array(3) } }),
      buildFrame({
        network: { ...from, options: new Uint8Array(40) },
        transport: { kind: 'raw', protocol: 47, bytes: new Uint8Array(9) },
      }),
    ];
  };

  test('everything of the source is dropped and counted to its block, until its time is over', () => {
    load({ policy: { blockTtlNs: 5n * SECOND } });
    touch([1, 2, 3, 4]);
    const end = blockExpiryNs(START + 5n * SECOND);
    program.setNow(end - 1n);
    const frames = everything();
    for (const frame of frames) expect(program.run(frame)).toEqual({ verdict: Verdict.DROP_BLOCKED, action: DROP });
    expect(program.block(address('192.0.2.56'))).toMatchObject({
      packets: BigInt(frames.length),
      bytes: BigInt(frames.reduce((sum, frame) => sum + frame.length, 0)),
    });
    expect(program.counters().verdicts[Verdict.DROP_BLOCKED]!.packets).toBe(BigInt(frames.length));

    program.setNow(end);
    for (const frame of frames) expect(program.run(frame).action).toBe(PASS);
  });

  test('a source whose block is over starts anew, although its touches are within the window', () => {
    load({ policy: { blockTtlNs: 5n * SECOND } });
    touch([1, 2, 3, 4]);
    program.setNow(START + 6n * SECOND);
    expect(touch([5, 6, 7, 8])).toEqual([
      Verdict.PASS_CONNECTION,
      Verdict.PASS_CONNECTION,
      Verdict.PASS_CONNECTION,
      Verdict.DROP_THRESHOLD,
    ]);
    expect(program.takeScans().map(({ expiryNs }) => expiryNs)).toEqual(
      [START + 5n * SECOND, START + 11n * SECOND].map(blockExpiryNs),
    );
    expect(program.counters().blocksMade).toBe(2n);
  });

  test('time to live 0 is for ever', () => {
    load({ policy: { blockTtlNs: 0n } });
    touch([1, 2, 3, 4]);
    program.setNow(START + 1_000_000n * HOUR);
    expect(touch([5])).toEqual([Verdict.DROP_BLOCKED]);
  });

  test('a full blocklist keeps its blocks, drops the crossing packets all the same, and says so once', () => {
    load({ maxBlocks: 3, policy: { threshold: 0 } }); // one is the operator's
    for (const from of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) touch([1], { from });
    expect(touch([2, 3], { from: '192.0.2.3' })).toEqual([Verdict.DROP_THRESHOLD, Verdict.DROP_THRESHOLD]);
    expect(touch([2], { from: '192.0.2.1' })).toEqual([Verdict.DROP_BLOCKED]);
    expect(program.takeScans().map(({ blocked }) => blocked)).toEqual([1, 1, 0]);
    expect(program.counters()).toMatchObject({ blocksMade: 2n, blocksRefused: 1n });
  });

  test('a block that was refused is made, and told, when there is room', () => {
    load({ maxBlocks: 1, policy: { threshold: 1 } });
    touch([1, 2], { from: '192.0.2.1' });
    touch([1, 2], { from: '192.0.2.2' });
    program.takeScans();
    program.deleteBlock(address('192.0.2.1'));
    expect(touch([3, 4], { from: '192.0.2.2' })).toEqual([Verdict.DROP_THRESHOLD, Verdict.DROP_BLOCKED]);
    const [scan, ...more] = program.takeScans();
    expect(more).toEqual([]);
    expect(scan).toMatchObject({ blocked: 1, expiryNs: blockExpiryNs(START + HOUR), portsCount: 3 });
  });

  test('--response log reports once a window and drops nothing', () => {
    load({ policy: { response: Response.LOG } });
    expect(new Set(touch(range(1, 20)))).toEqual(new Set([Verdict.PASS_CONNECTION]));
    expect(program.takeScans()).toMatchObject([{ blocked: 0, expiryNs: 0n, portsCount: 4 }]);
    program.setNow(START + 60n * SECOND);
    touch(range(100, 20));
    expect(program.takeScans()).toHaveLength(1);
  });

  test('mode user records and decides nothing', () => {
    load({ policy: { mode: Mode.USER } });
    expect(new Set(touch(range(1, 40)))).toEqual(new Set([Verdict.PASS_CONNECTION]));
    expect(program.takeScans()).toEqual([]);
    expect(program.block(address('192.0.2.56'))).toBeUndefined();
    const slots = range(0, program.map('sources').maxEntries).flatMap((set) => program.sourceSet(set).slots);
    const slot = slots.find(({ connections }) => connections > 0)!;
    expect(slot).toMatchObject({ overNs: START, untilNs: 0n, ports: 40, connections: 40 });
  });
});

describe('allow', () => {
  test('an allowed source is never dropped and never reported, but its connections are', () => {
    load();
    program.allow(address('192.0.2.0'), 96 + 24, AllowReason.OPERATOR);
    expect(new Set(touch(range(1, 40)))).toEqual(new Set([Verdict.PASS_CONNECTION]));
    expect(program.takeScans()).toEqual([]);
    expect(program.takeConnections()).toHaveLength(40);
  });

  test('allow wins over a block', () => {
    load();
    touch([1, 2, 3, 4]);
    program.allow(address('192.0.2.56'), 128, AllowReason.OPERATOR);
    program.recheck(); // as user space does
    expect(touch([5])).toEqual([Verdict.PASS_CONNECTION]);
  });
});

describe('retransmission', () => {
  test('the same 4-tuple and sequence number within 64 s: no connection, no touch', () => {
    load();
    expect(touch([80, 80, 80])).toEqual([
      Verdict.PASS_CONNECTION,
      Verdict.PASS_RETRANSMISSION,
      Verdict.PASS_RETRANSMISSION,
    ]);
    program.setNow(START + 63n * SECOND);
    expect(touch([80])).toEqual([Verdict.PASS_RETRANSMISSION]);
    program.setNow(START + 128n * SECOND);
    expect(touch([80])).toEqual([Verdict.PASS_CONNECTION]);
    expect(program.takeConnections()).toHaveLength(2);
  });

  test('does not renew the touch: a port asked for a minute ago does not count', () => {
    load();
    touch([1]);
    program.setNow(START + 50n * SECOND);
    touch([1]);
    program.setNow(START + 70n * SECOND);
    expect(touch([2, 3, 4])).toEqual(Array<number>(3).fill(Verdict.PASS_CONNECTION));
  });

  test.each([{ fromPort: 40_001 }, { sequence: 81 }, { to: '10.0.0.6' }, { from: '192.0.2.57' }])(
    'another connection: %o',
    (other) => {
      load();
      expect(touch([80])).toEqual([Verdict.PASS_CONNECTION]);
      expect(touch([80], other)).toEqual([Verdict.PASS_CONNECTION]);
    },
  );

  test('a SYN that was dropped over the threshold is judged again, not waved through', () => {
    load({ maxBlocks: 1, policy: { threshold: 0 } });
    touch([1], { from: '192.0.2.1' });
    expect(touch([80, 80, 80])).toEqual(Array<number>(3).fill(Verdict.DROP_THRESHOLD));
  });
});

describe('source', () => {
  test('an IPv6 source is its /64: a new address at each probe hides nobody', () => {
    load();
    const verdicts = [1, 2, 3, 4, 5].map((i) => touch([i], { from: `2001:db8:bad::${i}`, to: '2001:db8::5' })[0]);
    expect(verdicts.slice(3)).toEqual([Verdict.DROP_THRESHOLD, Verdict.DROP_BLOCKED]);
    expect(program.takeScans()).toMatchObject([{ source: address('2001:db8:bad::4'), sourceBits: 64 }]);
    expect(program.block(address('2001:db8:bad::'))).toBeDefined();
    expect(touch([1], { from: '2001:db8:bad:1::1', to: '2001:db8::5' })).toEqual([Verdict.PASS_CONNECTION]);
  });

  test.each(['fe80::', '2001:db8:1:2::'])('neighbours in %s are taken whole', (net) => {
    const none = { address: new Uint8Array(16), mask: new Uint8Array(16) };
    const neighbours = { address: address('2001:db8:1:2::'), mask: address('ffff:ffff:ffff:ffff::') };
    const onlink = [neighbours, ...Array<typeof neighbours>(15).fill(none)];
    load({ policy: { onlinkCount: 1, onlink } });
    touch([1, 2, 3, 4], { from: `${net}1`, to: '2001:db8::5' });
    expect(program.takeScans()).toMatchObject([{ sourceBits: 128 }]);
    expect(touch([5], { from: `${net}1`, to: '2001:db8::5' })).toEqual([Verdict.DROP_BLOCKED]);
    expect(touch([5], { from: `${net}2`, to: '2001:db8::5' })).toEqual([Verdict.PASS_CONNECTION]);
  });

  test('an IPv6 packet from ::ffff:192.0.2.1 blames no IPv4 host', () => {
    load({ policy: { ipv6Prefix: 128, ipv6Mask: new Uint8Array(16).fill(0xff) } });
    const mapped = { source: address('192.0.2.1'), destination: '2001:db8::5', kind: 'ipv6' } as const;
    for (const port of range(1, 10)) {
      const frame = buildFrame({ network: mapped, transport: { kind: 'tcp', sourcePort: 1, destinationPort: port } });
      expect(program.run(frame).verdict).toBe(Verdict.PASS_MALFORMED);
    }
    expect(touch([1], { from: '192.0.2.1' })).toEqual([Verdict.PASS_CONNECTION]);
  });

  test('a source that comes to a full set takes the slot that was quiet longest; a fresh one is counted', () => {
    load({ sourceSets: 1 });
    for (const i of [1, 2, 3, 4]) {
      program.setNow(START + BigInt(i) * SECOND);
      touch([1, 2], { from: `192.0.2.${i}` });
    }
    touch([3], { from: '192.0.2.1' });
    touch([1, 2], { from: '192.0.2.5' });
    const sources = program.sourceSet(0).slots.map(({ source }) => source[15]);
    expect(sources).toEqual([1, 5, 3, 4]);
    expect(program.counters().sourcesEvicted).toBe(1n);
    program.setNow(START + 200n * SECOND);
    touch([1, 2], { from: '192.0.2.6' });
    expect(program.counters().sourcesEvicted).toBe(1n);
  });

  test('sources with one port come into no slot; of those in a full line the one quiet longest makes room', () => {
    load({ sourceSets: 1, singleLines: 1 });
    for (let i = 1; i <= 8; i++) {
      program.setNow(START + BigInt(i) * SECOND);
      touch([443], { from: `192.0.2.${i}` });
    }
    expect(program.counters()).toMatchObject({ singlesEvicted: 1n, sourcesEvicted: 0n });
    expect(program.sourceSet(0).slots.every(({ touches }) => touches[0] === 0n)).toBe(true);
    // The first was forgotten, the second was not.
    touch([444, 445, 446], { from: '192.0.2.2' });
    expect(program.takeScans()).toHaveLength(1);
    touch([444, 445, 446], { from: '192.0.2.1' });
    expect(program.takeScans()).toHaveLength(0);
  });

  test('in the fifth year of uptime an empty slot is still no source that was evicted', () => {
    load({ nowNs: 2n ** 57n + START, sourceSets: 1 });
    for (const i of [1, 2, 3, 4]) touch([1, 2], { from: `192.0.2.${i}` });
    expect(program.counters().sourcesEvicted).toBe(0n);
    touch([1, 2], { from: '192.0.2.5' });
    expect(program.counters().sourcesEvicted).toBe(1n);
  });
});

describe('nobody (0.0.0.0 and ::)', () => {
  test.each([
    { family: 'ipv4', from: '0.0.0.0', to: '10.0.0.5' },
    { family: 'ipv6', from: '::', to: '2001:db8::5' },
  ] as const)('$from is never blocked: who has no address yet sends from it', ({ family, from, to }) => {
    load({ policy: { threshold: 0 } });
    expect(new Set(touch(range(1, 40), { from, to }))).toEqual(new Set([Verdict.PASS_CONNECTION]));
    expect([program.takeScans(), program.takeConnections().length]).toEqual([[], 40]);
    expect(program.blockCount()).toBe(0);
    const discover = buildFrame({
      network: { kind: family, source: from, destination: to },
      transport: { kind: 'udp', sourcePort: 68, destinationPort: 67 },
    });
    expect(program.run(discover).action).toBe(PASS);
  });
});

describe('fragments', () => {
  const network = { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' } as const;
  const asTcp = syn(80).slice(34);

  test('the first one is a SYN like any other', () => {
    load();
    const transport = { kind: 'raw', protocol: 6, bytes: asTcp } as const;
    expect(program.run(buildFrame({ network: { ...network, moreFragments: true }, transport })).verdict).toBe(
      Verdict.PASS_CONNECTION,
    );
  });

  test('a later one has no ports, whatever its bytes look like, and a short one passes', () => {
    load();
    for (const bytes of [asTcp, asTcp.slice(0, 8), new Uint8Array(0)]) {
      const later = {
        network: { ...network, fragmentOffset: 3 },
        transport: { kind: 'raw', protocol: 6, bytes },
      } as const;
      expect(program.run(buildFrame(later))).toEqual({ verdict: Verdict.PASS_FRAGMENT, action: PASS });
    }
    expect(program.takeConnections()).toEqual([]);
  });
});

describe('IPv6 fragments', () => {
  test('the first one is a SYN, a later one has no ports, whatever its bytes look like', () => {
    load();
    const fragment = (offset: number, port: number) =>
      buildFrame({
        network: {
          kind: 'ipv6',
          source: '2001:db8:bad::1',
          destination: '2001:db8::5',
          extensions: [{ kind: 'fragment', offset, moreFragments: true }],
        },
        transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: port },
      });
    expect(program.run(fragment(0, 80)).verdict).toBe(Verdict.PASS_CONNECTION);
    for (const port of range(1, 10)) {
      expect(program.run(fragment(3, port))).toEqual({ verdict: Verdict.PASS_FRAGMENT, action: PASS });
    }
    expect(program.takeConnections()).toHaveLength(1);
  });
});

describe('command', () => {
  test('sweep empties the slots that were quiet for a window, and tells how many are left', () => {
    load({ sourceSets: 2 });
    touch([1, 2], { from: '192.0.2.1' });
    touch([1, 2], { from: '192.0.2.2' });
    program.setNow(START + 50n * SECOND);
    touch([3], { from: '192.0.2.1' });
    program.setNow(START + 70n * SECOND);
    expect(program.command({ op: CommandOp.SWEEP, first: 0, count: 2 })).toMatchObject({ live: 1, emptied: 1 });
    expect(program.command({ op: CommandOp.SWEEP, first: 0, count: 2 })).toMatchObject({ live: 1, emptied: 0 });
    expect(program.command({ op: CommandOp.SWEEP, first: 2, count: 64 })).toMatchObject({ live: 0, emptied: 0 });
  });

  test('forget: the source starts anew', () => {
    load();
    touch([1, 2, 3]);
    touch([1, 2, 3], { from: '192.0.2.57' });
    program.command({ op: CommandOp.FORGET, source: address('192.0.2.56') });
    expect(touch([4])).toEqual([Verdict.PASS_CONNECTION]);
    expect(touch([4], { from: '192.0.2.57' })).toEqual([Verdict.DROP_THRESHOLD]);
  });

  test('anything else is refused', () => {
    load();
    const command = program.object.programs['scanward_command']!;
    const known = codecs(endianness() === 'LE' ? 'little' : 'big').command.encode(commandOf({ op: CommandOp.FORGET }));
    expect(command.testRun({ data: known }).verdict).toBe(PASS);
    expect(command.testRun({ data: known.slice(1) }).verdict).toBe(0);
    expect(command.testRun({ data: new Uint8Array(known.length) }).verdict).toBe(0);
  });
});

describe('loss', () => {
  test('a full ring of connections is counted, to the record, and scans still come through', () => {
    load({ policy: { threshold: 31 } });
    const room = Math.floor((8 * 1024 * 1024) / 64);
    const sent = room + 1_000;
    using wrapper = new Wrapper({ kind: 'flood', sources: 2 ** 24, network: 0x0a00_0000 });
    wrapper.around(program.program).testRun({ data: syn(80), repeat: sent });
    const lost = Number(program.counters().connectionsLost);
    touch(range(1, 32));
    expect(program.takeScans()).toHaveLength(1);
    expect(program.countConnections() + lost).toBe(sent);
    expect(lost).toBeGreaterThan(0);
  });

  test('a full ring of scans is counted, to the record', () => {
    load({ policy: { threshold: 0, response: Response.LOG } });
    const sent = 9_000;
    using wrapper = new Wrapper({ kind: 'flood', sources: FLOOD_SOURCES_MAX, network: 0x8000_0000 });
    wrapper.around(program.program).testRun({ data: syn(80), repeat: sent });
    const lost = Number(program.counters().scansLost);
    // A ring is never quite full: one record of 136 bytes less than its 1 MiB could hold.
    expect(lost).toBe(sent - 7_710);
    expect(program.takeScans()).toHaveLength(7_710);
  });
});
