import { effective } from './flags/effective.ts';
import { THRESHOLD_MAX } from './flags/policy-choice.ts';
import type { RunOptions } from './flags/run-options.ts';

/** What a running daemon takes over, by its key; all else waits for a restart. */
const LIVE = {
  'tracking-period': 'trackingPeriodMs',
  'detect-scan-period': 'detectScanPeriodMs',
  threshold: 'threshold',
  window: 'windowNs',
  'window-limit': 'windowLimits',
  'address-limit': 'addressLimit',
  protect: 'protect',
  'distributed-limit': 'distributedLimit',
  evidence: 'evidence',
  response: 'response',
  'block-ttl': 'blockTtlNs',
  probation: 'probationNs',
  'max-new-blocks': 'maxNewBlocks',
  'keep-established': 'keepEstablished',
  allow: 'allow',
  'allow-gateway': 'allowGateway',
  'allow-list': 'allowList',
  'block-list': 'blockList',
  'keep-on-exit': 'keepOnExit',
} as const satisfies Record<string, keyof RunOptions>;

/** What comes of reading the options of a running daemon anew. */
export interface Merged {
  /** What holds from now on. */
  readonly options: RunOptions;
  /** `threshold 3 -> 5`. */
  readonly changes: readonly string[];
  /** `mode user needs a restart: it stays kernel`. */
  readonly waiting: readonly string[];
}

/**
 * Takes over what can be taken over while running.
 *
 * @param started what the tables were made for
 */
export function mergeReload(current: RunOptions, read: RunOptions, started: RunOptions): Merged {
  const isTaken = (key: string): boolean => key !== 'threshold' || read.threshold <= roomFor(started);
  const taken = Object.entries(LIVE).filter(([key]) => isTaken(key));
  const options = { ...current, ...Object.fromEntries(taken.map(([, name]) => [name, read[name]])) };
  const [before, after, wanted] = [effective(current), effective(options), effective(read)];
  return {
    options,
    changes: taken
      .filter(([key]) => differ(before[key], after[key]))
      .map(([key]) => `${key} ${text(before[key])} -> ${text(after[key])}`),
    waiting: Object.keys(wanted)
      .filter((key) => differ(after[key], wanted[key]))
      .map((key) => `${key} ${text(wanted[key])} needs a restart: it stays ${text(after[key])}`),
  };
}

/** The highest threshold that tables have room for which were made for this one. */
const roomFor = ({ mode, threshold }: RunOptions): number =>
  mode === 'kernel' ? THRESHOLD_MAX.kernel : Math.max(THRESHOLD_MAX.kernel, threshold);

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

function text(value: string | boolean | readonly string[] | undefined): string {
  if (value === undefined) return 'as usual';
  return String(typeof value === 'object' ? value.join(',') || 'none' : value);
}
