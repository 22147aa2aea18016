import { CONNECTION_LINES } from '@scanward/daemon';
import type { Command } from 'commander';
import { type EventsChoice, withEventsPath } from './instance-flags.ts';
import { single } from './option.ts';
import { wholeNumber } from './policy-values.ts';

/** What becomes of events. */
export interface EventChoice {
  /** Lines of connections within any minute; 0: no limit. */
  readonly maxConnectionLines: number;
  readonly events: EventsChoice;
}

/** The flags of `run` that say so, as commander hands them on. */
export interface GivenEvents {
  readonly maxConnectionLines?: number;
  readonly events?: string | false;
}

export function withEvents(command: Command): Command {
  const limited = command.addOption(
    single(
      '--max-connection-lines <count>',
      `lines of connections within any minute; 0: no limit (default: ${CONNECTION_LINES})`,
      wholeNumber(0, 1_000_000_000),
    ),
  );
  return withEventsPath(limited);
}

export function eventsOf({ maxConnectionLines = CONNECTION_LINES, events }: GivenEvents): EventChoice {
  return { maxConnectionLines, events };
}
