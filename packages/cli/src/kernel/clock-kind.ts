import type { Features } from '@scanward/loader-native';

// `enum clock_kind` of bpf/maps.bpf.h; 1 is the tests' clock.
const CLOCK_KTIME = 0;
const CLOCK_COARSE = 2;

/** The clock that the program reads for each packet: the one that costs less, where the kernel has it (5.11). */
export function clockKind({ coarseClock }: Pick<Features, 'coarseClock'>): number {
  return coarseClock ? CLOCK_COARSE : CLOCK_KTIME;
}
