import { describe, expect, it } from 'vitest';
import { host, ipv6, SECOND_NS } from '../test/sample.ts';
import { BlockReason } from './block.ts';
import { BLOCK_UNIT_NS, NET_LOOKS_MAX } from './limits.ts';
import { Nets } from './nets.ts';
import { PrefixList } from './prefix-list.ts';

const NOW = 1_000n * SECOND_NS;
const SITE = ipv6(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);

function make(capacity = 16) {
  const allow = new PrefixList(8);
  const nets = new Nets({ capacity, allow });
  const block = (address: Uint8Array, bits: number, ttlNs = 0n) =>
    nets.set(
      { address, bits },
      { startNs: NOW, expiryNs: ttlNs && NOW + ttlNs, packets: 0n, bytes: 0n, reason: BlockReason.operator },
    );
  const drops = (address: Uint8Array, nowNs = NOW) => nets.drops(address, nowNs, 60);
  const packets = (address: Uint8Array, bits: number) => nets.get({ address, bits })!.packets;
  return { nets, allow, block, drops, packets };
}

describe('a blocked net', () => {
  it('drops what is in it and nothing else, counted', () => {
    const { nets, block, drops } = make();
    expect(block(host(5), 126)).toBe(true);
    expect([3, 4, 5, 6, 7, 8].map((n) => drops(host(n)))).toEqual([false, true, true, true, true, false]);
    expect(nets.get({ address: host(7), bits: 126 })).toMatchObject({ packets: 4n, bytes: 240n, bits: 126 });
    expect(nets.list().map(({ address }) => address)).toEqual([host(4)]);
  });

  it('ends at its expiry, a whole unit', () => {
    const { nets, block, drops } = make();
    block(host(0), 120, SECOND_NS);
    const { expiryNs } = nets.get({ address: host(0), bits: 120 })!;
    expect(expiryNs % BLOCK_UNIT_NS).toBe(0n);
    expect([drops(host(1), expiryNs - 1n), drops(host(1), expiryNs)]).toEqual([true, false]);
    expect(nets.size).toBe(1);
  });

  it('loses to an allowed address', () => {
    const { allow, block, drops, packets } = make();
    block(host(0), 120);
    allow.add({ address: host(1), bits: 128 });
    expect([drops(host(1)), drops(host(2))]).toEqual([false, true]);
    expect(packets(host(0), 120)).toBe(1n);
  });

  it('of less than 96 bits is of IPv6, even the one of no bits', () => {
    const { block, drops } = make();
    block(new Uint8Array(16), 0);
    expect([drops(SITE), drops(host(1))]).toEqual([true, false]);
    block(host(0), 96);
    expect(drops(host(1))).toBe(true);
  });
});

describe('nets within each other', () => {
  it('the longest in force is the one that drops', () => {
    const { block, drops, packets } = make();
    block(SITE, 32);
    block(SITE, 48, 10n * SECOND_NS);
    block(SITE, 64, 5n * SECOND_NS);
    const at = (seconds: bigint) => drops(SITE, NOW + seconds * SECOND_NS);
    expect([at(1n), at(6n), at(7n), at(11n)]).toEqual([true, true, true, true]);
    expect([64, 48, 32].map((bits) => packets(SITE, bits))).toEqual([1n, 2n, 1n]);
  });

  it('behind eight that have expired nobody looks', () => {
    const { nets, block, drops } = make();
    for (let i = 1; i <= NET_LOOKS_MAX; i++) block(host(1), 129 - i, SECOND_NS);
    block(host(1), 100);
    const later = NOW + 2n * SECOND_NS;
    expect(drops(host(1), later)).toBe(false);
    nets.delete({ address: host(1), bits: 125 });
    expect(drops(host(1), later)).toBe(true);
  });
});

describe('commands', () => {
  it('name exactly one net', () => {
    const { nets, block } = make();
    block(host(0), 120);
    block(host(0), 126);
    expect(nets.get({ address: host(0), bits: 125 })).toBeUndefined();
    expect(nets.delete({ address: host(0), bits: 128 })).toBe(false);
    expect(nets.delete({ address: host(255), bits: 120 })).toBe(true);
    expect(nets.list().map(({ block: { bits } }) => bits)).toEqual([126]);
  });

  it('a full list takes no other net, but replaces', () => {
    const { nets, block } = make(2);
    expect([block(host(0), 120), block(host(0), 126), block(host(0), 125)]).toEqual([true, true, false]);
    expect(block(host(1), 120, SECOND_NS)).toBe(true);
    expect(nets.get({ address: host(0), bits: 120 })!.expiryNs).not.toBe(0n);
    nets.delete({ address: host(0), bits: 126 });
    expect(block(host(0), 125)).toBe(true);
  });
});
