import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';

/** A BPF file system of the test's own, in a temporary folder. What is pinned there is let go of when it is disposed of. */
export interface Bpffs extends AsyncDisposable {
  /** A folder for instances that is not there yet: beside it the kernel has files of its own. */
  readonly path: string;
}

export async function mountBpffs(): Promise<Bpffs> {
  const mounted = mkdtempSync(join(tmpdir(), 'scanward-bpffs-'));
  await command('mount', ['-t', 'bpf', 'bpf', mounted]);
  return {
    path: join(mounted, 'scanward'),
    async [Symbol.asyncDispose]() {
      await command('umount', ['--lazy', mounted]);
      rmdirSync(mounted);
    },
  };
}
