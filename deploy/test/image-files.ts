import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '@scanward/testkit';
import { podman } from './engine.ts';

export interface ImageFile {
  readonly path: string;
  /** Permissions, with setuid, setgid and the sticky bit. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
}

const BITS = 'rwxrwxrwx';

/** `-rwsr-xr-x` as a number. */
export function parseMode(text: string): number {
  const flags = [...text.slice(1, 10)];
  const plain = flags.reduce((mode, flag, i) => mode | (flag === BITS[i] || /[st]/.test(flag) ? 0o400 >> i : 0), 0);
  const special = [
    [2, 0o4000],
    [5, 0o2000],
    [8, 0o1000],
  ] as const;
  return special.reduce((mode, [at, bit]) => mode | (/[sStT]/.test(flags[at]!) ? bit : 0), plain);
}

/** The files of an image, without folders and links, as they lie in its file system. */
export async function filesOf(image: string): Promise<ImageFile[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-image-'));
  const { stdout: id } = await podman(['create', '--network', 'none', image]);
  try {
    await podman(['export', '--output', join(folder, 'image.tar'), id.trim()]);
    const { stdout } = await command('tar', ['--numeric-owner', '-tvf', join(folder, 'image.tar')]);
    return stdout.split('\n').flatMap((line) => {
      const [, type, rights, size, path] = /^(.)(\S{9}) \S+ +(\d+) \S+ \S+ (.*)$/.exec(line) ?? [];
      return type === '-' ? [{ path: path!, mode: parseMode(`-${rights!}`), size: Number(size) }] : [];
    });
  } finally {
    await podman(['rm', id.trim()], { tolerant: true });
    rmSync(folder, { recursive: true });
  }
}
