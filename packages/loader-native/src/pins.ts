import { Attr } from './kernel/attr.ts';
import { call } from './kernel/call.ts';
import type { Sys } from './sys/sys.ts';

/** What a pinned file can hold. */
export type PinKind = 'map' | 'program' | 'link';

// As /proc/self/fd shows them.
const kinds: Record<string, PinKind> = {
  'anon_inode:bpf-map': 'map',
  'anon_inode:bpf-prog': 'program',
  'anon_inode:bpf_link': 'link',
  'anon_inode:bpf-link': 'link',
};

/** A pin holds something else than was asked for. */
export class PinError extends Error {
  override readonly name = 'PinError';
  readonly path: string;
  readonly expected: PinKind;
  readonly found: PinKind;

  constructor(path: string, expected: PinKind, found: PinKind) {
    super(`${path} holds a ${found}, not a ${expected}`);
    this.path = path;
    this.expected = expected;
    this.found = found;
  }
}

function pathBytes(path: string): Uint8Array {
  if (path === '' || path.includes('\0')) throw new RangeError('path must not be empty or hold a zero byte');
  return Buffer.from(`${path}\0`);
}

/** Keeps the object alive as a file of a BPF file system. */
export function pinObject(sys: Sys, fd: number, path: string): void {
  call(sys, 'BPF_OBJ_PIN', new Attr(24).pointer(0, pathBytes(path)).u32(8, fd), `pinning ${path}`);
}

/** A new descriptor of what is pinned at `path`. @throws PinError when it is not of that kind */
export function openPin(sys: Sys, path: string, expected: PinKind): number {
  const fd = call(sys, 'BPF_OBJ_GET', new Attr(24).pointer(0, pathBytes(path)), `opening ${path}`);
  // A process whose /proc/self/fd is closed to it (a binary with file capabilities) is not checked.
  const found = kinds[sys.readLink(`/proc/self/fd/${fd}`) ?? ''];
  if (found !== undefined && found !== expected) {
    sys.close(fd);
    throw new PinError(path, expected, found);
  }
  return fd;
}
