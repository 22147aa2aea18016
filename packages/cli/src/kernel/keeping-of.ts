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
import type { Stores } from './stores.ts';
import { storesOf } from './stores-of.ts';

/** Most that the program's coarse clock is behind ours, and far more than it takes from reading it to writing a block. */
const CLOCKS_APART_NS = 100_000_000n;

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
  /** Blocks that found no room in it when what a killed daemon began was ended. */
  readonly lost: number;
}

/** The keeping of what was loaded. It owns the instance and `found` when this returns. */
export function keepingOf(loading: Loading): Keeping {
  if (loading.adopts && loading.found) return adopted(loading, loading.found);
  return loading.found ? resized(loading, loading.found) : made(loading);
}

function adopted(loading: Loading, found: PinnedSet): Keeping {
  const { instance, spec, object, stores, codec } = loading;
  const restore = rememberRules(stores, object.maps['policy']!, codec);
  return {
    ...base(loading),
    origin: 'adopted',
    notes: ['goes on with what was pinned'],
    // Both programs work on the same maps, so that nothing is lost whichever is pinned when a kill comes.
    keep: () => undefined,
    settle: (interfaces) => {
      instance.keepPrograms(object, spec);
      return settled(loading, interfaces);
    },
    revert: restore,
    close: () => {
      found.close();
      instance.close();
    },
  };
}

function resized(loading: Loading, found: PinnedSet): Keeping {
  const { instance, stores, codec } = loading;
  const lock: Lock = lockOfSet(found.folder);
  const carry = (sinceNs?: bigint) => carryOver(storesOf(found, codec), stores, sinceNs);
  const beganNs = blockStartNs(systemClock.monotonicNs() - CLOCKS_APART_NS);
  const close = () => {
    found.close();
    lock.close();
  };
  let lost: number;
  try {
    lost = loading.lost + carry();
  } catch (error) {
    close();
    throw error;
  }
  return {
    ...base(loading),
    origin: 'resized',
    notes: ['other sizes than before: blocks are carried over, sources and counters start anew'],
    warnings: warningsOf(loading, lost),
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
    warnings: warningsOf(loading),
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

function warningsOf({ instance, spec, lost: before }: Loading, lost = before): string[] {
  const room = lost > 0 ? [`${lost} blocks found no room in the new tables: raise --max-blocks`] : [];
  const others = instance
    .otherLayouts(spec)
    .map(
      (layout) =>
        `replaces what another version of scanward left (layout ${layout}), whose blocks only the state file has`,
    );
  return [...room, ...others];
}
