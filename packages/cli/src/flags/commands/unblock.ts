import type { Prefix } from '@scanward/daemon';
import { Command } from 'commander';
import { parseDuration } from '../duration.ts';
import { positional, single, usage } from '../option.ts';
import { parsePrefix } from '../prefix.ts';
import { changingOf, forChanging, type GivenChanging } from '../reading-flags.ts';
import type { Take } from '../request.ts';

const limits = { min: '1s', max: '8760h' };

interface Given extends GivenChanging {
  readonly all?: boolean;
  readonly grace?: bigint;
}

/** `scanward unblock`. */
export function unblockCommand(take: Take): Command {
  const command = new Command('unblock')
    .description('lift a block, from the next packet on, and forget what its source touched before')
    .addArgument(
      positional('[address[/length]]', 'whom, as scanward blocks shows it; of an IPv6 source any address', (text) =>
        parsePrefix(text, 'which is never blocked: to lift every block, say --all'),
      ),
    )
    .option('--all', 'lift every block')
    .addOption(
      single('--grace <time>', 'for how long it cannot be blocked for a scan again (default: not at all)', (text) =>
        parseDuration(text, limits),
      ),
    );
  return forChanging(command)
    .addHelpText('after', examples)
    .action((prefix: Prefix | undefined, given: Given) => {
      if (prefix && given.all) throw usage('--all', 'it contradicts the address: leave out one of them');
      if (!prefix && !given.all) throw usage('unblocking', 'nobody is named: give an address, or --all');
      const options = { prefix, graceNs: given.grace };
      take({ command: 'unblock', options, ...changingOf(given) });
    });
}

const examples = `
It stays unblocked after a restart. Exit code 9: there is no such block or no
such instance.

Examples:
  scanward unblock 192.0.2.56
  scanward unblock 192.0.2.56 --grace 10m     it may scan for ten minutes
  scanward unblock --all`;
