import type { MapSpec } from '@scanward/bpf-object';
import { MapFlag } from '../kernel/uapi.ts';
import { BpfMap } from '../maps/bpf-map.ts';
import { dataMapFlags } from '../maps/create-map.ts';
import type { Sys } from '../sys/sys.ts';

/** What of a map is not the object's word. */
export interface Making {
  readonly entries: number;
  readonly data: Uint8Array | undefined;
  readonly btf: number | undefined;
}

/** The flags that a map of an object is created with. */
export function mapFlagsOf(spec: MapSpec, sys: Sys): number {
  const numa = spec.numaNode === undefined ? 0 : MapFlag.NUMA_NODE;
  return spec.flags | numa | (spec.data ? dataMapFlags(spec.readonly, sys) : 0);
}

function fill(map: BpfMap, data: Uint8Array, readonly: boolean): void {
  // A new array is zero already.
  if (data.some((byte) => byte !== 0)) map.set(new Uint8Array(map.keySize), data);
  // Only of a frozen map does the verifier know the values.
  if (readonly) map.freeze();
}

/** One map of an object, filled and frozen when it is a data section. */
export function makeMap(spec: MapSpec, { entries, data, btf }: Making, sys: Sys): BpfMap {
  const map = BpfMap.create(
    {
      name: spec.name,
      type: spec.type,
      keySize: spec.keySize,
      valueSize: spec.valueSize,
      maxEntries: entries,
      flags: mapFlagsOf(spec, sys),
      mapExtra: BigInt(spec.mapExtra),
      ...(spec.numaNode !== undefined && { numaNode: spec.numaNode }),
      ...(btf !== undefined && { btf: { fd: btf, keyTypeId: spec.keyTypeId, valueTypeId: spec.valueTypeId } }),
    },
    sys,
  );
  try {
    if (data) fill(map, data, spec.readonly);
  } catch (error) {
    map.close();
    throw error;
  }
  return map;
}
