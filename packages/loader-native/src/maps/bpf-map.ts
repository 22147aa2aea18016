import { possibleCpus } from '../cpus.ts';
import { Descriptor } from '../descriptor.ts';
import { Attr } from '../kernel/attr.ts';
import { call, tryCall } from '../kernel/call.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { readInfo } from '../kernel/info.ts';
import { MapType } from '../kernel/uapi.ts';
import { kernelError } from '../permission.ts';
import { openPin, pinObject } from '../pins.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { type Batch, deleteBatch, getBatch, setBatch } from './batch.ts';
import { createMap, type MapRequest } from './create-map.ts';
import { readMapInfo, type MapInfo } from './map-info.ts';
import { type MapShape, valueBytes } from './map-shape.ts';

const ENOENT = errnoNumber('ENOENT');

/**
 * A map of the kernel's. Keys and values are bytes in the kernel's layout; a per-CPU value has one part for
 * each possible processor, each rounded up to 8 bytes. Refusals are thrown as `BpfSyscallError`.
 */
export class BpfMap implements Disposable, MapShape {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Bytes of a value as get() returns and set() wants it. */
  readonly valueBytes: number;
  readonly #descriptor: Descriptor;

  private constructor(sys: Sys, fd: number, shape: MapShape) {
    this.#descriptor = new Descriptor(sys, fd, `map ${shape.name}`);
    this.name = shape.name;
    this.type = shape.type;
    this.keySize = shape.keySize;
    this.valueSize = shape.valueSize;
    this.maxEntries = shape.maxEntries;
    this.flags = shape.flags;
    this.valueBytes = valueBytes(shape, () => possibleCpus(sys));
  }

  /** Makes a new map. The size of a ring buffer is rounded up as the kernel wants it. */
  static create(request: MapRequest, sys: Sys = nativeSys): BpfMap {
    return BpfMap.#adopt(sys, createMap(request, sys), request.name);
  }

  /** Opens a pinned map. @throws PinError when it is none */
  static open(path: string, sys: Sys = nativeSys): BpfMap {
    return BpfMap.#adopt(sys, openPin(sys, path, 'map'));
  }

  // The kernel's own word on sizes and flags, so that no buffer is ever shorter than it writes.
  static #adopt(sys: Sys, fd: number, name?: string): BpfMap {
    try {
      const info = readMapInfo(readInfo(sys, fd));
      return new BpfMap(sys, fd, { ...info, name: name ?? info.name });
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** @throws ClosedError after close() */
  get fd(): number {
    return this.#descriptor.fd;
  }

  get sys(): Sys {
    return this.#descriptor.sys;
  }

  /** The value, or undefined. `flags`: `ElementFlag.LOCK` copies it under its spin lock. */
  get(key: Uint8Array, flags = 0): Uint8Array | undefined {
    const value = new Uint8Array(this.valueBytes);
    const result = tryCall(this.sys, 'BPF_MAP_LOOKUP_ELEM', this.#element(key, flags).pointer(16, value));
    if (result === -ENOENT) return undefined;
    if (result < 0) throw kernelError(this.sys, 'BPF_MAP_LOOKUP_ELEM', -result, `map ${this.name}`);
    return value;
  }

  /** `flags`: `ElementFlag`, ANY by default. */
  set(key: Uint8Array, value: Uint8Array, flags = 0): void {
    this.#expect('value', value, this.valueBytes);
    call(this.sys, 'BPF_MAP_UPDATE_ELEM', this.#element(key, flags).pointer(16, value), `map ${this.name}`);
  }

  /** Was it there? */
  delete(key: Uint8Array): boolean {
    const result = tryCall(this.sys, 'BPF_MAP_DELETE_ELEM', this.#element(key, 0));
    if (result < 0 && result !== -ENOENT) {
      throw kernelError(this.sys, 'BPF_MAP_DELETE_ELEM', -result, `map ${this.name}`);
    }
    return result === 0;
  }

  /**
   * The keys. The one that is yielded may be deleted: the next was fetched before. When others delete at the
   * same time a key may come twice or not at all, and the walk ends after twice `maxEntries` steps at the latest.
   */
  *keys(): Generator<Uint8Array, void, undefined> {
    let next = this.#nextKey(undefined);
    for (let steps = 0; next !== undefined && steps < 2 * this.maxEntries; steps++) {
      const key = next;
      next = this.#nextKey(key);
      yield key;
    }
  }

  /** Keys with their values; those that vanish meanwhile are left out. */
  *entries(flags = 0): Generator<[key: Uint8Array, value: Uint8Array], void, undefined> {
    for (const key of this.keys()) {
      const value = this.get(key, flags);
      if (value !== undefined) yield [key, value];
    }
  }

  /**
   * All entries, up to `count` at a time (since 5.6; one by one on older kernels). The buffers of a batch are
   * used again for the next one.
   */
  getBatch(count = 1024, flags = 0): Generator<Batch, void, undefined> {
    return getBatch(this, count, flags);
  }

  /** Writes `keys.length / keySize` entries. @throws BatchError with how many were written */
  setBatch(keys: Uint8Array, values: Uint8Array, flags = 0): void {
    setBatch(this, keys, values, flags);
  }

  /** Deletes those of the keys that are there; how many that were. */
  deleteBatch(keys: Uint8Array): number {
    return deleteBatch(this, keys);
  }

  /** No system call may change the map from now on; programs still may (since 5.2). */
  freeze(): void {
    call(this.sys, 'BPF_MAP_FREEZE', new Attr(4).u32(0, this.fd), `map ${this.name}`);
  }

  info(): MapInfo {
    return readMapInfo(readInfo(this.sys, this.fd));
  }

  /**
   * Bytes of kernel memory that the map takes, by the kernel's own account; what is taken element by element counts once
   * it is there (before 6.4: at its most). Undefined when /proc cannot be read.
   */
  memoryBytes(): number | undefined {
    const account = /^memlock:\s*(\d+)$/m.exec(this.sys.readText(`/proc/self/fdinfo/${this.fd}`) ?? '');
    if (!account) return undefined;
    // Kernels from 5.11 to 6.3 forget the room of a ring.
    return Math.max(Number(account[1]), this.type === MapType.RINGBUF ? this.maxEntries : 0);
  }

  /** Keeps the map alive as a file on a BPF file system. */
  pin(path: string): void {
    pinObject(this.sys, this.fd, path);
  }

  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #element(key: Uint8Array, flags: number): Attr {
    this.#expect('key', key, this.keySize);
    return new Attr(32).u32(0, this.fd).pointer(8, key).u64(24, BigInt(flags));
  }

  #expect(what: string, bytes: Uint8Array, length: number): void {
    if (bytes.length !== length) {
      throw new RangeError(`a ${what} of map ${this.name} has ${length} bytes, not ${bytes.length}`);
    }
  }

  #nextKey(after: Uint8Array | undefined): Uint8Array | undefined {
    const next = new Uint8Array(this.keySize);
    const attr = new Attr(32).u32(0, this.fd).pointer(16, next);
    if (after !== undefined) attr.pointer(8, after);
    const result = tryCall(this.sys, 'BPF_MAP_GET_NEXT_KEY', attr);
    if (result === -ENOENT) return undefined;
    if (result < 0) throw kernelError(this.sys, 'BPF_MAP_GET_NEXT_KEY', -result, `map ${this.name}`);
    return next;
  }
}
