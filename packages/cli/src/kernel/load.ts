import { type ObjectSpec, readObject } from '@scanward/bpf-object';
import type { ChangeSource, EventSource } from '@scanward/daemon';
import {
  type BpfMap,
  type BpfProgram,
  type ConstantValue,
  features,
  loadObject,
  type LoadedObject,
  raiseMemlock,
  RingBuffer,
} from '@scanward/loader-native';
import { codecs, type Endian, SECRET_WORDS, SOURCE_KEYS } from '@scanward/map-codec';
import type { RunOptions } from '../flags/run-options.ts';
import { readObjectFile } from '../object-file.ts';
import { FolderChanges } from '../pins/folder-changes.ts';
import type { OwnedInstance } from '../pins/owned-instance.ts';
import { type PinnedSet, PROGRAMS } from '../pins/pinned-set.ts';
import { checkObject } from './check-object.ts';
import { clockKind } from './clock-kind.ts';
import { KernelEventSource } from './event-source.ts';
import { type Keeping, notKept } from './keeping.ts';
import { keepingOf } from './keeping-of.ts';
import { finishExchange } from './finish-exchange.ts';
import { kernelBytes } from './kernel-bytes.ts';
import { randomKeys } from './secret.ts';
import { type Sizes, sizesOf } from './sizes.ts';
import { KernelTableFill, type TableFillSource } from './table-fill.ts';
import { kernelStores, type Stores } from './stores.ts';

/** The loaded program, not attached yet, and the daemon's ports on its maps. */
export interface Loaded extends Stores {
  readonly program: BpfProgram;
  readonly endian: Endian;
  /** The program's keys for the place of a source, so that the detector's table is the same. */
  readonly sourceKeys: readonly bigint[];
  readonly events: EventSource;
  readonly tables: TableFillSource;
  /** What commands change; undefined: there are no pins that they could. */
  readonly changes: ChangeSource | undefined;
  /** Kernel memory of all maps; undefined when that cannot be known. */
  readonly kernelBytes: number | undefined;
  /** What of it outlives the process. */
  readonly keeping: Keeping;
  /** Closes every descriptor, and lets go of the instance. */
  close(): void;
}

/**
 * Loads the object for this machine. With an instance, over the maps that are pinned there if they are of this layout and of
 * the sizes that are asked for; else over new ones. It owns the instance when it returns.
 *
 * @throws OperatorError, or what the loader throws
 */
export function load(options: RunOptions, endian: Endian, instance?: OwnedInstance): Loaded {
  const { path, bytes } = readObjectFile(options.object, endian);
  const spec = readObject(bytes);
  checkObject(spec, path, endian);
  raiseMemlock();
  const found = instance?.found(spec);
  try {
    const lost = instance && found ? finishExchange(instance, spec, found, codecs(endian)) : 0;
    const { maxEntries, constants } = sizesOf(options);
    const adopts = found !== undefined && hasSizes(found, spec, maxEntries);
    const secret = adopts ? found.constants().secret : randomKeys(SECRET_WORDS);
    const given = adopts ? found.openMaps() : {};
    const object = loadOver(spec, given, maxEntries, { ...constants, secret });
    return ports(object, endian, secret, (stores) =>
      instance ? keepingOf({ instance, spec, object, stores, codec: codecs(endian), found, adopts, lost }) : notKept,
    );
  } catch (error) {
    found?.close();
    throw error;
  }
}

function hasSizes(found: PinnedSet, spec: ObjectSpec, wanted: Sizes['maxEntries']): boolean {
  return spec.maps.every(({ name, maxEntries }) => found.map(name).maxEntries === (wanted[name] ?? maxEntries));
}

function loadOver(
  spec: ObjectSpec,
  maps: Readonly<Record<string, BpfMap>>,
  maxEntries: Sizes['maxEntries'],
  constants: Readonly<Record<string, ConstantValue>>,
): LoadedObject {
  const has = features();
  try {
    return loadObject(spec, {
      programs: PROGRAMS,
      constants: { ...constants, clock_kind: clockKind(has), has_frags: has.xdpFrags ? 1 : 0 },
      maxEntries,
      maps,
    });
  } catch (error) {
    for (const map of Object.values(maps)) map.close();
    throw error;
  }
}

function ports(
  object: LoadedObject,
  endian: Endian,
  secret: readonly bigint[],
  keep: (stores: Stores) => Keeping,
): Loaded {
  const open: { close(): void }[] = [object];
  const close = () => {
    for (const each of open.splice(0).reverse()) each.close();
  };
  try {
    const map = (name: string): BpfMap => object.maps[name]!;
    const ring = (name: string): RingBuffer => {
      const made = new RingBuffer(map(name));
      open.push(made);
      return made;
    };
    const stores = kernelStores(map, object.programs['scanward_command']!, codecs(endian));
    const events = new KernelEventSource(ring('connections'), ring('scans'));
    const keeping = keep(stores);
    open.push(keeping);
    const changes = keeping.folder === undefined ? undefined : new FolderChanges(keeping.folder);
    return {
      ...stores,
      program: object.programs['scanward']!,
      endian,
      sourceKeys: secret.slice(0, SOURCE_KEYS),
      events,
      tables: new KernelTableFill(map, codecs(endian)),
      changes,
      kernelBytes: kernelBytes(Object.values(object.maps)),
      keeping,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
