import type { Prefix } from '@scanward/daemon';
import { Command } from 'commander';
import { positional } from '../option.ts';
import { plainOf } from '../plain.ts';
import { parsePrefix } from '../prefix.ts';
import {
  changingOf,
  forChanging,
  forReading,
  type GivenChanging,
  type GivenReading,
  readingOf,
} from '../reading-flags.ts';
import type { Take } from '../request.ts';

/** `scanward allow`, which lists, and `allow add`, `allow remove`. */
export function allowCommand(take: Take): Command {
  return forReading(new Command('allow').description('list who is never blocked, and why; add and remove change that'))
    .enablePositionalOptions()
    .addCommand(changeCommand('add', 'never block an address or a net; its blocks are lifted', take))
    .addCommand(changeCommand('remove', 'take back what was added', take))
    .addHelpText('after', examples.list)
    .option('--plain', 'addresses and nets alone, a line each, as --allow-list reads them')
    .action((given: GivenReading & { readonly plain?: boolean }) => {
      take({ command: 'allow', plain: plainOf(given), ...readingOf(given) });
    });
}

function changeCommand(change: 'add' | 'remove', description: string, take: Take): Command {
  const whom = positional('<address[/length]>', 'whom', (text) => parsePrefix(text));
  return forChanging(new Command(change).description(description).addArgument(whom))
    .addHelpText('after', examples[change])
    .action((prefix: Prefix, _given: unknown, command: Command) => {
      // Flags may stand before the verb, too.
      const given: GivenChanging = command.optsWithGlobals();
      take({ command: `allow ${change}`, options: { prefix }, ...changingOf(given) });
    });
}

const examples = {
  list: `
Examples:
  scanward allow
  scanward allow add 192.0.2.0/24
  scanward allow remove 192.0.2.0/24`,
  add: `
It is kept after a restart. Exit codes: 8 when the allowlist is full, 9 when
there is no such instance.

Examples:
  scanward allow add 192.0.2.0/24
  scanward allow add 2001:db8::7 --json`,
  remove: `
Only what was added by command: own addresses, gateways, resolvers, the SSH peer
and those of run --allow stay. Exit codes: 2 for those, 9 when it is not allowed
or there is no such instance.

Examples:
  scanward allow remove 192.0.2.0/24`,
};
