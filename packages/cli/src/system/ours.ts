import type { Stats } from 'node:fs';

const WRITABLE_BY_OTHERS = 0o022;

/** Whether something is root's or this user's. */
export function isOurs(uid: number, me = process.geteuid?.()): boolean {
  return uid === 0 || uid === me;
}

/** Whether only root and this user may change it, or what is in it. */
export function isTrusted({ uid, mode }: Pick<Stats, 'uid' | 'mode'>, me = process.geteuid?.()): boolean {
  return isOurs(uid, me) && (mode & WRITABLE_BY_OTHERS) === 0;
}

/** Why a file is not to be believed; undefined: it is one that only root or this user can have written. */
export function doubtsAbout(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'it is not a file';
  return isTrusted(stats) ? undefined : 'others may write to it';
}
