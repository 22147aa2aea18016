import type { Clock, Log } from '@scanward/daemon';
import type { InstancePlace, StateChoice } from '../flags/instance-flags.ts';
import type { ReadText } from '../system/proc.ts';
import type { Detachable } from './detach.ts';
import type { CommandedInstance, SteppedSources } from './instance.ts';
import type { Moment } from './moment.ts';
import type { ListedSources } from './sources.ts';
import type { StatusTarget } from './status.ts';

/** An instance that was opened for a command. */
export type OpenInstance = CommandedInstance &
  StatusTarget &
  ListedSources & {
    readonly sources: SteppedSources;
    /** False: its maps are pinned no longer, or others have taken their place. */
    isCurrent(): boolean;
    /** Does something that changes it, while nobody else does. @throws OperatorError `busy` */
    change<T>(body: () => T | Promise<T>): Promise<T>;
    close(): void;
  };

/** What the commands need of the machine; fakes in tests. */
export interface CommandSystem {
  readonly clock: Pick<Clock, 'monotonicNs' | 'wallMs'>;
  readonly readText: ReadText;
  readonly release: string;
  /** @throws OperatorError `absent`, or what the loader throws */
  open(place: InstancePlace): OpenInstance;
  /** Does something with the right to remove an instance. @throws OperatorError `busy` */
  detachable(place: InstancePlace): Detachable;
  /**
   * Writes the state file, when no daemon does.
   *
   * @throws OperatorError `state` if a file that was named cannot be written; the usual one is warned about
   */
  keep(instance: OpenInstance, choice: StateChoice, now: Moment, log: Log): Promise<void>;
}
