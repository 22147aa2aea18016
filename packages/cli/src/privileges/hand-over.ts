import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { makeFolder } from '../system/make-folder.ts';
import type { FoundUser } from './find-user.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** A folder that a user is to have, and what of it is his. */
export interface Handed {
  readonly folder: string;
  /** Of what is in it; others' stays theirs. */
  readonly isHis: (name: string) => boolean;
  /** What else may be in it: a folder with other things is not given to anybody. */
  readonly isOurs: (name: string) => boolean;
}

/**
 * Makes a folder that only this user may use, and gives him what is his in it. This is done by root, and the user may be an
 * attacker by now: what is root's is given only where nobody but root could have put another thing in its place, and no link is
 * followed. A folder that was there is given only if it is nobody else's matter: `/run` or `/root` never is.
 *
 * @throws OperatorError when he cannot get there, or when it is not root's to give
 */
export function handOver({ folder, isHis, isOurs }: Handed, user: FoundUser): void {
  const path = resolve(folder);
  if (path === '/') throw shared(path, user);
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (!isThere) requireRoots(path, user);
  if (!isThere) makeFolder(path);
  requireWay(path, user);
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const { uid, mode, dev } = fstatSync(fd);
    if (uid !== user.uid && uid !== 0) throw notRoots(path, user);
    const names = readdirSync(path);
    const his = names.filter(isHis);
    if (uid === user.uid) {
      for (const name of his) giveFile(join(path, name), user);
      return;
    }
    requireRoots(path, user);
    const isMount = statSync(dirname(path)).dev !== dev;
    const isOwn = (mode & 0o077) === 0 && !isMount && names.every((name) => isHis(name) || isOurs(name));
    if (isThere && !isOwn) throw shared(path, user);
    for (const name of his) giveAll(join(path, name), user);
    fchownSync(fd, user.uid, user.gid);
  } finally {
    closeSync(fd);
  }
}

/** In a folder of root's: what is in a folder first, so that it is given only when it is not looked at any more. */
function giveAll(path: string, user: FoundUser): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) giveAll(join(path, name), user);
  lchownSync(path, user.uid, user.gid);
}

/** In a folder of his: only a file that root has written there, as a command does. */
function giveFile(path: string, user: FoundUser): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.uid !== 0) return;
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    // With another name it may be any file of root's.
    if (stats.isFile() && stats.uid === 0 && stats.nlink === 1) fchownSync(fd, user.uid, user.gid);
  } finally {
    closeSync(fd);
  }
}

/**
 * All folders above it are root's alone, or sticky. `/` is not asked: whoever may write there can replace every program of the
 * machine, so there is nothing left to keep from him; some images give it to nobody.
 */
function requireRoots(path: string, user: FoundUser): void {
  for (const folder of above(path)) {
    if (folder === '/') return;
    const stats = statOf(folder);
    if (!stats) continue;
    const isOpen = (stats.mode & OTHERS_WRITE) !== 0 && (stats.mode & STICKY) === 0;
    if (stats.uid !== 0 || isOpen) throw notRoots(path, user);
  }
}

function requireWay(path: string, user: FoundUser): void {
  for (const folder of above(path)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) !== 0) continue;
    const todo = `${user.name} cannot pass ${folder}: chmod o+x ${folder}, or name another folder`;
    throw new OperatorError(ExitCode.capability, `giving ${path} to ${user.name}`, todo);
  }
}

function* above(path: string): Generator<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });

function shared(path: string, { name }: FoundUser): OperatorError {
  const todo = `it is not Scanward's alone (of mode 0700, and with nothing else in it): name a folder of its own`;
  return new OperatorError(ExitCode.capability, `giving ${path} to ${name}`, todo);
}

function notRoots(path: string, { name }: FoundUser): OperatorError {
  const todo = `it is not root's alone to give: make it ${name}'s (install -d -m 0700 -o ${name} ${path}), or name another folder`;
  return new OperatorError(ExitCode.capability, `giving ${path} to ${name}`, todo);
}
