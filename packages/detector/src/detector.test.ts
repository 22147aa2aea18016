import { describe, expect, it } from 'vitest';
import { host, ipv6, policy, SECOND_NS, SOURCE_SECRET, VICTIM } from '../test/sample.ts';
import { Detector, type DetectorOptions } from './detector.ts';
import { Moment } from './moment.ts';
import { ticksOf } from './policy.ts';
import { SourceTable } from './source-table.ts';
import { slotValue, type SourceSlot } from './source-slot.ts';

/** What a single remembers of the time. */
const UNIT_NS = 1n << 24n;
/** Where a unit begins: nothing is rounded. */
const START = 59_605n * UNIT_NS;

function make(changes: Partial<DetectorOptions> = {}): Detector {
  return new Detector({
    maxSources: 64,
    sourceKeys: SOURCE_SECRET,
    policy: policy(),
    allowed: () => false,
    ...changes,
  });
}

function probe(detector: Detector, source: Uint8Array, port: number, timeNs: bigint): void {
  detector.connection(Uint8Array.from([...source, ...VICTIM]), 0, 16, port, timeNs);
}

function slotOf(changes: Partial<SourceSlot> & { tick: number; list: number[] }): SourceSlot {
  const touches = changes.list.map((port, i) => (BigInt(changes.tick - i) << 16n) | BigInt(port));
  while (touches.length < 32) touches.push(0n);
  const count = changes.list.length;
  const base = { source: host(7), destination: VICTIM, overNs: 0n, untilNs: 0n, connections: count, ports: count };
  return { ...base, touches, ...changes };
}

describe('the threshold', () => {
  it.each([0, 3, 31, 32, 100, 1024])('of %i is exact', (threshold) => {
    const detector = make({ policy: policy({ threshold }), maxSources: 4 });
    for (let port = 0; port < threshold; port++) probe(detector, host(7), port, START);
    expect(detector.takeScans()).toEqual([]);
    probe(detector, host(7), 65_535, START + 1n);
    const ports = [...Array.from({ length: threshold }, (_, i) => i), 65_535];
    expect(detector.takeScans()).toMatchObject([{ ports, address: host(7), sourceBits: 128 }]);
  });

  it('needs a table of more ports', () => {
    expect(() => make({ policy: policy({ threshold: 40 }), portsMax: 40 })).toThrow('threshold');
    expect(() => make({ portsMax: 31 })).toThrow('portsMax');
    expect(() => make({ policy: policy({ threshold: 1025 }) })).toThrow('threshold');
    const detector = make();
    expect(() => detector.setPolicy(policy({ threshold: 32 }))).toThrow('threshold');
  });
});

describe('the window', () => {
  const windowNs = 1000n * UNIT_NS;

  it('does not count a touch that is exactly as old as it', () => {
    for (const [age, scans] of [
      [windowNs, 0],
      [windowNs - 1024n, 1],
    ] as const) {
      const detector = make({ policy: policy({ windowNs, threshold: 1 }) });
      probe(detector, host(7), 1, START);
      probe(detector, host(7), 2, START + age);
      expect(detector.takeScans()).toHaveLength(scans);
    }
  });

  it('counts a port once, by its last touch', () => {
    const detector = make({ policy: policy({ windowNs, threshold: 1 }) });
    probe(detector, host(7), 1, START);
    probe(detector, host(7), 1, START + windowNs - 1024n);
    expect(detector.takeScans()).toEqual([]);
    probe(detector, host(7), 2, START + windowNs);
    expect(detector.takeScans()).toMatchObject([{ ports: [1, 2] }]);
  });

  it('that grows counts no port twice', () => {
    const detector = make({ policy: policy({ windowNs, threshold: 2 }) });
    probe(detector, host(7), 1, START);
    probe(detector, host(7), 2, START);
    probe(detector, host(7), 1, START + 2n * windowNs);
    detector.setPolicy(policy({ windowNs: 100n * windowNs, threshold: 2 }));
    probe(detector, host(7), 2, START + 3n * windowNs);
    expect(detector.takeScans()).toEqual([]);
  });
});

