import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder, makeWhole } from './cache.ts';
import type { Choice } from './choose.ts';
import { debPath } from './debs.ts';

/** A kernel as files. */
export interface KernelFiles {
  readonly release: string;
  readonly vmlinuz: string;
  /** What `modprobe -d` takes: the folder that has `lib/modules/RELEASE`. */
  readonly root: string;
}

/** The folder of a kernel's modules. */
export const modulesOf = ({ root, release }: KernelFiles): string => join(root, 'lib/modules', release);

/** Unpacks a kernel's packages into the cache, once, with the list of what its modules need, which packages lack. */
export async function unpack({ release, image, packages }: Choice): Promise<KernelFiles> {
  const root = join(cacheFolder(), 'kernels', `${release}_${image.version}`);
  if (!existsSync(root))
    await makeWhole(root, async (part) => {
      for (const each of packages) await execa('dpkg-deb', ['-x', debPath(each), part]);
      // Newer packages have all in usr/lib, for which depmod and modprobe do not look.
      if (!existsSync(join(part, 'lib'))) await symlink('usr/lib', join(part, 'lib'));
      await execa('depmod', ['-b', part, release]);
    });
  const places = [join(root, 'boot', `vmlinuz-${release}`), join(root, 'lib/modules', release, 'vmlinuz')];
  const vmlinuz = places.find((path) => existsSync(path));
  if (vmlinuz === undefined) throw new Error(`${image.name} has no vmlinuz: looked for ${places.join(' and ')}`);
  return { release, vmlinuz, root };
}
