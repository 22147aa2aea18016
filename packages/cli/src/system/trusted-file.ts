import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileLines } from './file-lines.ts';
import { isOurs } from './ours.ts';

const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;

/** Configuration is text of a person. */
const CONFIG_MAX = 1024 * 1024;

/**
 * The text of a configuration file; undefined: there is none.
 *
 * @throws Error that says why it is not read: it is no file, too large, or others may write to it
 */
export function readConfig(path: string): string | undefined {
  let file: number;
  let real: string;
  try {
    real = realpathSync(path);
    // A pipe must hold nobody up.
    file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(explain(error as NodeJS.ErrnoException), { cause: error });
  }
  try {
    const stats = fstatSync(file);
    assertTrusted(real, stats);
    if (stats.size > CONFIG_MAX) throw new Error('it is larger than 1 MiB');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/**
 * The lines of a list, which may be larger.
 *
 * @throws Error, as {@link readConfig}
 */
export function openList(path: string): Iterable<string> {
  try {
    const file = realpathSync(path);
    return fileLines(file, (stats) => {
      assertTrusted(file, stats);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error('there is no such file', { cause: error });
    throw new Error(explain(error as NodeJS.ErrnoException), { cause: error });
  }
}

/**
 * Who can write to such a file decides whom this host talks to: that must be nobody but root, this user, and root's group.
 *
 * @throws Error
 */
export function assertTrusted(path: string, stats: Stats, me = process.geteuid?.()): void {
  if (!stats.isFile()) throw new Error('it is not a file');
  if (!isOurs(stats.uid, me)) throw new Error(`it belongs to another user (${stats.uid}): chown root ${path}`);
  if (isWritable(stats)) throw new Error(`others may write to it: chmod go-w ${path}`);
  const folder = dirname(resolve(path));
  const around = statSync(folder);
  // In a sticky one, such as /tmp, nobody can put another file in the place of one that is not his.
  const isSticky = (around.mode & STICKY) !== 0;
  if (!isSticky && (isWritable(around) || !isOurs(around.uid, me)))
    throw new Error(`others may write to its folder: chmod go-w ${folder}`);
}

const isWritable = ({ mode, gid }: Stats): boolean =>
  (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITE) !== 0 && gid !== 0);

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES') return 'no right to read it: run it as root (sudo), or let the user of --user read it';
  return message;
}
