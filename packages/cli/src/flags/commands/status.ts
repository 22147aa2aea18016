import { Command } from 'commander';
import { forReading, type GivenReading, readingOf } from '../reading-flags.ts';
import type { Take } from '../request.ts';

/** `scanward status`. */
export function statusCommand(take: Take): Command {
  return forReading(new Command('status').description('show where it is attached, its policy, counts and losses'))
    .addHelpText('after', examples)
    .action((given: GivenReading) => {
      take({ command: 'status', ...readingOf(given) });
    });
}

const examples = `
Exit code 9: there is no such instance.

Examples:
  scanward status
  scanward status --json | jq .blocks.sources`;
