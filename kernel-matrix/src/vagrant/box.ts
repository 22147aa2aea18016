import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { unfinished } from '../cache.ts';
import { inCheckout } from '../checkout.ts';
import { tailOf } from '../death.ts';
import { readMirror } from '../mirror.ts';
import type { Watch } from '../types.ts';
import { vagrantFolder } from './names.ts';

const recipe = ['box.sh', 'init', 'poweroff'].map((name) => inCheckout(`kernel-matrix/vagrant/${name}`));

/** The name of the box that these files make: another recipe, another box. */
export function boxName(files: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(createHash('sha256').update(file).digest());
  return `scanward-${hash.digest('hex').slice(0, 12)}`;
}

/** Removes the boxes of earlier recipes, and Vagrant's copies of them. */
async function removeOthers(name: string): Promise<void> {
  for (const folder of [vagrantFolder(), join(vagrantFolder(), 'home/boxes')])
    for (const each of await readdir(folder).catch(() => []))
      if (/^scanward-[0-9a-f]{12}(\.box)?$/.test(each) && basename(each, '.box') !== name)
        await rm(join(folder, each), { recursive: true });
}

/** Builds the box, once for a recipe, and says where it is. */
export async function makeBox({ progress, signal }: Omit<Watch, 'event'>): Promise<string> {
  const name = boxName(await Promise.all(recipe.map((path) => readFile(path))));
  const path = join(vagrantFolder(), `${name}.box`);
  if (existsSync(path)) return path;
  if (process.getuid?.() !== 0) throw new Error('debootstrap, which builds the Vagrant box, needs root');
  await mkdir(vagrantFolder(), { recursive: true });
  const work = await mkdtemp(join(vagrantFolder(), 'box-'));
  const part = unfinished(path);
  try {
    progress('building the Vagrant box from Debian packages, which takes some two minutes');
    // In namespaces, so that what debootstrap mounts and starts is gone when it is interrupted.
    const build = ['--mount', '--pid', '--fork', '--kill-child', recipe[0]!, readMirror().main, work, part];
    await execa('unshare', build, { all: true, cancelSignal: signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      const log = tailOf((error as { all?: string }).all ?? '').join('\n');
      throw new Error(`the Vagrant box cannot be built:\n${log}`, { cause: error });
    });
    await rename(part, path);
    await removeOthers(name);
  } finally {
    await rm(part, { force: true });
    await rm(work, { recursive: true, force: true });
  }
  return path;
}
