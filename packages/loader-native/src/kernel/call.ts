import { kernelError } from '../permission.ts';
import type { Sys } from '../sys/sys.ts';
import type { Attr } from './attr.ts';
import { Command, type CommandName } from './uapi.ts';

/** A command's answer as the kernel gave it: a number or -errno. */
export function tryCall(sys: Sys, command: CommandName, attr: Attr): number {
  return sys.bpf(Command[command], attr.bytes, ...attr.pointers);
}

/** A command's answer; a refusal is thrown as a {@link BpfSyscallError}. */
export function call(sys: Sys, command: CommandName, attr: Attr, attempted?: string): number {
  const result = tryCall(sys, command, attr);
  if (result < 0) throw kernelError(sys, command, -result, attempted);
  return result;
}
