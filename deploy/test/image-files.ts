import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
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
    // With types, so that no link to a folder is followed.
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map(({ parentPath, name }) => {
      const { mode, size } = lstatSync(join(parentPath, name));
      return { path: relative(root, join(parentPath, name)), mode: mode & 0o7777, size };
    });
  } finally {
    await podman(['image', 'unmount', image]);
  }
}
