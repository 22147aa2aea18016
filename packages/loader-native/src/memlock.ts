import { errnoName } from './kernel/errno.ts';
import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

/**
 * Lifts RLIMIT_MEMLOCK, to which kernels before 5.11 charge maps. Needs CAP_SYS_RESOURCE.
 * @returns undefined when done, or the code of the refusal (`EPERM`): harmless on newer kernels
 */
export function raiseMemlock(sys: Sys = nativeSys): string | undefined {
  const result = sys.setMemlock(Number.MAX_SAFE_INTEGER);
  return result < 0 ? errnoName(-result) : undefined;
}
