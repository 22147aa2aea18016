import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Endian } from '@scanward/map-codec';
import { ExitCode } from './exit-codes.ts';
import { OperatorError } from './operator-error.ts';

/**
 * The shipped object for this byte order: beside the built program, which is one file in `dist`, or, when run from source,
 * in `bpf/prebuilt`.
 */
export function shippedObject(endian: Endian): string {
  const name = endian === 'little' ? 'scanward.bpfel.o' : 'scanward.bpfeb.o';
  const packaged = fileURLToPath(new URL(`./bpf/${name}`, import.meta.url));
  return existsSync(packaged) ? packaged : fileURLToPath(new URL(`../../../bpf/prebuilt/${name}`, import.meta.url));
}

/** The bytes of the file that was asked for, or of the shipped one, and where they are. @throws OperatorError if it cannot be read */
export function readObjectFile(asked: string | undefined, endian: Endian): { path: string; bytes: Uint8Array } {
  const path = asked ?? shippedObject(endian);
  try {
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? String(error)})`;
    const todo =
      asked === undefined
        ? 'install scanward anew, or run `make build` in its repository'
        : 'name one that can be read, or leave out --object';
    throw new OperatorError(ExitCode.object, `reading the BPF object ${path}`, `${why}: ${todo}`, { cause: error });
  }
}
