import type { BpfMap } from '@scanward/loader-native';
import { readFileSync } from 'node:fs';

/** The memory of a map by the kernel's own figure. */
export function kernelBytes(map: BpfMap): number {
  const info = readFileSync(`/proc/self/fdinfo/${map.fd}`, 'latin1');
  return Number(/^memlock:\s+(\d+)/m.exec(info)?.[1] ?? NaN);
}
