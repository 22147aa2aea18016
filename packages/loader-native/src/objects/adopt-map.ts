import type { MapSpec } from '@scanward/bpf-object';
import { MapType } from '../kernel/uapi.ts';
import type { BpfMap } from '../maps/bpf-map.ts';
import { ringBytes } from '../maps/create-map.ts';
import type { Sys } from '../sys/sys.ts';
import { mapFlagsOf } from './make-map.ts';
import { ObjectLoadError } from './object-load-error.ts';

/** Refuses a map that is no such map as would be made. @throws ObjectLoadError MAP_MISFIT with its name and what differs */
export function checkAdopted(map: BpfMap, spec: MapSpec, entries: number, sys: Sys): void {
  if (spec.readonly) throw misfit(spec, 'constants are always made anew');
  const wanted = {
    type: spec.type,
    keySize: spec.keySize,
    valueSize: spec.valueSize,
    maxEntries: spec.type === MapType.RINGBUF ? ringBytes(entries, sys.pageSize()) : entries,
    flags: mapFlagsOf(spec, sys),
  };
  for (const [what, value] of Object.entries(wanted)) {
    const found = map[what as keyof typeof wanted];
    if (found !== value) throw misfit(spec, `its ${what} is ${found}, not ${value}`);
  }
}

function misfit({ name }: MapSpec, why: string): ObjectLoadError {
  return new ObjectLoadError('MAP_MISFIT', `map ${name} does not fit: ${why}`);
}
