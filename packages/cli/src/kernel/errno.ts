import { BpfSyscallError } from '@scanward/loader-native';

/** Whether an error is a kernel's answer with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): error is BpfSyscallError {
  return error instanceof BpfSyscallError && codes.includes(error.code);
}

/** Does something that needs room in a map; `false` if there is none. */
export function withRoom(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    // A full hash says E2BIG, a full LPM trie ENOSPC.
    if (hasCode(error, 'E2BIG', 'ENOSPC')) return false;
    throw error;
  }
}
