import { describe, expect, it } from 'vitest';
import { other, syn } from '../test/parsed.ts';
import { host, ipv6, policy, SECOND_NS, SECRET, VICTIM } from '../test/sample.ts';
import { expiryOf } from './block.ts';
import { Reference, type ReferenceOptions, type ReferencePolicy } from './reference.ts';
import { slotValue } from './source-slot.ts';
import { Verdict } from './verdict.ts';

const START = 1_000n * SECOND_NS;

function make(changes: Partial<ReferencePolicy> = {}, options: Partial<ReferenceOptions> = {}): Reference {
  const rules: ReferencePolicy = { ...policy(), mode: 'kernel', ...changes };
  return new Reference({ policy: rules, secret: SECRET, sourceSets: 16, singleLines: 64, synLines: 64, ...options });
}

function cellsOf({ singles }: Reference): bigint[] {
  const lines = Array.from({ length: singles.lines }, (_, line) => singles.cells(line));
  return lines.flat().filter((cell) => cell !== 0n);
}

/** SYNs to so many ports, from 1, a second apart; the last outcome. */
function scan(reference: Reference, source: Uint8Array | number, ports: number, start = START) {
  let outcome = reference.packet(syn(source, 1), start);
  for (let port = 2; port <= ports; port++) {
    outcome = reference.packet(syn(source, port), start + BigInt(port - 1) * SECOND_NS);
  }
  return outcome;
}

describe('a packet of no interest', () => {
  it.each([
    ['not-ip', Verdict.passNotIp],
    ['malformed', Verdict.passMalformed],
    ['not-tcp', Verdict.passNotTcp],
    ['fragment', Verdict.passFragment],
    ['not-syn', Verdict.passNotSyn],
  ] as const)('%s passes and is counted', (kind, verdict) => {
    const reference = make();
    expect(reference.packet(other(kind), START)).toEqual({ verdict });
    expect(reference.counters.verdicts[verdict]).toEqual({ packets: 1n, bytes: 100n });
  });
});

describe('the packet that crosses the threshold', () => {
  it('is dropped, blocks its source and is reported', () => {
    const reference = make();
    expect(scan(reference, 7, 3).verdict).toBe(Verdict.passConnection);
    const nowNs = START + 9n * SECOND_NS;
    const outcome = reference.packet(syn(7, 4), nowNs, 3);
    const expiryNs = expiryOf(nowNs + 3600n * SECOND_NS);
    expect(outcome).toEqual({
      verdict: Verdict.dropThreshold,
      scan: {
        timeNs: nowNs,
        source: host(7),
        destination: VICTIM,
        expiryNs,
        ifindex: 3,
        sourceBits: 128,
        blocked: 1,
        kind: 1,
        outcome: 1,
        ports: [4, 3, 2, 1],
      },
    });
    expect(reference.blocks.get(host(7))).toMatchObject({ startNs: (nowNs >> 26n) << 26n, expiryNs, reason: 1 });
    expect(reference.counters).toMatchObject({ blocksMade: 1n, blocksRefused: 0n });
  });

  it.each([0, 1, 3, 10, 11, 31])('is the one behind the threshold of %i', (threshold) => {
    const reference = make({ threshold });
    for (let port = 1; port <= threshold; port++) {
      expect(reference.packet(syn(7, port), START).verdict).toBe(Verdict.passConnection);
    }
    expect(reference.packet(syn(7, 0), START).verdict).toBe(Verdict.dropThreshold);
  });

  it('is passed on where nobody is blocked, and reported once a window', () => {
    const reference = make({ response: 'log', threshold: 0 });
    const at = (seconds: bigint) => reference.packet(syn(7, Number(seconds)), START + seconds * SECOND_NS);
    expect(at(1n)).toMatchObject({ verdict: Verdict.passConnection, scan: { blocked: 0, expiryNs: 0n } });
    expect(at(60n).scan).toBeUndefined();
    expect(at(61n).scan).toMatchObject({ ports: [61] }); // the tick in which it ends counts again
    expect(at(62n).scan).toBeUndefined();
  });

  it('passes in user mode, where the program leaves `until` alone', () => {
    const reference = make({ mode: 'user' });
    const outcome = scan(reference, 7, 10);
    expect(outcome.verdict).toBe(Verdict.passConnection);
    expect(outcome.scan).toBeUndefined();
    expect(reference.blocks.size).toBe(0);
    const slot = slotValue(reference.sources, reference.sources.find(host(7)));
    expect(slot.untilNs).toBe(0n);
    expect(slot.overNs).toBe(START + 9n * SECOND_NS);
  });

  it('is dropped even when the blocklist is full, and its source is tried again', () => {
    const reference = make({}, { blocksMax: 1 });
    scan(reference, 1, 4);
    expect(scan(reference, 2, 4)).toMatchObject({ verdict: Verdict.dropThreshold, scan: { blocked: 0, expiryNs: 0n } });
    expect(reference.packet(syn(2, 5), START + 5n * SECOND_NS)).toEqual({ verdict: Verdict.dropThreshold });
    expect(reference.counters).toMatchObject({ blocksMade: 1n, blocksRefused: 1n });
    reference.blocks.delete(host(1));
    expect(reference.packet(syn(2, 6), START + 6n * SECOND_NS)).toMatchObject({
      verdict: Verdict.dropThreshold,
      scan: { blocked: 1, ports: [6, 5, 4, 3, 2, 1] },
    });
    expect(reference.blocks.get(host(2))).toBeDefined();
  });

  it('is judged anew when it is sent again', () => {
    const reference = make({ threshold: 0 }, { blocksMax: 0 });
    expect(reference.packet(syn(7, 1), START).verdict).toBe(Verdict.dropThreshold);
    expect(reference.packet(syn(7, 1), START).verdict).toBe(Verdict.dropThreshold);
  });
});

