import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A path itself, or what is there of the way to it. */
export function nearestThere(path: string): string {
  for (let folder = path; ; folder = dirname(folder))
    if (existsSync(folder) || folder === dirname(folder)) return folder;
}

/** Whether this process may write to a path, or make it. */
export function mayWrite(path: string): boolean {
  try {
    accessSync(nearestThere(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
