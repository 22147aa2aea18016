import type { BpfMap } from '@scanward/loader-native';

/** The memory of a map by the kernel's own figure; NaN where it says none, so that no sum with it passes for one. */
export function kernelBytes(map: Pick<BpfMap, 'memoryBytes'>): number {
  return map.memoryBytes() ?? NaN;
}
