import { CONNECTION_LINES } from '@scanward/daemon';
import type { Command } from 'commander';
import { single } from './option.ts';
import { wholeNumber } from './policy-values.ts';

/** The flags of `run` that say what becomes of events, as commander hands them on. */
export interface GivenEvents {
  readonly maxConnectionLines?: number;
}

export function withEvents(command: Command): Command {
  return command.addOption(
    single(
      '--max-connection-lines <count>',
      `lines of connections within any minute; 0: no limit (default: ${CONNECTION_LINES})`,
      wholeNumber(0, 1_000_000_000),
    ),
  );
}

export function eventsOf({ maxConnectionLines = CONNECTION_LINES }: GivenEvents): {
  readonly maxConnectionLines: number;
} {
  return { maxConnectionLines };
}
