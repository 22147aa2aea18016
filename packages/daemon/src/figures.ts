import type { ProbeKind } from '@scanward/detector';
import type { Assembly } from './assembly.ts';
import type { LostTotal } from './lost-book.ts';
import type { PassTimesValue } from './pass-times.ts';
import type { CounterValues } from './ports.ts';
import type { ScanShape } from './scans/scan-shape.ts';

/** The watchers that have a period. */
export type TimedWatcher = 'tracking' | 'blocking' | 'network';

/** What a daemon has counted, as plain values. All but `counters` since this daemon's start. */
export interface Figures {
  /** The program's, since the maps were made. */
  readonly counters: CounterValues;
  /** When it started, wall milliseconds since 1970. */
  readonly startMs: number;
  /** Records that were drained. */
  readonly probes: Readonly<Record<ProbeKind, number>>;
  /** Detected. */
  readonly scans: Readonly<Record<ScanShape, number>>;
  readonly scansInProgress: number;
  readonly blocks: {
    /** Blocks that the daemon decided about, and those of the operator that it noticed. */
    readonly made: { readonly daemon: number; readonly operator: number };
    /** Whoever made them, and why ever. */
    readonly ended: number;
    /** The daemon's own: there was no room. */
    readonly refused: number;
    /** The daemon's own: there were too many within a minute. */
    readonly capped: number;
  };
  readonly lost: readonly LostTotal[];
  /** Entries of the allowlist. */
  readonly allowed: number;
  /** Sources with several ports that the program remembers, as the blocking watcher last found; undefined: it did not look yet. */
  readonly sources: number | undefined;
  readonly watchers: Readonly<Record<TimedWatcher, PassTimesValue>>;
}

/** Everything but what `Daemon` itself knows. Walks through no table. */
export function partFigures(parts: Assembly): Omit<Figures, 'counters' | 'startMs' | 'watchers'> {
  const { scans, tracking, list, blocking, output } = parts;
  return {
    probes: tracking.probes(),
    scans: scans.shapes(),
    scansInProgress: scans.size,
    blocks: {
      made: { daemon: blocksMade(parts), operator: list.operatorBlocks },
      ended: list.ended,
      ...tracking.unmade(),
    },
    lost: output.losses(),
    allowed: parts.allowlist.size,
    sources: blocking.sources,
  };
}

/** Blocks that the daemon decided about. */
export const blocksMade = ({ deciding, suspicion }: Pick<Assembly, 'deciding' | 'suspicion'>): number =>
  deciding.blocks + suspicion.blocks;
