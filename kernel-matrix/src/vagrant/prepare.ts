import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseAccel } from '../accel.ts';
import { unfinished } from '../cache.ts';
import { makeInitramfs } from '../initramfs.ts';
import type { Accel } from '../machine.ts';
import { prepareKernels, type Prepared } from '../prepare.ts';
import type { KernelEntry, Resolved, Watch } from '../types.ts';
import { hostUserland } from '../userland.ts';
import { machineName, vagrantFolder } from './names.ts';

/** Has a link point to a file; whoever looks sees the old or the new one. */
async function link(target: string, path: string): Promise<void> {
  const part = unfinished(path);
  await symlink(target, part);
  await rename(part, path);
}

/** Puts what the kernel's machine is made of where the Vagrantfile looks for it, and says what it can run on. */
async function layOut({ kernel, files }: Prepared, watch: Omit<Watch, 'event'>): Promise<Accel | undefined> {
  if (files === undefined) return undefined;
  const initramfs = await makeInitramfs({ kernel: files, ...hostUserland });
  const folder = join(vagrantFolder(), machineName(kernel.series));
  await mkdir(folder, { recursive: true });
  await link(files.vmlinuz, join(folder, 'vmlinuz'));
  await link(initramfs, join(folder, 'initrd'));
  await link(join(files.root, 'lib/modules'), join(folder, 'modules'));
  return chooseAccel({ ...files, initramfs }, watch);
}

/**
 * Fetches the kernels of these entries, lays them out for the Vagrantfile and says what they run on. One that
 * cannot be had is `missing`.
 */
export async function prepareMachines(
  entries: readonly KernelEntry[],
  watch: Omit<Watch, 'event'>,
): Promise<{ readonly resolved: Resolved; readonly accel: Accel | undefined }[]> {
  const machines = [];
  for (const prepared of await prepareKernels(entries, watch)) {
    const accel = await layOut(prepared, watch);
    machines.push({ resolved: accel === undefined ? prepared : { ...prepared, accel }, accel });
  }
  return machines;
}
