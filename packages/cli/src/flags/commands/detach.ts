import { Command } from 'commander';
import { interfaceName } from '../interface-name.ts';
import { single } from '../option.ts';
import { forReading, type GivenReading, readingOf } from '../reading-flags.ts';
import type { Take } from '../request.ts';

interface Given extends GivenReading {
  readonly interface?: string;
}

/** `scanward detach`. */
export function detachCommand(take: Take): Command {
  const command = new Command('detach')
    .description('end the protection that a killed daemon (or --keep-on-exit) left behind')
    .addOption(
      single('-i, --interface <name>', 'of this interface only (default: of all, and remove the maps)', interfaceName),
    );
  return forReading(command)
    .addHelpText('after', examples)
    .action((given: Given) => {
      take({ command: 'detach', interface: given.interface, ...readingOf(given) });
    });
}

const examples = `
The state file stays: the next run takes its blocks from there. Exit codes: 9
when there is nothing to detach, 10 while a daemon runs (stop that: it detaches
by itself).

Examples:
  scanward detach
  scanward detach -i eth0`;
