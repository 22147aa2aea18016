import type { MapSpec } from '@scanward/bpf-object';
import type { BpfMap } from '@scanward/loader-native';
import { type Endian, SOURCE_KEYS } from '@scanward/map-codec';
import { arrayKey } from '../kernel/array-key.ts';

/** What a program was loaded with. */
export interface Constants {
  /** Most blocks that it holds (`--max-blocks`). */
  readonly maxBlocks: number;
  /** Sets of four sources (`--max-sources`). */
  readonly sourceSets: number;
  /** All keys of its hashes: whoever loads a program over the same maps needs the same. */
  readonly secret: readonly bigint[];
  /** Those of them that say where a source goes. */
  readonly sourceKeys: readonly bigint[];
}

/** Reads the constants of a program that is there already from its `.rodata`. */
export function readConstants(map: Pick<BpfMap, 'get'>, spec: MapSpec, endian: Endian): Constants {
  const bytes = map.get(arrayKey(0, endian)) ?? new Uint8Array(spec.valueSize);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isLittle = endian === 'little';
  const variable = (name: string) => {
    const found = spec.variables.find((each) => each.name === name);
    if (!found) throw new Error(`the object has no constant ${name}`);
    return found;
  };
  const u32 = (name: string) => view.getUint32(variable(name).offset, isLittle);
  const { offset, size } = variable('secret');
  const secret = Array.from({ length: size / 8 }, (_, i) => view.getBigUint64(offset + 8 * i, isLittle));
  return {
    maxBlocks: u32('max_blocks'),
    sourceSets: u32('source_sets'),
    secret,
    sourceKeys: secret.slice(0, SOURCE_KEYS),
  };
}
