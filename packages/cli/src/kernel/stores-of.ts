import type { Codecs } from '@scanward/map-codec';
import type { PinnedSet } from '../pins/pinned-set.ts';
import { kernelStores, type Stores } from './stores.ts';

/** The stores of a pinned set; they end with it. */
export function storesOf(set: PinnedSet, codec: Codecs): Stores {
  return kernelStores((name) => set.map(name), set.program('scanward_command'), codec);
}
