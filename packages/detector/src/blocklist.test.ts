import { describe, expect, it } from 'vitest';
import { host, ipv6, SECOND_NS, SECRET } from '../test/sample.ts';
import { Blocklist, type BlocklistOptions, BlockReason } from './blocklist.ts';
import { BLOCK_FOR_EVER, BLOCK_UNIT_NS } from './limits.ts';
import { PrefixList } from './prefix-list.ts';

const NOW = 1_000n * SECOND_NS;
const SITE = ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0);

function make(options: Partial<BlocklistOptions> = {}) {
  const allow = new PrefixList(8);
  const list = new Blocklist({ capacity: 64, lines: 1, keys: SECRET.slice(-2), allow, ...options });
  const scan = (source: Uint8Array, nowNs = NOW, ttlNs = 10n * SECOND_NS) =>
    list.block(source, 128, nowNs, nowNs + ttlNs);
  const operator = (source: Uint8Array, expiryNs = 0n, bits = 128) =>
    list.set(source, { startNs: NOW, expiryNs, packets: 0n, bytes: 0n, reason: BlockReason.operator, bits }, NOW);
  const allowed = (source: Uint8Array) => {
    allow.add({ address: source, bits: 128 });
    for (let line = 0; line < list.lines; line++) list.recheck(line);
  };
  return { list, scan, operator, allowed };
}

const hosts = (first: number, count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => host(first + i));
const inHash = (list: Blocklist): Uint8Array[] => list.hashed().map(({ source }) => source);

describe('where a block stands', () => {
  it('IPv4 in the five cells of its line in order, then in the hash; IPv6 there at once', () => {
    const { list, scan } = make();
    for (const source of [...hosts(1, 7), SITE]) expect(scan(source)).toBe('made');
    expect(list.line(0).addresses).toEqual([1, 2, 3, 4, 5].map((n) => 0xc0000000 + n));
    expect(list.line(0).inHash).toBe(2);
    expect(inHash(list)).toEqual([host(6), host(7), SITE]);
    expect(list.size).toBe(8);
  });

  it('all of them are listed, wherever they stand', () => {
    const { list, scan } = make();
    const sources = [...hosts(1, 7), SITE];
    for (const source of sources) scan(source);
    expect([...list.entries()]).toEqual(sources.map((source) => ({ source, block: list.get(source) })));
  });

  it('0.0.0.0, which is an empty cell, in the hash', () => {
    const { list, operator } = make();
    const nobody = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0);
    expect(operator(nobody)).toBe(true);
    expect([inHash(list), list.line(0).inHash]).toEqual([[nobody], 0]);
    expect(list.drops(nobody, nobody, NOW, 60)).toBe(true);
  });

  it('a cell that has become empty is taken by another source', () => {
    const { list, scan } = make();
    for (const source of hosts(1, 6)) scan(source);
    expect(list.delete(host(2))).toBe(true);
    expect(list.delete(host(2))).toBe(false);
    scan(host(9));
    expect(list.line(0).addresses[1]).toBe(0xc0000009);
    expect(inHash(list)).toEqual([host(6)]); // a source keeps its place
    expect([list.delete(host(6)), list.line(0).inHash, list.size]).toEqual([true, 0, 5]);
  });

  it('a cell whose block has expired is taken before an empty one, and no block is more', () => {
    const { list, scan } = make();
    scan(host(1), NOW, SECOND_NS);
    expect(scan(host(2), NOW + 2n * SECOND_NS)).toBe('made');
    expect(list.line(0).addresses).toEqual([0xc0000002, 0, 0, 0, 0]);
    expect([list.size, list.get(host(1))]).toEqual([1, undefined]);
  });

  it('in the line that the hash says', () => {
    const { list, scan } = make({ capacity: 200, lines: 16 });
    for (const source of hosts(1, 40)) scan(source);
    const taken = Array.from(
      { length: 16 },
      (_, i) => list.line(i).addresses.filter((address) => address !== 0).length,
    );
    expect(taken.filter((count) => count > 0).length).toBeGreaterThan(8);
    expect(taken.reduce((sum, count) => sum + count, 0) + list.hashed().length).toBe(40);
  });
});

