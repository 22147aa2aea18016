import { BatchError, BpfSyscallError } from '../errors.ts';
import { Attr } from '../kernel/attr.ts';
import { tryCall } from '../kernel/call.ts';
import { errnoNumber } from '../kernel/errno.ts';
import type { CommandName } from '../kernel/uapi.ts';
import { kernelError } from '../permission.ts';
import type { BpfMap } from './bpf-map.ts';

/** Some entries, key after key and value after value. The buffers are used again for the next batch. */
export interface Batch {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
}

const ENOENT = errnoNumber('ENOENT');
const ENOSPC = errnoNumber('ENOSPC');
// No such command (before 5.6), or this kind of map has no batches.
const withoutBatches: ReadonlySet<number> = new Set([-errnoNumber('EINVAL'), -errnoNumber('ENOTSUPP')]);

const COUNT = 32;

function attrOf(map: BpfMap, count: number, flags: number): Attr {
  return new Attr(56).u32(COUNT, count).u32(36, map.fd).u64(40, BigInt(flags));
}

export function* getBatch(map: BpfMap, count: number, flags: number): Generator<Batch, void, undefined> {
  let size = Math.max(1, Math.min(count, map.maxEntries));
  let keys = new Uint8Array(size * map.keySize);
  let values = new Uint8Array(size * map.valueBytes);
  // The position: a bucket's number, or a key.
  const position = new Uint8Array(Math.max(8, map.keySize));
  let from: Uint8Array | undefined;
  for (;;) {
    const attr = attrOf(map, size, flags).pointer(8, position).pointer(16, keys).pointer(24, values);
    if (from) attr.pointer(0, from);
    const result = tryCall(map.sys, 'BPF_MAP_LOOKUP_BATCH', attr);
    if (from === undefined && withoutBatches.has(result)) return yield* getOneByOne(map, size, flags);
    if (result === -ENOSPC) {
      // One bucket holds more than fits.
      size *= 2;
      keys = new Uint8Array(size * map.keySize);
      values = new Uint8Array(size * map.valueBytes);
      continue;
    }
    if (result < 0 && result !== -ENOENT) {
      throw kernelError(map.sys, 'BPF_MAP_LOOKUP_BATCH', -result, `map ${map.name}`);
    }
    const found = attr.getU32(COUNT);
    if (found > 0) yield batchOf(map, keys, values, found);
    if (result === -ENOENT) return;
    from = position.slice();
  }
}

function batchOf(map: BpfMap, keys: Uint8Array, values: Uint8Array, count: number): Batch {
  return {
    count,
    keys: keys.subarray(0, count * map.keySize),
    values: values.subarray(0, count * map.valueBytes),
  };
}

function* getOneByOne(map: BpfMap, size: number, flags: number): Generator<Batch, void, undefined> {
  const keys = new Uint8Array(size * map.keySize);
  const values = new Uint8Array(size * map.valueBytes);
  let count = 0;
  for (const [key, value] of map.entries(flags)) {
    keys.set(key, count * map.keySize);
    values.set(value, count * map.valueBytes);
    count++;
    if (count < size) continue;
    yield batchOf(map, keys, values, count);
    count = 0;
  }
  if (count > 0) yield batchOf(map, keys, values, count);
}

function countOf(map: BpfMap, keys: Uint8Array): number {
  const count = keys.length / map.keySize;
  if (!Number.isInteger(count)) throw new RangeError(`keys of map ${map.name} have ${map.keySize} bytes each`);
  return count;
}

export function setBatch(map: BpfMap, keys: Uint8Array, values: Uint8Array, flags: number): void {
  const count = countOf(map, keys);
  if (values.length !== count * map.valueBytes) {
    throw new RangeError(`values of map ${map.name} have ${map.valueBytes} bytes each, ${count} are wanted`);
  }
  if (count === 0) return;
  const attr = attrOf(map, count, flags).pointer(16, keys).pointer(24, values);
  const result = tryCall(map.sys, 'BPF_MAP_UPDATE_BATCH', attr);
  if (withoutBatches.has(result)) setOneByOne(map, keys, values, count, flags);
  else if (result < 0) throw batchError(map, 'BPF_MAP_UPDATE_BATCH', -result, attr.getU32(COUNT));
}

function setOneByOne(map: BpfMap, keys: Uint8Array, values: Uint8Array, count: number, flags: number): void {
  for (let i = 0; i < count; i++) {
    const value = values.subarray(i * map.valueBytes, (i + 1) * map.valueBytes);
    try {
      map.set(keys.subarray(i * map.keySize, (i + 1) * map.keySize), value, flags);
    } catch (error) {
      throw error instanceof BpfSyscallError ? batchError(map, 'BPF_MAP_UPDATE_ELEM', error.errno, i) : error;
    }
  }
}

// A lack of rights stays what it is; all else says how far it came.
function batchError(map: BpfMap, command: CommandName, errno: number, done: number): BpfSyscallError {
  return errno === 1 ? kernelError(map.sys, command, errno, `map ${map.name}`) : new BatchError(command, errno, done);
}

export function deleteBatch(map: BpfMap, keys: Uint8Array): number {
  const count = countOf(map, keys);
  let deleted = 0;
  // A batch stops at the first key that is not there: go on behind it.
  for (let at = 0; at < count; at++) {
    const attr = attrOf(map, count - at, 0).pointer(16, keys.subarray(at * map.keySize));
    const result = tryCall(map.sys, 'BPF_MAP_DELETE_BATCH', attr);
    if (withoutBatches.has(result)) return deleted + deleteOneByOne(map, keys.subarray(at * map.keySize));
    const done = attr.getU32(COUNT);
    if (result < 0 && result !== -ENOENT) throw batchError(map, 'BPF_MAP_DELETE_BATCH', -result, deleted + done);
    deleted += done;
    at += done;
  }
  return deleted;
}

function deleteOneByOne(map: BpfMap, keys: Uint8Array): number {
  let deleted = 0;
  for (let at = 0; at < keys.length; at += map.keySize) {
    if (map.delete(keys.subarray(at, at + map.keySize))) deleted++;
  }
  return deleted;
}
