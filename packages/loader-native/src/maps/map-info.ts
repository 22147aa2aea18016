import type { InfoReader } from '../kernel/info.ts';
import type { MapShape } from './map-shape.ts';

/** What the kernel says of a map. */
export interface MapInfo extends MapShape {
  readonly id: number;
  readonly btfId: number;
}

export function readMapInfo(info: InfoReader): MapInfo {
  return {
    type: info.u32(0),
    id: info.u32(4),
    keySize: info.u32(8),
    valueSize: info.u32(12),
    maxEntries: info.u32(16),
    flags: info.u32(20),
    name: info.text(24, 16),
    btfId: info.u32(64),
  };
}