describe('a blocked source', () => {
  it('gets nothing through, whatever it sends', () => {
    const reference = make();
    scan(reference, 7, 4);
    for (const kind of ['not-tcp', 'fragment', 'malformed', 'not-syn'] as const) {
      expect(reference.packet(other(kind, 7), START + 5n * SECOND_NS).verdict).toBe(Verdict.dropBlocked);
    }
    expect(reference.packet(syn(7, 1), START + 5n * SECOND_NS).verdict).toBe(Verdict.dropBlocked);
    expect(reference.blocks.get(host(7))).toMatchObject({ packets: 5n, bytes: 460n });
    expect(reference.packet(other('not-tcp', 8), START).verdict).toBe(Verdict.passNotTcp);
  });

  it('is let in again at the end of its block, although its touches are still within the window', () => {
    const reference = make({ blockTtlNs: 5n * SECOND_NS });
    scan(reference, 7, 4);
    const end = expiryOf(START + 8n * SECOND_NS);
    expect(reference.packet(syn(7, 5), end - 1n).verdict).toBe(Verdict.dropBlocked);
    expect(reference.packet(syn(7, 5), end).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 6), end + SECOND_NS).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 7), end + SECOND_NS).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 8), end + SECOND_NS)).toMatchObject({
      verdict: Verdict.dropThreshold,
      scan: { ports: [8, 7, 6, 5] },
    });
  });

  it('with a block time of 0 stays out for ever', () => {
    const reference = make({ blockTtlNs: 0n });
    expect(scan(reference, 7, 4).scan).toMatchObject({ expiryNs: 0n, blocked: 1 });
    expect(reference.packet(syn(7, 5), 1n << 57n).verdict).toBe(Verdict.dropBlocked);
  });
});

describe('a blocked net', () => {
  const operator = { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2 };

  it('gets nothing through, but for who is allowed', () => {
    const reference = make();
    reference.nets.set({ address: host(0), bits: 120 }, operator);
    reference.allow.add({ address: host(9), bits: 128 });
    expect(reference.packet(other('not-tcp', 7), START).verdict).toBe(Verdict.dropBlocked);
    expect(reference.packet(syn(9, 1), START).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(256, 1), START).verdict).toBe(Verdict.passConnection);
    expect(reference.counters.verdicts[Verdict.dropBlocked]).toEqual({ packets: 1n, bytes: 100n });
  });

  it("is not asked for who has a block of his own, and is again when that one's time is over", () => {
    const reference = make({ blockTtlNs: 5n * SECOND_NS });
    scan(reference, 7, 4);
    reference.nets.set({ address: host(0), bits: 120 }, operator);
    const packets = () => [reference.blocks.get(host(7))!, ...reference.nets.list().map(({ block }) => block)];
    reference.packet(syn(7, 5), START + 4n * SECOND_NS);
    reference.packet(syn(7, 5), START + 10n * SECOND_NS);
    expect(packets().map((block) => block.packets)).toEqual([1n, 1n]);
  });
});

