import type { ObjectSpec } from '@scanward/bpf-object';
import type { Codecs } from '@scanward/map-codec';
import { lockOfSet } from '../pins/locks.ts';
import type { OwnedInstance } from '../pins/owned-instance.ts';
import { linkNames, linkPin, openIfThere } from '../pins/pinned-links.ts';
import type { PinnedSet } from '../pins/pinned-set.ts';
import { carryOver } from './carry-over.ts';
import { storesOf } from './stores-of.ts';

/**
 * A daemon was killed while `found` replaced the former set, into whose maps its program may write ever since. Ends that
 * work: `found` runs everywhere, and holds what the former one held, which is removed. Nothing is done when there is none.
 * So a start never has three sets at once, of which one would have no pins.
 *
 * @returns how many blocks found no room
 */
export function finishExchange(instance: OwnedInstance, spec: ObjectSpec, found: PinnedSet, codec: Codecs): number {
  const former = instance.former(spec);
  if (!former) return 0;
  const lock = lockOfSet(former.folder);
  try {
    runEverywhere(instance, found);
    const lost = carryOver(storesOf(former, codec), storesOf(found, codec));
    instance.removeFormer(spec);
    return lost;
  } finally {
    lock.close();
    former.close();
  }
}

function runEverywhere({ place }: OwnedInstance, found: PinnedSet): void {
  for (const name of linkNames(place)) {
    const link = openIfThere(linkPin(place, name));
    try {
      link?.updateProgram(found.program('scanward'));
    } catch (error) {
      // Its interface is gone.
      if ((error as { code?: string }).code !== 'ENOLINK') throw error;
    } finally {
      link?.close();
    }
  }
}
