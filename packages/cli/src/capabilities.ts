import { ExitCode } from './exit-codes.ts';
import { OperatorError } from './operator-error.ts';

/** Capabilities that a running Scanward needs on every kernel, by their number in `linux/capability.h`. */
const needed = [
  ['CAP_NET_ADMIN', 12n],
  ['CAP_PERFMON', 38n],
  ['CAP_BPF', 39n],
] as const;

/** Their numbers. */
export const CAPABILITIES: readonly number[] = needed.map(([, bit]) => Number(bit));

// bpf(2), which alone asks for them, takes CAP_SYS_ADMIN for each: kernel/bpf/syscall.c since 5.8; docs/RIGHTS.md has it tried.
const SYS_ADMIN = 1n << 21n;

/** The needed capabilities that a process with this `/proc/<pid>/status` lacks. */
export function missingCapabilities(status: string): string[] {
  return missingIn('CapEff', status);
}

/** Those that it cannot get either, not even as root: the bounding set, as of a container, has them not. */
export function unattainableCapabilities(status: string): string[] {
  return missingIn('CapBnd', status);
}

/** Those that it does not hold by name: what CAP_SYS_ADMIN stands for cannot be kept by another user. */
export function unnamedCapabilities(status: string): string[] {
  return lackedBy(heldIn('CapEff', status));
}

function missingIn(set: 'CapEff' | 'CapBnd', status: string): string[] {
  const held = heldIn(set, status);
  return (held & SYS_ADMIN) === 0n ? lackedBy(held) : [];
}

/** What a set of this `/proc/<pid>/status` holds, a bit for each capability. */
export const heldIn = (set: 'CapEff' | 'CapBnd', status: string): bigint =>
  BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);

const lackedBy = (held: bigint): string[] =>
  needed.filter(([, bit]) => (held & (1n << bit)) === 0n).map(([name]) => name);

/** @throws OperatorError that names what is missing */
export function requireCapabilities(status: string): void {
  const missing = missingCapabilities(status);
  if (missing.length === 0) return;
  const todo = `${missing.join(', ')} missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON`;
  throw new OperatorError(ExitCode.capability, 'checking rights', todo);
}

/** For `--user`. @throws OperatorError that names what is not there to be kept */
export function requireToKeep(status: string): void {
  const missing = unnamedCapabilities(status);
  if (missing.length === 0) return;
  const todo = `${missing.join(', ')} missing, and CAP_SYS_ADMIN is not kept in their place: grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON, or leave out --user`;
  throw new OperatorError(ExitCode.capability, 'becoming another user', todo);
}