describe('a source with a grace', () => {
  it('is as good as allowed until it ends, and is then blocked at the next packet', () => {
    const reference = make();
    const endNs = START + 20n * SECOND_NS;
    reference.graces.set({ address: host(7), bits: 128 }, endNs);
    expect(scan(reference, 7, 20)).toMatchObject({ verdict: Verdict.passConnection });
    expect(reference.packet(syn(7, 21), endNs - 1n).scan).toBeUndefined();
    expect(reference.packet(syn(7, 22), endNs)).toMatchObject({ verdict: Verdict.dropThreshold, scan: { blocked: 1 } });
    expect(reference.counters.blocksMade).toBe(1n);
  });

  it('stays blocked when it is', () => {
    const reference = make();
    scan(reference, 7, 4);
    reference.graces.set({ address: host(7), bits: 128 }, START + 20n * SECOND_NS);
    expect(reference.packet(syn(7, 5), START + 5n * SECOND_NS).verdict).toBe(Verdict.dropBlocked);
  });
});

describe('an allowed source', () => {
  it('is never dropped, and its connections are seen', () => {
    const reference = make();
    reference.allow.add({ address: host(0), bits: 120 });
    const outcome = scan(reference, 7, 20);
    expect(outcome).toMatchObject({ verdict: Verdict.passConnection, connection: { destinationPort: 20 } });
    expect(outcome.scan).toBeUndefined();
    expect(reference.blocks.size).toBe(0);
  });

  it('goes on as if it were not blocked', () => {
    const reference = make();
    reference.blocks.set(host(7), { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 2, bits: 128 }, START);
    reference.allow.add({ address: host(7), bits: 128 });
    for (let line = 0; line < reference.blocks.lines; line++) reference.blocks.recheck(line);
    expect(reference.packet(syn(7, 1), START).verdict).toBe(Verdict.passConnection);
    expect(reference.blocks.get(host(7))).toMatchObject({ packets: 0n });
  });

  it('can be one address of a prefix that is blocked', () => {
    const reference = make();
    reference.allow.add({ address: ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), bits: 128 });
    scan(reference, ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2), 4);
    const at = START + 9n * SECOND_NS;
    expect(reference.packet(syn(ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9), at).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 3), 9), at).verdict).toBe(Verdict.dropBlocked);
  });
});

describe('a retransmission', () => {
  it('is no connection and no probe, within 64 s', () => {
    const reference = make();
    expect(reference.packet(syn(7, 1), START).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 1), START + 63n * SECOND_NS)).toEqual({ verdict: Verdict.passRetransmission });
    expect(reference.packet(syn(7, 1), START + 128n * SECOND_NS).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 1, { sequence: 5 }), START + 129n * SECOND_NS).verdict).toBe(Verdict.passConnection);
    expect(reference.sources.find(host(7))).toBe(-1);
    reference.packet(syn(7, 2), START + 129n * SECOND_NS);
    // As long as it had one port, that was remembered once, however often it came.
    expect(reference.sources.connections(reference.sources.find(host(7)))).toBe(2);
  });
});

describe('an IPv6 source', () => {
  it('is its prefix, however often it changes its address', () => {
    const reference = make();
    for (let i = 1; i <= 3; i++) reference.packet(syn(ipv6(0x2001, 0xdb8, 0, 0, i, i, i, i), i), START);
    const outcome = reference.packet(syn(ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 9), 9), START);
    expect(outcome).toMatchObject({ verdict: Verdict.dropThreshold, scan: { sourceBits: 64 } });
    expect(reference.blocks.get(ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0))).toBeDefined();
  });

  it('is taken whole on-link', () => {
    const onlink = [{ address: ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), bits: 64 }];
    const reference = make({ onlink });
    for (let i = 1; i <= 9; i++) {
      expect(reference.packet(syn(ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, i), i), START).verdict).toBe(
        Verdict.passConnection,
      );
    }
    expect(scan(reference, ipv6(0xfe80, 0, 0, 0, 0, 0, 0, 1), 4).scan).toMatchObject({ sourceBits: 128 });
  });
});

