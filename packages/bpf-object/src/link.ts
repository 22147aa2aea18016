import type { Endian } from './bytes.ts';
import { ObjectError } from './error.ts';
import { Code } from './instruction.ts';
import type { ProgramSpec } from './spec.ts';

const FD_MAX = 0x7fff_ffff;

/**
 * The instructions of a program with the descriptors of its maps, ready for BPF_PROG_LOAD; a copy.
 * `fdOf` is asked once for each map that the program refers to.
 *
 * @throws ObjectError `DESCRIPTOR` when `fdOf` answers something that is no file descriptor
 */
export function linkProgram(program: ProgramSpec, endian: Endian, fdOf: (map: string) => number): Uint8Array {
  const code = new Code(new Uint8Array(program.instructions), endian);
  const fds = new Map<string, number>();
  for (const { instruction, map } of program.mapReferences) {
    const fd = fds.get(map) ?? checkFd(map, fdOf(map));
    fds.set(map, fd);
    code.setImmediate(instruction, fd);
  }
  return code.bytes;
}

function checkFd(map: string, fd: number): number {
  if (Number.isInteger(fd) && fd >= 0 && fd <= FD_MAX) return fd;
  throw new ObjectError('DESCRIPTOR', `map ${map}: ${String(fd)} is no file descriptor`);
}
