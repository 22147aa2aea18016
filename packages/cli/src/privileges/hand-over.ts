import { chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { makeFolder } from '../system/make-folder.ts';
import type { FoundUser } from './find-user.ts';

/** A folder that a user is to have, and what of it is his. */
export interface Handed {
  readonly folder: string;
  /** Of what is in it; others' stays theirs. */
  readonly isHis: (name: string) => boolean;
}

/**
 * Makes a folder that only this user may use, and gives him what is his in it. Links are not followed.
 *
 * @throws OperatorError when he cannot get there
 */
export function handOver({ folder, isHis }: Handed, user: FoundUser): void {
  const path = resolve(folder);
  makeFolder(path);
  requireWay(path, user);
  chownSync(path, user.uid, user.gid);
  for (const name of readdirSync(path)) if (isHis(name)) giveAll(join(path, name), user);
}

function giveAll(path: string, user: FoundUser): void {
  lchownSync(path, user.uid, user.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveAll(join(path, name), user);
}

function requireWay(path: string, user: FoundUser): void {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      const todo = `${user.name} cannot pass ${folder}: chmod o+x ${folder}, or name another folder`;
      throw new OperatorError(ExitCode.capability, `giving ${path} to ${user.name}`, todo);
    }
    if (folder === dirname(folder)) return;
  }
}

/** Makes the folder of one instance, all of which is his. */
export function handOverAll(folder: string, user: FoundUser): void {
  makeFolder(dirname(folder));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  handOver({ folder, isHis: () => true }, user);
}
