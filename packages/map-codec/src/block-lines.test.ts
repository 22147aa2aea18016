import { expect, test } from 'vitest';
import { BLOCK_FOR_EVER, BlockLines, BlockReason, codecs } from './index.ts';

test.each(['little', 'big'] as const)('the blocks of lines, empty cells left out (%s endian)', (endian) => {
  const { blockLine } = codecs(endian);
  const line = blockLine.encode({
    inHash: 3,
    reasons: Uint8Array.of(BlockReason.SCAN, 0, BlockReason.OPERATOR, 0, 0),
    addresses: [0xc0000201, 0, 0x0a000005, 0, 0],
    expiries: [7, 0, BLOCK_FOR_EVER, 0, 0],
    starts: [5, 0, BLOCK_FOR_EVER - 1, 0, 0],
    packets: [9, 0, 0xffff_ffff, 0, 0],
    bytes: [1n << 60n, 0n, 2n, 0n, 0n],
  });
  const two = new Uint8Array(3 * line.length);
  two.set(line, line.length);
  const mapped = (...octets: number[]) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...octets);
  const unit = 1n << 26n;
  expect([...new BlockLines(endian).blocks(two, 2)]).toEqual([
    {
      source: mapped(192, 0, 2, 1),
      ...{
        startNs: 5n * unit,
        expiryNs: 7n * unit,
        packets: 9n,
        bytes: 1n << 60n,
        reason: BlockReason.SCAN,
        bits: 128,
      },
    },
    {
      source: mapped(10, 0, 0, 5),
      ...{ startNs: (2n ** 32n - 2n) * unit, expiryNs: 0n, packets: 2n ** 32n - 1n, bytes: 2n, reason: 2, bits: 128 },
    },
  ]);
});
