import { BpfSyscallError } from './errors.ts';
import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

/** Who a process is to be. */
export interface User {
  readonly uid: number;
  /** Its only group. */
  readonly gid: number;
}

/**
 * Makes this process another user's, for good: all threads get the user and the group; this one, and those that it makes
 * later, have these capabilities (numbers of `linux/capability.h`), the others none. Neither it nor what it may start can have more again.
 *
 * @throws BpfSyscallError `EPERM` where this is not root's, or may not change who it is
 */
export function becomeUser({ uid, gid }: User, capabilities: readonly number[], sys: Sys = nativeSys): void {
  const bits = capabilities.reduce((sum, number) => sum | (1n << BigInt(number)), 0n);
  const result = sys.becomeUser(uid, gid, Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  if (result < 0) throw new BpfSyscallError('setuid', -result, `becoming user ${uid}`);
}
