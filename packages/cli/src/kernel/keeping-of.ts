import type { ObjectSpec } from '@scanward/bpf-object';
import type { LoadedObject, Lock } from '@scanward/loader-native';
import { blockStartNs, type Codecs } from '@scanward/map-codec';
import { layoutId } from '../pins/layout-id.ts';
import { LinkPins } from '../pins/link-pins.ts';
import { lockOfSet } from '../pins/locks.ts';
import type { OwnedInstance } from '../pins/owned-instance.ts';
import type { PinnedSet } from '../pins/pinned-set.ts';
import { systemClock } from '../system/clock.ts';
import { carryOver } from './carry-over.ts';
import type { Keeping } from './keeping.ts';
import { rememberRules } from './remembered-rules.ts';
import { kernelStores, type Stores } from './stores.ts';

/** What was loaded, and over what. */
export interface Loading {
  readonly instance: OwnedInstance;
  readonly spec: ObjectSpec;
  readonly object: LoadedObject;
  readonly stores: Stores;
  readonly codec: Codecs;
  /** The set that was pinned. */
  readonly found: PinnedSet | undefined;
  /** Its maps are used. */
  readonly adopts: boolean;
}

/** The keeping of what was loaded. It owns the instance and `found` when this returns. */
export function keepingOf(loading: Loading): Keeping {
  if (loading.adopts && loading.found) return adopted(loading, loading.found);
  return loading.found ? resized(loading, loading.found) : made(loading);
}

function adopted(loading: Loading, found: PinnedSet): Keeping {
  const { instance, spec, object, stores, codec } = loading;
  const restore = rememberRules(stores, object.maps['policy']!, codec);
  // A daemon was killed between the exchange of the maps and that of the programs, which write into the former ones ever since.
  const former = instance.former(spec);
  const carry = () => {
    if (former) carryOver(storesOf(former, codec), stores);
  };
  const close = () => {
    former?.close();
    found.close();
    instance.close();
  };
  carry();
  return {
    ...base(loading),
    origin: 'adopted',
    notes: ['goes on with what was pinned'],
    // Both programs work on the same maps, so that nothing is lost whichever is pinned when a kill comes.
    keep: () => undefined,
    settle: (interfaces) => {
      carry();
      instance.keepPrograms(object, spec);
      return settled(loading, interfaces);
    },
    revert: restore,
    close,
  };
}

function resized(loading: Loading, found: PinnedSet): Keeping {
  const { instance, spec, stores, codec } = loading;
  const lock: Lock = lockOfSet(found.folder);
  const sets = [found, instance.former(spec)].filter((set) => set !== undefined);
  const carry = (sinceNs?: bigint) => {
    let lost = 0;
    for (const set of sets) lost += carryOver(storesOf(set, codec), stores, sinceNs);
    return lost;
  };
  const beganNs = blockStartNs(systemClock.monotonicNs());
  const close = () => {
    for (const set of sets) set.close();
    lock.close();
  };
  let lost: number;
  try {
    lost = carry();
  } catch (error) {
    close();
    throw error;
  }
  return {
    ...base(loading),
    origin: 'resized',
    notes: ['other sizes than before: blocks are carried over, sources and counters start anew'],
    warnings: [
      ...(lost > 0 ? [`${lost} blocks found no room in the new tables: raise --max-blocks`] : []),
      ...othersWarnings(loading),
    ],
    settle: (interfaces) => {
      // Those that the old program has made meanwhile.
      carry(beganNs);
      const left = settled(loading, interfaces);
      close();
      return left;
    },
    close: () => {
      close();
      instance.close();
    },
  };
}

function made(loading: Loading): Keeping {
  return { ...base(loading), origin: 'new', notes: [] };
}

const base = (loading: Loading): Omit<Keeping, 'origin' | 'notes'> => {
  const { instance, spec, object } = loading;
  return {
    place: instance.place,
    folder: instance.place.set(layoutId(spec)),
    warnings: othersWarnings(loading),
    keep: () => {
      instance.keepAll(object, spec);
    },
    settle: (interfaces) => settled(loading, interfaces),
    revert: () => {
      instance.revert();
    },
    remove: () => {
      instance.detach();
    },
    close: () => {
      instance.close();
    },
  };
};

function settled({ instance, spec }: Loading, interfaces: readonly string[]): string[] {
  instance.settle(spec);
  return new LinkPins(instance.place).keepOnly(interfaces);
}

function othersWarnings({ instance, spec }: Loading): string[] {
  return instance
    .otherLayouts(spec)
    .map(
      (layout) =>
        `replaces what another version of scanward left (layout ${layout}), whose blocks only the state file has`,
    );
}

function storesOf(set: PinnedSet, codec: Codecs): Stores {
  return kernelStores((name) => set.map(name), set.program('scanward_command'), codec);
}
