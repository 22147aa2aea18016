import { readdirSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename, dirname } from 'node:path';
import { formatPrefix, readState, type StateEntry, stateEntries } from '@scanward/daemon';
import { codecs, Verdict } from '@scanward/map-codec';
import { kernelStores, type Stores } from '../../src/kernel/stores.ts';
import { linkNames } from '../../src/pins/pinned-links.ts';
import { PinnedSet } from '../../src/pins/pinned-set.ts';
import { Place } from '../../src/pins/place.ts';
import { systemClock } from '../../src/system/clock.ts';
import { sha256 } from '../../src/system/sha256.ts';
import { StateFile } from '../../src/system/state-file.ts';
import { shipped } from './pinned.ts';

/** Blocks, graces and who is allowed by command, by kind and prefix: `block 10.77.0.51`. */
export type Lasting = ReadonlyMap<string, StateEntry>;

const byName = (entries: Iterable<StateEntry>): Map<string, StateEntry> =>
  new Map(Array.from(entries, (entry) => [`${entry.kind} ${formatPrefix(entry.address, entry.bits)}`, entry]));

/** What the state file holds, which has to be as it was written; undefined: there is none. @throws StateError */
export function inFile(path: string): Lasting | undefined {
  const lines = new StateFile(path).read();
  return lines && byName(readState(lines, sha256()));
}

/**
 * More than one unit of 67 ms in which the program keeps times, and less than two: the wall clock is adjusted now and then, and a time
 * beside the edge of a unit comes back in the next one. What drifted by one each round would be found all the same.
 */
const NEAR_MS = 100;

/** What differs that no kill and no restart may change. Counters are as of the last write, and a scan's ports are noted later. */
export function changed(made: StateEntry, there: StateEntry | undefined): string | undefined {
  if (there?.kind !== made.kind) return 'it is gone';
  if (made.kind === 'grace' && there.kind === 'grace')
    return isNear(made.untilMs, there.untilMs) ? undefined : 'its end';
  if (made.kind !== 'block' || there.kind !== 'block') return undefined;
  if (made.isNet !== there.isNet || made.reason !== there.reason || made.text !== there.text) return 'why it is there';
  const isSame = isNear(made.startMs, there.startMs) && isNear(made.expiryMs, there.expiryMs);
  const times = ({ startMs, expiryMs }: typeof made) => `${startMs} to ${expiryMs}`;
  return isSame ? undefined : `its times, ${times(made)}, are ${times(there)}`;
}

function isNear(aMs = Infinity, bMs = Infinity): boolean {
  return aMs === bMs || Math.abs(aMs - bMs) < NEAR_MS;
}

/** Files that writers have left beside the state file. */
export const leftBeside = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.tmp-`));

/** The instance `default`, whatever a kill has left of it. */
export class Remains {
  readonly #place: Place;

  constructor(bpffs: string) {
    this.#place = new Place(bpffs, 'default');
  }

  /** Whole sets: none, one, or two while one replaces the other. */
  sets(): string[] {
    try {
      return readdirSync(this.#place.folder).filter((name) => /^[0-9a-f]{12}(-former)?$/.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  isAttached(): boolean {
    return linkNames(this.#place).length > 0;
  }

  /** What all sets together hold; undefined: nothing is pinned. */
  lasting(): Lasting | undefined {
    const all = this.#each((stores) => [...byName(stateEntries(stores, systemClock))]);
    return all.length > 0 ? new Map(all.flat()) : undefined;
  }

  /** Packets of blocked hosts that were dropped, in all sets. */
  dropped(): number {
    const each = this.#each(({ counters }) => Number(counters.read().verdicts[Verdict.DROP_BLOCKED]!.packets));
    return each.reduce((sum, packets) => sum + packets, 0);
  }

  #each<T>(read: (stores: Stores) => T): T[] {
    const codec = codecs(endianness() === 'LE' ? 'little' : 'big');
    return this.sets().map((name) => {
      using set = PinnedSet.open(this.#place.set(name), shipped);
      return read(kernelStores((map) => set.map(map), set.program('scanward_command'), codec));
    });
  }
}
