import type { AllowStore, BlockStore, CounterSource, GraceStore, NoteStore, SourceStore } from '@scanward/daemon';
import type { Policy } from '@scanward/map-codec';

/** What the commands need of an instance: its pinned maps, whether or not a daemon runs. */
export interface CommandedInstance {
  readonly blocks: BlockStore;
  readonly notes: NoteStore;
  readonly allow: AllowStore;
  readonly graces: GraceStore;
  readonly sources: SourceStore;
  readonly singles: SingleCounter;
  readonly counters: CounterSource;
  readonly policy: PolicyReader;
}

/** The program's table of sources, bit by bit, for who has something else to do meanwhile. */
export interface SteppedSources {
  /** Visits as `SourceStore.visit` does; yields after each bit how many it held. */
  steps(visit: (bytes: Uint8Array, offset: number) => void): Iterable<number>;
}

/** The policy in force. */
export interface PolicyReader {
  read(): Policy;
}

/** The program's table of sources with one port so far, of which it keeps only hashes. */
export interface SingleCounter {
  /** How many were seen within the window. */
  fresh(nowNs: bigint, windowNs: bigint): number;
}

/** Where the program of an instance is attached. */
export interface LinkStatus {
  readonly interface: string;
  /** undefined: the interface is gone, or in another network namespace. */
  readonly mode: 'native' | 'generic' | undefined;
  /** 0: the interface is gone. */
  readonly ifindex: number;
  /** The kernel's id of the program that runs there. */
  readonly programId: number;
  /** When it was attached, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The daemon of an instance, if one runs. */
export interface Keeper {
  /** undefined: of another PID namespace. */
  readonly pid: number | undefined;
}