describe('a source with one port so far', () => {
  it('takes no slot, and brings its touch along when it gets one', () => {
    const reference = make();
    scan(reference, 7, 1);
    expect(reference.sources.find(host(7))).toBe(-1);
    reference.packet(syn(7, 2), START + SECOND_NS);
    const { touches } = slotValue(reference.sources, reference.sources.find(host(7)));
    expect(touches.slice(0, 3).map((touch) => Number(touch & 0xffffn))).toEqual([2, 1, 0]);
    const early = (START >> 10n) - (touches[1]! >> 16n);
    expect(early).toBeGreaterThanOrEqual(0n);
    expect(early).toBeLessThan(1n << 14n);
  });

  it('is found no later for it', () => {
    const reference = make({ threshold: 1 });
    expect(reference.packet(syn(7, 1), START).verdict).toBe(Verdict.passConnection);
    expect(reference.packet(syn(7, 2), START)).toMatchObject({
      verdict: Verdict.dropThreshold,
      scan: { ports: [2, 1] },
    });
  });

  it('makes room for others as the one used longest ago, which is counted', () => {
    const reference = make({}, { singleLines: 1 });
    for (let source = 1; source <= 8; source++) reference.packet(syn(source, 1), START);
    expect(reference.counters).toMatchObject({ singlesEvicted: 1n, synsEvicted: 0n, sourcesEvicted: 0n });
    reference.packet(syn(8, 2), START);
    reference.packet(syn(1, 2), START);
    expect(reference.sources.find(host(8))).toBeGreaterThanOrEqual(0);
    expect(reference.sources.find(host(1))).toBe(-1);
  });

  it('begins anew when it is forgotten, as one that has a slot does', () => {
    const reference = make({ threshold: 2 });
    for (const ports of [1, 2]) {
      scan(reference, 7, ports);
      reference.forget(host(7));
      expect(reference.sources.find(host(7))).toBe(-1);
      expect(cellsOf(reference)).toEqual([]);
      for (const port of [10 * ports, 10 * ports + 1]) {
        expect(reference.packet(syn(7, port), START + 5n * SECOND_NS).verdict).toBe(Verdict.passConnection);
      }
      reference.forget(host(7));
    }
  });

  it('does not exist where the first port is one too many', () => {
    const reference = make({ threshold: 0 });
    expect(scan(reference, 7, 1)).toMatchObject({ verdict: Verdict.dropThreshold, scan: { ports: [1] } });
  });
});

it('a SYN that falls out of its line within its 64 s is counted', () => {
  const reference = make({ threshold: 31 }, { synLines: 1 });
  scan(reference, 7, 8);
  expect(reference.counters.synsEvicted).toBe(1n);
  reference.packet(syn(7, 9), START + 80n * SECOND_NS);
  expect(reference.counters.synsEvicted).toBe(1n);
});

it.each([
  ['::', new Uint8Array(16)],
  ['0.0.0.0', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0)],
])('%s is nobody: its connections are seen, and nothing else comes of them', (_, nobody) => {
  const reference = make();
  expect(scan(reference, 7, 4).verdict).toBe(Verdict.dropThreshold);
  for (let port = 1; port <= 10; port++) {
    const outcome = reference.packet(syn(nobody, port), START);
    expect(outcome).toMatchObject({ verdict: Verdict.passConnection, connection: { source: nobody } });
    expect(outcome.scan).toBeUndefined();
  }
  expect(reference.blocks.size).toBe(1);
});

it('a policy changes at once, and a sweep empties what was quiet for a window', () => {
  const reference = make();
  scan(reference, 7, 3);
  reference.setPolicy({ ...policy({ threshold: 1 }), mode: 'kernel' });
  expect(reference.packet(syn(7, 1, { sequence: 9 }), START + 3n * SECOND_NS).verdict).toBe(Verdict.dropThreshold);
  expect(reference.sweep(START + 62n * SECOND_NS)).toBe(1);
  expect(reference.sweep(START + 63n * SECOND_NS)).toBe(0);
});
