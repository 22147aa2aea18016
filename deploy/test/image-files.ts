import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { podman } from './engine.ts';

export interface ImageFile {
  /** From the root on, without the first slash. */
  readonly path: string;
  /** Permissions, with setuid, setgid and the sticky bit. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
}

/** The files of an image, without folders and links, as they lie in its file system. */
export async function filesOf(image: string): Promise<ImageFile[]> {
  const root = (await podman(['image', 'mount', image])).stdout.trim();
  try {
    return readdirSync(root, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
      const stats = lstatSync(join(root, path));
      return stats.isFile() ? [{ path, mode: stats.mode & 0o7777, size: stats.size }] : [];
    });
  } finally {
    await podman(['image', 'unmount', image]);
  }
}