describe('a scan', () => {
  it('is reported again only after its block', () => {
    const detector = make({ policy: policy({ blockTtlNs: 5n * SECOND_NS }) });
    const probes = (from: number, seconds: bigint) => {
      for (let port = from; port < from + 4; port++) probe(detector, host(7), port, START + seconds * SECOND_NS);
      return detector.takeScans().length;
    };
    expect(probes(0, 0n)).toBe(1);
    expect(probes(10, 4n)).toBe(0);
    expect(probes(20, 6n)).toBe(1);
  });

  it('never, where blocks last for ever; unless it is forgotten', () => {
    const detector = make({ policy: policy({ blockTtlNs: 0n, threshold: 0 }) });
    probe(detector, host(7), 1, START);
    probe(detector, host(7), 2, 1n << 57n);
    expect(detector.takeScans()).toHaveLength(1);
    expect(detector.forget(host(7))).toBe(true);
    expect(detector.forget(host(7))).toBe(false);
    probe(detector, host(7), 2, 1n << 57n);
    expect(detector.takeScans()).toHaveLength(1);
  });

  it('is over when the daemon says that its block ends', () => {
    const detector = make({ policy: policy({ threshold: 0 }) });
    probe(detector, host(7), 1, START);
    detector.settle(host(7), START + SECOND_NS);
    probe(detector, host(7), 1, START + 2n * SECOND_NS);
    expect(detector.takeScans()).toHaveLength(2);
    detector.settle(host(7), 0n);
    probe(detector, host(7), 1, 1n << 57n);
    expect(detector.takeScans()).toHaveLength(0);
    detector.settle(host(8), 0n);
  });

  it('names the ports that are known when it is taken, and those of the crossing', () => {
    const detector = make({ policy: policy({ threshold: 1 }) });
    probe(detector, host(7), 443, START);
    probe(detector, host(7), 80, START);
    probe(detector, host(7), 22, START + SECOND_NS);
    probe(detector, host(7), 8080, START + 60n * SECOND_NS);
    const [scan] = detector.takeScans();
    expect(scan).toEqual({
      timeTicks: ticksOf(START),
      source: host(7),
      sourceBits: 128,
      address: host(7),
      destination: VICTIM,
      ports: [22, 80, 443, 8080],
    });
    expect(detector.takeScans()).toEqual([]);
  });

  it('survives the eviction of its source', () => {
    const detector = make({ policy: policy({ threshold: 0 }), maxSources: 4 });
    for (let n = 1; n <= 9; n++) probe(detector, host(n), n, START + BigInt(n));
    expect(detector.takeScans().map((scan) => scan.ports)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((port) => [port]));
  });

  it('waits when too many wait: its source is asked again', () => {
    const detector = make({ policy: policy({ threshold: 0 }), scansMax: 1 });
    probe(detector, host(1), 1, START);
    probe(detector, host(2), 1, START);
    expect(detector.takeScans()).toHaveLength(1);
    probe(detector, host(2), 1, START);
    expect(detector.takeScans()).toMatchObject([{ source: host(2) }]);
  });

  it('of an IPv6 /64 is one, and names the address that crossed', () => {
    const detector = make();
    for (let i = 1; i <= 4; i++) probe(detector, ipv6(0x2001, 0xdb8, 0, 5, i, i, i, i), i, START);
    expect(detector.takeScans()).toMatchObject([
      { source: ipv6(0x2001, 0xdb8, 0, 5, 0, 0, 0, 0), sourceBits: 64, address: ipv6(0x2001, 0xdb8, 0, 5, 4, 4, 4, 4) },
    ]);
  });

  it('of a source that is allowed no more is reported at its next probe', () => {
    let allowed = true;
    const detector = make({ policy: policy({ threshold: 0, blockTtlNs: 0n }), allowed: () => allowed });
    probe(detector, host(7), 1, START);
    allowed = false;
    expect(detector.takeScans()).toEqual([]);
    probe(detector, host(7), 1, START);
    expect(detector.takeScans()).toHaveLength(1);
  });
});

