import type { CounterValues } from '@scanward/daemon';
import type { Policy } from '@scanward/map-codec';
import type { OpenInstance } from '../commands/command-system.ts';
import type { Keeper, LinkStatus } from '../commands/instance.ts';
import type { Moment } from '../commands/moment.ts';
import type { Rates } from './rates.ts';
import type { Survey } from './rows.ts';

/** All that is known of an instance at a moment. */
export interface Frame {
  readonly now: Moment;
  readonly name: string;
  readonly maxBlocks: number;
  readonly maxNets: number;
  readonly daemon: Keeper | undefined;
  readonly links: readonly LinkStatus[];
  readonly policy: Policy;
  readonly counters: CounterValues;
  /** One an interval, the newest last. */
  readonly history: readonly Rates[];
  /** undefined: the first walk has not ended yet. */
  readonly survey: Survey | undefined;
}

type Watched = Pick<OpenInstance, 'place' | 'maxBlocks' | 'maxNets' | 'daemon' | 'links' | 'policy' | 'counters'>;

/** What costs little to read. */
export function glance(instance: Watched, now: Moment): Omit<Frame, 'history' | 'survey'> {
  return {
    now,
    name: instance.place.name,
    maxBlocks: instance.maxBlocks,
    maxNets: instance.maxNets,
    daemon: instance.daemon(),
    links: instance.links(),
    policy: instance.policy.read(),
    counters: instance.counters.read(),
  };
}
