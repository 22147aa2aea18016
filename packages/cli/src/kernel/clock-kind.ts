import type { Features } from '@scanward/loader-native';
import { ClockKind } from '@scanward/map-codec';

/** The clock that the program reads for each packet: the one that costs less, where the kernel has it (5.11). */
export function clockKind({ coarseClock }: Pick<Features, 'coarseClock'>): ClockKind {
  return coarseClock ? ClockKind.COARSE : ClockKind.KTIME;
}