describe('a merge', () => {
  const tick = ticksOf(START);

  it('reports what the touches prove, with the ports of the slot and of the table', () => {
    const detector = make();
    probe(detector, host(7), 9, START - SECOND_NS);
    detector.merge(slotOf({ tick, list: [1, 2, 3] }));
    expect(detector.takeScans()).toMatchObject([{ ports: [1, 2, 3, 9], address: host(7) }]);
  });

  it('believes overNs, once', () => {
    const detector = make();
    const slot = slotOf({ tick, list: [1, 2], overNs: START - 100n * SECOND_NS });
    detector.merge(slot);
    expect(detector.takeScans()).toMatchObject([{ timeTicks: ticksOf(START - 100n * SECOND_NS), ports: [1, 2] }]);
    detector.merge(slot);
    expect(detector.takeScans()).toEqual([]);
  });

  it('does not believe an overNs from before the policy changed', () => {
    const detector = make({ policy: policy({ threshold: 1 }) });
    detector.setPolicy(policy({ threshold: 5 }), tick);
    detector.merge(slotOf({ tick, list: [1, 2, 3], overNs: START }));
    expect(detector.takeScans()).toEqual([]);
  });

  it('does not count touches of a block that ended', () => {
    const detector = make({ policy: policy({ blockTtlNs: SECOND_NS }) });
    for (let port = 1; port <= 4; port++) probe(detector, host(7), port, START);
    detector.takeScans();
    const later = START + 2n * SECOND_NS;
    const touches = [9, 4, 3, 2, 1].map((port, i) => (BigInt(i === 0 ? ticksOf(later) : tick) << 16n) | BigInt(port));
    detector.merge(slotOf({ tick, list: [], touches, connections: 5, ports: 5, overNs: later }));
    expect(detector.takeScans()).toEqual([]);
  });

  it('does not bring back what was swept', () => {
    const detector = make();
    for (let port = 1; port <= 4; port++) probe(detector, host(7), port, START);
    expect(detector.takeScans()).toHaveLength(1);
    expect(detector.sweep(tick + ticksOf(61n * SECOND_NS))).toBe(0);
    detector.merge(slotOf({ tick, list: [4, 3, 2, 1], overNs: START }));
    expect(detector.takeScans()).toEqual([]);
    expect(detector.table.find(host(7))).toBe(-1);
  });

  it('of an empty slot is nothing', () => {
    const detector = make({ policy: policy({ threshold: 0 }) });
    detector.merge(slotOf({ tick, list: [] }));
    expect(detector.takeScans()).toEqual([]);
  });

  it('reports no allowed source', () => {
    const detector = make({ policy: policy({ threshold: 0 }), allowed: (bytes, offset) => bytes[offset + 15] === 7 });
    detector.merge(slotOf({ tick, list: [1, 2], overNs: START }));
    expect(detector.takeScans()).toEqual([]);
  });
});

it.each([
  ['::', new Uint8Array(16)],
  ['0.0.0.0', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0)],
])('%s, from which sends who has no address yet, is nobody', (_, nobody) => {
  const detector = make();
  for (let port = 0; port < 10; port++) probe(detector, nobody, port, START);
  detector.merge(slotOf({ source: nobody, tick: ticksOf(START), list: [1, 2, 3, 4, 5] }));
  expect(detector.takeScans()).toEqual([]);
  probe(detector, host(7), 1, START);
  expect(detector.sweep(ticksOf(START))).toBe(1);
});

