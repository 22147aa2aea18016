import { MapType } from '../kernel/uapi.ts';

/** What a kernel's map looks like. */
export interface MapShape {
  readonly name: string;
  /** A number of `MapType`. */
  readonly type: number;
  readonly keySize: number;
  /** Bytes of one value; a per-CPU map has one for each possible processor. */
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

const perCpu: ReadonlySet<number> = new Set([
  MapType.PERCPU_HASH,
  MapType.PERCPU_ARRAY,
  MapType.LRU_PERCPU_HASH,
  MapType.PERCPU_CGROUP_STORAGE,
]);

/** Has each value one part for each possible processor? */
export function isPerCpu(type: number): boolean {
  return perCpu.has(type);
}

/** Bytes that the kernel reads or writes for one value: of a per-CPU map, each part rounded up to 8 bytes. */
export function valueBytes(shape: MapShape, cpus: () => number): number {
  return isPerCpu(shape.type) ? Math.ceil(shape.valueSize / 8) * 8 * cpus() : shape.valueSize;
}
