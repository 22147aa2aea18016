import { BpfSyscallError, PermissionError } from './errors.ts';
import type { CommandName } from './kernel/uapi.ts';
import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

const bits = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n, CAP_SYS_RESOURCE: 24n, CAP_PERFMON: 38n, CAP_BPF: 39n };

/** The capabilities that matter here. */
export type Capability = keyof typeof bits;

const needs: Partial<Record<CommandName, readonly Capability[]>> = {
  BPF_MAP_CREATE: ['CAP_BPF'],
  BPF_BTF_LOAD: ['CAP_BPF'],
  BPF_PROG_LOAD: ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'],
  BPF_PROG_TEST_RUN: ['CAP_BPF', 'CAP_NET_ADMIN'],
  BPF_LINK_CREATE: ['CAP_BPF', 'CAP_NET_ADMIN'],
  BPF_OBJ_GET: ['CAP_BPF'],
};

/** Which of the wanted capabilities this process has not in effect; none when that cannot be read. */
export function missingCapabilities(wanted: readonly Capability[], sys: Sys = nativeSys): Capability[] {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(sys.readText('/proc/self/status') ?? '');
  if (!line) return [];
  const effective = BigInt(`0x${line[1]!}`);
  const has = (name: Capability) => ((effective >> bits[name]) & 1n) === 1n;
  // bpf(2) takes CAP_SYS_ADMIN for each that it asks for.
  const implied = (name: Capability) => name !== 'CAP_SYS_RESOURCE' && has('CAP_SYS_ADMIN');
  return wanted.filter((name) => !has(name) && !implied(name));
}

/** Is the running kernel older than `major.minor`? */
export function olderThan(major: number, minor: number, sys: Sys): boolean {
  const [a = 0, b = 0] = sys
    .release()
    .split('.')
    .map((part) => parseInt(part, 10));
  return a < major || (a === major && b < minor);
}

/** The typed error for a kernel's refusal. */
export function kernelError(sys: Sys, command: CommandName, errno: number, attempted?: string): BpfSyscallError {
  if (errno !== 1) return new BpfSyscallError(command, errno, attempted);
  const missing = missingCapabilities(needs[command] ?? [], sys);
  const charged = command === 'BPF_MAP_CREATE' || command === 'BPF_PROG_LOAD';
  const memlock = missing.length === 0 && charged && olderThan(5, 11, sys);
  return new PermissionError(command, missing, memlock, attempted);
}