describe('a source with one port so far', () => {
  const tick = ticksOf(START);

  it('takes no slot', () => {
    const detector = make();
    for (let n = 0; n < 5; n++) probe(detector, host(7), 1, START);
    expect(detector.table.find(host(7))).toBe(-1);
    probe(detector, host(7), 2, START);
    expect(slotValue(detector.table, detector.table.find(host(7)))).toMatchObject({ connections: 2, ports: 2 });
  });

  it('brings its touch along when a merge gives it a slot', () => {
    const detector = make();
    probe(detector, host(7), 9, START - SECOND_NS);
    detector.merge(slotOf({ tick, list: [1, 2] }));
    const ports = slotValue(detector.table, detector.table.find(host(7))).touches.map((touch) =>
      Number(touch & 0xffffn),
    );
    expect(ports.slice(0, 4)).toEqual([1, 2, 9, 0]);
    probe(detector, host(7), 3, START + UNIT_NS);
    expect(detector.takeScans()).toMatchObject([{ ports: [1, 2, 3, 9] }]);
  });

  it('counts a touch up to 16.8 ms less than the window, and never more', () => {
    const windowNs = 100n * UNIT_NS;
    for (const [firstNs, lastNs, scans] of [
      [UNIT_NS - 1n, windowNs - 1024n, 1],
      [UNIT_NS - 1n, windowNs, 0],
      [0n, windowNs - 1024n, 1],
      [0n, windowNs, 0],
    ] as const) {
      const detector = make({ policy: policy({ windowNs, threshold: 1 }) });
      probe(detector, host(7), 1, START + firstNs);
      probe(detector, host(7), 2, START + lastNs);
      expect(detector.takeScans()).toHaveLength(scans);
    }
  });

  it('is forgotten as one that has a slot', () => {
    const detector = make({ policy: policy({ threshold: 1 }) });
    probe(detector, host(7), 1, START);
    expect(detector.forget(host(7))).toBe(true);
    probe(detector, host(7), 2, START);
    expect(detector.takeScans()).toEqual([]);
  });

  it('is swept when its touch is a window old, so that it is not young again when its clock has gone round', () => {
    const roundNs = UNIT_NS << 24n;
    for (const [sweeps, scans] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const detector = make({ policy: policy({ threshold: 1 }) });
      probe(detector, host(7), 1, START);
      expect(detector.sweep(tick)).toBe(1);
      if (sweeps) expect(detector.sweep(tick + ticksOf(61n * SECOND_NS))).toBe(0);
      probe(detector, host(7), 2, START + roundNs);
      expect(detector.takeScans()).toHaveLength(scans);
    }
  });

  it('that came after the time of a sweep stays', () => {
    const detector = make({ policy: policy({ threshold: 1 }) });
    probe(detector, host(7), 1, START + SECOND_NS);
    expect(detector.sweep(tick)).toBe(1);
    probe(detector, host(7), 2, START + SECOND_NS);
    expect(detector.takeScans()).toHaveLength(1);
  });

  it('makes room as the one used longest ago when there are more than lines for them', () => {
    const detector = make({ policy: policy({ threshold: 1 }), singleLines: 1 });
    for (let n = 1; n <= 8; n++) probe(detector, host(n), 1, START);
    probe(detector, host(1), 2, START);
    expect(detector.takeScans()).toEqual([]);
    probe(detector, host(8), 2, START);
    expect(detector.takeScans()).toMatchObject([{ source: host(8) }]);
  });
});

describe('eviction', () => {
  it('takes the slot that was quiet longest, the first of equals', () => {
    const table = new SourceTable({ sets: 1, keys: SOURCE_SECRET });
    const rules = { windowTicks: 100, threshold: 3, quietTicks: 100, quietSub: 0, ipv6Bits: 64 } as never;
    const touch = (n: number, tick: number) => {
      const now = new Moment().set(tick, 0);
      const slot = table.seat(host(n), 0, now, rules);
      table.touch(slot, 1, now, rules);
      return { slot, evicted: table.evicted };
    };
    for (const [n, tick] of [
      [1, 1000],
      [2, 1001],
      [3, 1000],
      [4, 1002],
    ] as const)
      touch(n, tick);
    expect(touch(5, 1010)).toEqual({ slot: 0, evicted: true });
    expect(touch(6, 1010)).toEqual({ slot: 2, evicted: true });
    expect(touch(7, 1200)).toEqual({ slot: 1, evicted: false });
    expect(slotValue(table, 1)).toMatchObject({ source: host(7), connections: 1 });
  });
});
