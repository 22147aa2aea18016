import { constants, openSync, readFileSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release } from 'node:os';
import { dirname } from 'node:path';
import type { Sys } from './sys.ts';

type Addon = Omit<Sys, 'openFolder' | 'release' | 'readText' | 'readLink'>;

let loaded: Addon | undefined;

// Loaded at the first call, so that importing this package needs no addon. Found by the package's name, so that this
// code may be part of a bundle that lies elsewhere.
function addon(): Addon {
  if (!loaded) {
    const manifest = createRequire(import.meta.url).resolve('@scanward/loader-native/package.json');
    const find = createRequire(manifest)('node-gyp-build') as (folder: string) => unknown;
    loaded = find(dirname(manifest)) as Addon;
  }
  return loaded;
}

function orUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function openFolder(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    // A path that is none, as one with a zero byte.
    if (errno === undefined) throw error;
    return errno;
  }
}

/** The running Linux. */
export const nativeSys: Sys = {
  bpf: (command, attr, ...pointers) => addon().bpf(command, attr, ...pointers),
  mmap: (fd, length, offset, writable) => addon().mmap(fd, length, offset, writable),
  munmap: (buffer) => addon().munmap(buffer),
  close: (fd) => addon().close(fd),
  openFolder,
  flock: (fd, operation) => addon().flock(fd, operation),
  netlink: (request, reply) => addon().netlink(request, reply),
  setMemlock: (bytes) => addon().setMemlock(bytes),
  becomeUser: (uid, gid, low, high) => addon().becomeUser(uid, gid, low, high),
  waitReadable: (fd) => addon().waitReadable(fd),
  cancelWait: (fd) => addon().cancelWait(fd),
  pageSize: () => addon().pageSize(),
  release,
  readText: (path) => orUndefined(() => readFileSync(path, 'utf8')),
  readLink: (path) => orUndefined(() => readlinkSync(path)),
};
