import type { BpfMap } from '@scanward/loader-native';

/** Kernel memory that all these maps take together; undefined when that cannot be known. */
export function kernelBytes(maps: readonly Pick<BpfMap, 'memoryBytes'>[]): number | undefined {
  let sum = 0;
  for (const map of maps) {
    const bytes = map.memoryBytes();
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}
