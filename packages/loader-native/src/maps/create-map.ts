import { Attr } from '../kernel/attr.ts';
import { tryCall } from '../kernel/call.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { MapFlag, MapType } from '../kernel/uapi.ts';
import { MapCreateError, PermissionError, UnsupportedError } from '../errors.ts';
import { kernelError } from '../permission.ts';
import { features } from '../features.ts';
import type { Sys } from '../sys/sys.ts';

/** A map to be made. */
export interface MapRequest {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  readonly mapExtra?: bigint;
  readonly numaNode?: number;
  readonly btf?: { readonly fd: number; readonly keyTypeId: number; readonly valueTypeId: number };
}

// The kinds that take the types of key and value; others answer ENOTSUPP to them.
const typed: ReadonlySet<number> = new Set([
  MapType.HASH,
  MapType.ARRAY,
  MapType.PERCPU_HASH,
  MapType.PERCPU_ARRAY,
  MapType.LRU_HASH,
  MapType.LRU_PERCPU_HASH,
  MapType.LPM_TRIE,
]);

/** The size that the kernel wants of a ring buffer: a power of two and at least a page. */
export function ringBytes(wanted: number, page: number): number {
  let bytes = page;
  while (bytes < wanted) bytes *= 2;
  if (bytes > 2 ** 31) throw new RangeError(`a ring buffer of ${wanted} bytes is too large`);
  return bytes;
}

function attrOf(request: MapRequest, sys: Sys, withBtf: boolean): Attr {
  const entries = request.type === MapType.RINGBUF ? ringBytes(request.maxEntries, sys.pageSize()) : request.maxEntries;
  const attr = new Attr(72)
    .u32(0, request.type)
    .u32(4, request.keySize)
    .u32(8, request.valueSize)
    .u32(12, entries)
    .u32(16, request.flags ?? 0)
    .u32(24, request.numaNode ?? 0)
    .name(28, request.name)
    .u64(64, request.mapExtra ?? 0n);
  if (withBtf && request.btf) {
    attr.u32(48, request.btf.fd).u32(52, request.btf.keyTypeId).u32(56, request.btf.valueTypeId);
  }
  return attr;
}

// What the kernel would refuse with EINVAL, and since when it would not.
function unsupported(request: MapRequest, sys: Sys): UnsupportedError | undefined {
  if (request.type === MapType.RINGBUF && !features(sys).ringBuffer) return new UnsupportedError('ring buffer', '5.8');
  if (request.type === MapType.BLOOM_FILTER && !features(sys).bloomFilter) {
    return new UnsupportedError('bloom filter', '5.16');
  }
  return undefined;
}

/** BPF_MAP_CREATE: a new descriptor. Types are left out where this kind of map, or this kernel, refuses them. */
export function createMap(request: MapRequest, sys: Sys): number {
  const withBtf = request.btf !== undefined && request.btf.valueTypeId !== 0 && typed.has(request.type);
  let result = tryCall(sys, 'BPF_MAP_CREATE', attrOf(request, sys, withBtf));
  const refusal = -result;
  if (withBtf && (refusal === errnoNumber('EINVAL') || refusal === errnoNumber('ENOTSUPP'))) {
    result = tryCall(sys, 'BPF_MAP_CREATE', attrOf(request, sys, false));
  }
  if (result >= 0) return result;
  if (-result === errnoNumber('EINVAL')) {
    const error = unsupported(request, sys);
    if (error) throw error;
  }
  const error = kernelError(sys, 'BPF_MAP_CREATE', -result, `creating map ${request.name}`);
  throw error instanceof PermissionError ? error : new MapCreateError(-result, request.name);
}

/** Flags that only change how a map is kept, not what it is; dropped where the kernel has not got them. */
export function dataMapFlags(readonly: boolean, sys: Sys): number {
  const flags = features(sys).mmapableArray ? MapFlag.MMAPABLE : 0;
  return readonly ? flags | MapFlag.RDONLY_PROG : flags;
}
