import type { Place } from '../pins/place.ts';

/**
 * Where the maps come from: they are new and empty; they are those that were pinned; or they are new because other sizes were
 * asked for, and hold the blocks of those that were pinned.
 */
export type Origin = 'new' | 'adopted' | 'resized';

/** What is to outlive the process, and how a start is undone. */
export interface Keeping {
  /** Where it is pinned; undefined: nothing outlives the process. */
  readonly place: Place | undefined;
  /** The folder of its set, as soon as there is one: locked by whoever changes what is in the maps. */
  readonly folder: string | undefined;
  readonly origin: Origin;
  /** What the operator should know of it. */
  readonly notes: readonly string[];
  /** What the operator should be warned of. */
  readonly warnings: readonly string[];
  /** Pins what is loaded: from now on it is the instance. To be called when the maps are as they should be, before anything is attached. */
  keep(): void;
  /** All is attached: what was replaced is removed, and links of other interfaces than these. No way back. @returns those */
  settle(interfaces: readonly string[]): readonly string[];
  /** The start has failed: the instance is as it was. */
  revert(): void;
  /** The instance is removed, with its links. */
  remove(): void;
  /** Lets go of the instance. */
  close(): void;
}

/** Nothing outlives the process. */
export const notKept: Keeping = {
  place: undefined,
  folder: undefined,
  origin: 'new',
  notes: [],
  warnings: [],
  keep: () => undefined,
  settle: () => [],
  revert: () => undefined,
  remove: () => undefined,
  close: () => undefined,
};
