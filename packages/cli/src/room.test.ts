import { expect, test } from 'vitest';
import { kernelBytes } from './kernel/kernel-bytes.ts';
import { describeRoom } from './room.ts';

const room = { maxSources: 65_536, maxBlocks: 999 };
const MIB = 2 ** 20;

test.each([
  [{ kernelBytes: 40 * MIB, processBytes: 0 }, ': 40 MiB of kernel memory'],
  [{ kernelBytes: 1_234 * MIB + 1, processBytes: 1 }, ': 1,235 MiB of kernel memory, up to 1 MiB in this process'],
  [{ kernelBytes: undefined, processBytes: 27 * MIB }, ': up to 27 MiB in this process'],
  [{ kernelBytes: undefined, processBytes: 0 }, ''],
])('%o', (cost, said) => {
  expect(describeRoom(room, cost)).toBe(`room for 65,536 sources and 999 blocks${said}`);
});

test('counts are grouped from a thousand on', () => {
  const said = describeRoom({ maxSources: 1_000, maxBlocks: 1_000_000 }, { kernelBytes: undefined, processBytes: 0 });
  expect(said).toBe('room for 1,000 sources and 1,000,000 blocks');
});

test('the memory of all maps, unless one is not known', () => {
  const map = (bytes: number | undefined) => ({ memoryBytes: () => bytes });
  expect(kernelBytes([map(4), map(0), map(38)])).toBe(42);
  expect(kernelBytes([map(4), map(undefined)])).toBeUndefined();
});
