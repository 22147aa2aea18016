import type { Stats } from 'node:fs';

/** Why a file is not to be believed; undefined: it is one that only root or this user can have written. */
export function doubtsAbout(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'it is not a file';
  const isOurs = stats.uid === 0 || stats.uid === process.geteuid?.();
  return isOurs && (stats.mode & 0o022) === 0 ? undefined : 'others may write to it';
}
