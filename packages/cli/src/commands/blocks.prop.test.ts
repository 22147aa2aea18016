import { type BlockEntry, type BlockNote, formatPrefix, maskAddress } from '@scanward/daemon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW } from '../../test/fake-instance.ts';
import { plainStyle } from '../tables/style.ts';
import { widthOf } from '../tables/wrap.ts';
import { BLOCK_ORDERS, blockOrder, firstOf } from './block-order.ts';
import { blocksLines } from './blocks.ts';
import { isInForce } from './moment.ts';

const ipv4 = fc
  .uint8Array({ minLength: 4, maxLength: 4 })
  .map((bytes) => Uint8Array.of(...new Uint8Array(10), 0xff, 0xff, ...bytes));
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const time = fc.bigInt({ min: 0n, max: 2n ** 62n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const block: fc.Arbitrary<BlockEntry> = fc
  .record({
    address: fc.oneof(ipv4, ipv6),
    bits: fc.integer({ min: 1, max: 128 }),
    startNs: time,
    expiryNs: fc.oneof(fc.constant(0n), time),
    reason: fc.constantFrom('scan' as const, 'operator' as const),
    packets: u64,
    bytes: u64,
    isNet: fc.boolean(),
  })
  .map(({ address, ...rest }) => ({ ...rest, source: maskAddress(address, rest.bits) }));
const note: fc.Arbitrary<BlockNote | undefined> = fc.option(
  fc.record({
    ports: fc.array(fc.nat(65_535), { maxLength: 32 }),
    text: fc.string({ unit: 'grapheme', maxLength: 16 }),
  }),
  { nil: undefined },
);

test('a table of any blocks fits 80 columns and has every address of those in force', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), note, (blocks, noted) => {
      const options = { sort: undefined, reverse: false, filters: [], limit: undefined, plain: false };
      const instance = { blocks: { entries: () => blocks }, notes: { get: () => noted } };
      const lines = [...blocksLines(options, instance, NOW, { json: false, style: plainStyle })];
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
      const firsts = lines
        .slice(1)
        .map((line) => line.split(' ')[0])
        .filter(Boolean);
      const inForce = blocks.filter((each) => isInForce(each, NOW));
      expect(firsts).toEqual(inForce.map(({ source, bits }) => formatPrefix(source, bits)));
      const objects = [...blocksLines(options, instance, NOW, { json: true, style: plainStyle })];
      expect(objects.map((line) => (JSON.parse(line) as { address: string }).address)).toEqual(firsts);
    }),
  );
});

test('every order is a permutation, its reverse is the other way round, and a limit is its beginning', () => {
  const order = fc.constantFrom(...BLOCK_ORDERS);
  fc.assert(
    fc.property(fc.array(block), order, fc.integer({ min: 1, max: 20 }), (blocks, by, limit) => {
      const compare = blockOrder(by, false);
      const sorted = firstOf(blocks, compare);
      expect(new Set(sorted)).toEqual(new Set(blocks));
      expect(sorted).toHaveLength(blocks.length);
      for (let i = 1; i < sorted.length; i++) {
        expect(compare(sorted[i - 1]!, sorted[i]!)).toBeLessThanOrEqual(0);
        expect(blockOrder(by, true)(sorted[i]!, sorted[i - 1]!)).toBeLessThanOrEqual(0);
      }
      const twin = (each: BlockEntry) =>
        [each.source.join(), each.bits, each.startNs, each.expiryNs, each.packets].join();
      expect(firstOf(blocks, compare, limit).map(twin)).toEqual(sorted.slice(0, limit).map(twin));
    }),
  );
});

test('a limit keeps few in memory however many there are, and takes the first all the same', () => {
  const all = Array.from({ length: 50_000 }, (_, i) => (i * 7_919) % 50_000);
  expect(firstOf(all, (a, b) => a - b, 3)).toEqual([0, 1, 2]);
});
