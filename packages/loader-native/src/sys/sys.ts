/** A pointer in a bpf attribute: where it stands, what it points at, how many bytes of that the kernel may touch. */
export type BpfPointers = readonly (number | Uint8Array)[];

/**
 * All that the loader asks of the machine. Calls answer a number, or -errno; only a programmer's error throws.
 * Every other function of this package takes one as its last argument, `nativeSys` by default.
 */
export interface Sys {
  /** bpf(2). `pointers` are triples of offset in `attr`, buffer, bytes needed. `attr` is written back. */
  bpf(command: number, attr: Uint8Array, ...pointers: BpfPointers): number;
  /** Shared memory of a descriptor. Writing to it when it is not `writable` kills the process. */
  mmap(fd: number, length: number, offset: number, writable: boolean): ArrayBuffer | number;
  /** Detaches the buffer, then unmaps it. */
  munmap(buffer: ArrayBuffer): number;
  close(fd: number): number;
  /** A descriptor of a folder. */
  openFolder(path: string): number;
  /** flock(2), which never waits: `operation` holds LOCK_NB (4), or is LOCK_UN (8). */
  flock(fd: number, operation: number): number;
  /** One NETLINK_ROUTE request; the bytes of the answer, -ENOBUFS when `reply` is too short. */
  netlink(request: Uint8Array, reply: Uint8Array): number;
  /** Raises RLIMIT_MEMLOCK of this process. */
  setMemlock(bytes: number): number;
  /** Becomes a user with one group and these capabilities (bits 0 to 31, and 32 to 63), for good. Needs root. */
  becomeUser(uid: number, gid: number, low: number, high: number): number;
  /** Resolves to 1 when readable, 0 when cancelled, -errno. Keeps the event loop alive meanwhile. */
  waitReadable(fd: number): Promise<number>;
  /** Ends the waits on this descriptor; how many there were. */
  cancelWait(fd: number): number;
  /** Bytes of a memory page. */
  pageSize(): number;
  /** The kernel's release, as `uname -r` prints it. */
  release(): string;
  /** A file of /proc or /sys, undefined when it cannot be read. */
  readText(path: string): string | undefined;
  /** The target of a symbolic link, undefined when it cannot be read. */
  readLink(path: string): string | undefined;
}
