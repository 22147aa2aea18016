import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '@scanward/testkit';

/** A file system of 256 KiB over a folder, which can be filled to the last byte. */
export interface TinyDisk extends AsyncDisposable {
  fill(): void;
  makeRoom(): void;
}

export async function mountTinyDisk(folder: string): Promise<TinyDisk> {
  await command('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', folder]);
  const filler = join(folder, 'filler');
  return {
    fill: () => {
      const file = openSync(filler, 'w');
      try {
        for (;;) writeSync(file, Buffer.alloc(4_096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => {
      rmSync(filler);
    },
    async [Symbol.asyncDispose]() {
      await command('umount', ['--lazy', folder]);
    },
  };
}