describe('what a block says', () => {
  it('its times are units, and its end is never too early', () => {
    const { list, scan } = make();
    scan(host(1), NOW + 5n, 7n);
    const { startNs, expiryNs } = list.get(host(1))!;
    expect([startNs % BLOCK_UNIT_NS, expiryNs % BLOCK_UNIT_NS]).toEqual([0n, 0n]);
    expect([startNs <= NOW + 5n, expiryNs >= NOW + 12n]).toEqual([true, true]);
    expect(list.line(0).expiries[0]).toBe(Number(expiryNs >> 26n));
    expect(list.drops(host(1), host(1), expiryNs - 1n, 60)).toBe(true);
    expect(list.drops(host(1), host(1), expiryNs, 60)).toBe(false);
    expect(list.get(host(1))).toMatchObject({ packets: 1n, bytes: 60n });
  });

  it('for ever, also when it would end after more than nine years', () => {
    const { list, operator } = make();
    operator(host(1));
    operator(host(2), 1n << 59n);
    expect(list.line(0).expiries.slice(0, 2)).toEqual([BLOCK_FOR_EVER, BLOCK_FOR_EVER]);
    expect(list.get(host(2))).toMatchObject({ expiryNs: 0n });
    expect(list.drops(host(2), host(2), 1n << 58n, 60)).toBe(true);
  });

  it('a scan leaves a block in force as it is, the operator replaces it', () => {
    const { list, scan, operator } = make();
    for (const source of [host(1), SITE]) {
      scan(source);
      expect(scan(source)).toBe('held');
      expect(operator(source)).toBe(true);
      expect(list.get(source)).toMatchObject({ reason: BlockReason.operator, expiryNs: 0n });
    }
    expect(list.size).toBe(2);
  });

  it('how much of it the source is; of IPv4 all', () => {
    const { list, operator } = make();
    operator(SITE, 0n, 48);
    operator(host(1), 0n, 48);
    expect([list.get(SITE)!.bits, list.get(host(1))!.bits]).toEqual([48, 128]);
  });

  it('packets of a cell end at 2^32 - 1', () => {
    const { list } = make();
    const block = { startNs: 0n, expiryNs: 0n, packets: 1n << 40n, bytes: 0n, reason: BlockReason.scan, bits: 128 };
    list.set(host(1), block, NOW);
    list.drops(host(1), host(1), NOW, 60);
    expect(list.line(0)).toMatchObject({ packets: [0xffff_ffff, 0, 0, 0, 0], bytes: [60n, 0n, 0n, 0n, 0n] });
  });
});

describe('room', () => {
  it.each([
    [1, 1],
    [2, 1],
    [8, 7],
    [64, 63],
    [128, 126],
  ])('of %i blocks scans take %i, the operator all', (capacity, scans) => {
    const { list, scan, operator } = make({ capacity });
    const outcomes = hosts(1, capacity + 1).map((source) => scan(source));
    expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(scans);
    for (const source of hosts(1_000, capacity - scans)) expect(operator(source)).toBe(true);
    expect([operator(host(2_000)), list.size]).toEqual([false, capacity]);
    expect(operator(host(1))).toBe(true);
  });

  it('a full blocklist takes a block in place of one that has expired', () => {
    const { list, scan } = make({ capacity: 1 });
    scan(host(1), NOW, SECOND_NS);
    expect(scan(host(2), NOW)).toBe('refused');
    expect(scan(host(2), NOW + 2n * SECOND_NS)).toBe('made');
    expect(list.size).toBe(1);
  });
});

describe('an allowed address', () => {
  it('has no cell: its block stands in the hash, where the allowlist is asked', () => {
    const { list, operator, allowed } = make();
    allowed(host(1));
    expect(operator(host(1))).toBe(true);
    expect([inHash(list), list.line(0).inHash]).toEqual([[host(1)], 1]);
    expect(list.drops(host(1), host(1), NOW, 60)).toBe(false);
  });

  it('leaves its cell when it is allowed', () => {
    const { list, scan, allowed } = make();
    for (const source of hosts(1, 3)) scan(source);
    list.drops(host(2), host(2), NOW, 60);
    const block = list.get(host(2));
    allowed(host(2));
    expect(list.line(0).addresses).toEqual([0xc0000001, 0, 0xc0000003, 0, 0]);
    expect([list.line(0).inHash, list.size, list.get(host(2))]).toEqual([1, 3, block]);
    expect(list.drops(host(2), host(2), NOW, 60)).toBe(false);
    expect(list.drops(host(1), host(1), NOW, 60)).toBe(true);
  });
});
