import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { cacheFolder, checkout, writeWhole } from './cache.ts';
import type { KernelFiles } from './unpack.ts';

/** The first program of every guest; `scanward.root=` on the kernel's command line says where the root is. */
const init = join(checkout, 'kernel-matrix/guest/init');

export interface InitramfsOptions {
  readonly kernel: KernelFiles;
  /** A static busybox for the guest's architecture. */
  readonly busybox: string;
  /** Modules by name, loaded in this order with what they need; those that are built in are left out. */
  readonly modules: readonly string[];
}

/** The files to load for these modules, in order, from the answers of `modprobe --show-depends`. */
export function moduleFiles(answers: readonly string[]): string[] {
  const lines = answers.flatMap((answer) => answer.split('\n'));
  const files = lines.map((line) => /^insmod (\S+)/.exec(line)?.[1]).filter((path) => path !== undefined);
  return [...new Set(files)];
}

const unpackers: Record<string, string> = { '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip' };

/** Puts a module into the initramfs, unpacked: busybox's insmod takes it plain. */
async function addModule(path: string, folder: string): Promise<string> {
  const suffix = /\.(xz|zst|gz)$/.exec(path)?.[0] ?? '';
  const name = basename(path, suffix);
  if (suffix === '') await copyFile(path, join(folder, name));
  else await execa(unpackers[suffix]!, ['-dc', path], { stdout: { file: join(folder, name) } });
  return name;
}

/** Makes the initramfs of a kernel, once, and says where it is. */
export async function makeInitramfs({ kernel, busybox, modules }: InitramfsOptions): Promise<string> {
  const script = await readFile(init);
  const program = await readFile(busybox);
  // The path of a loader stands at the beginning of a program that needs one.
  if (/\/lib\w*\/ld[\w-]*\.so/.test(program.toString('latin1', 0, 4096)))
    throw new Error(`${busybox} is not static: install busybox-static`);
  const key = createHash('sha256').update(script).update(program).update(modules.join(' '));
  const path = join(cacheFolder(), 'initramfs', `${basename(kernel.root)}-${key.digest('hex').slice(0, 12)}.img`);
  if (existsSync(path)) return path;
  const folder = await mkdtemp(join(tmpdir(), 'scanward-initramfs-'));
  try {
    for (const name of ['bin', 'mod', 'proc', 'sys', 'dev']) await mkdir(join(folder, name));
    await copyFile(busybox, join(folder, 'bin/busybox'));
    await writeFile(join(folder, 'init'), script, { mode: 0o755 });
    const answers: string[] = [];
    for (const name of modules) {
      const args = ['-d', kernel.root, '-S', kernel.release, '--show-depends', '--ignore-install', name];
      answers.push((await execa('modprobe', args)).stdout);
    }
    const names: string[] = [];
    for (const file of moduleFiles(answers)) names.push(await addModule(file, join(folder, 'mod')));
    await writeFile(join(folder, 'mod/order'), names.map((name) => `${name}\n`).join(''));
    const files = await execa('find', ['.'], { cwd: folder });
    const archive = await execa('cpio', ['-o', '-H', 'newc', '-R', '0:0', '--quiet'], {
      cwd: folder,
      input: `${files.stdout}\n`,
      encoding: 'buffer',
    });
    await writeWhole(path, gzipSync(archive.stdout, { level: 1 }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}
