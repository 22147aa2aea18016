import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The root of the checkout: this file is in kernel-matrix/src or kernel-matrix/dist. */
export const checkout = join(import.meta.dirname, '../..');

/** Where packages, unpacked kernels and what is made of them are kept between runs. Never in git. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return (
    env['SCANWARD_MATRIX_CACHE'] ??
    join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'scanward/kernel-matrix')
  );
}

let made = 0;
/** A name beside `path` that no other run uses: what is half made there is never taken for the thing itself. */
export const unfinished = (path: string): string => `${path}.${process.pid}-${++made}.part`;

/** Writes a file so that whoever looks sees all of it or nothing. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = unfinished(path);
  await writeFile(part, data);
  await rename(part, path);
}

/** Makes a folder so that whoever looks sees all of it or nothing. That it exists is the mark that it is finished. */
export async function makeWhole(path: string, make: (part: string) => Promise<void>): Promise<void> {
  const part = unfinished(path);
  await mkdir(part, { recursive: true });
  try {
    await make(part);
    await rename(part, path).catch((error: unknown) => {
      // Another run was first, with the same.
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
