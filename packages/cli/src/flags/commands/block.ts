import type { Prefix } from '@scanward/daemon';
import { Command } from 'commander';
import { parseDuration } from '../duration.ts';
import { positional, single, usage } from '../option.ts';
import { parsePrefix } from '../prefix.ts';
import { changingOf, forChanging, type GivenChanging } from '../reading-flags.ts';
import { parseReasonText } from '../reason-text.ts';
import type { Take } from '../request.ts';

const limits = { min: '1s', max: '87600h' };
const everybody = 'so it would shut out everybody, you too: block smaller nets';

interface Given extends GivenChanging {
  readonly for?: bigint;
  readonly forever?: boolean;
  readonly reason?: string;
}

/** `scanward block`. */
export function blockCommand(take: Take): Command {
  const command = new Command('block')
    .description('drop everything from an address or a net, from the next packet on')
    .addArgument(
      positional('<address[/length]>', 'whom; an IPv6 address is this one alone, its net is ADDRESS/64', (text) =>
        parsePrefix(text, everybody),
      ),
    )
    .addOption(
      single('--for <time>', "how long (default: the instance's --block-ttl)", (text) => parseDuration(text, limits)),
    )
    .option('--forever', 'until it is unblocked')
    .addOption(single('--reason <text>', 'why, up to 64 bytes, shown by scanward blocks', parseReasonText));
  return forChanging(command)
    .addHelpText('after', examples)
    .action((prefix: Prefix, given: Given) => {
      if (given.for !== undefined && given.forever) {
        throw usage('--for', 'it contradicts --forever: leave out one of them');
      }
      const ttlNs = given.forever ? 0n : given.for;
      take({ command: 'block', options: { prefix, ttlNs, text: given.reason ?? '' }, ...changingOf(given) });
    });
}

const examples = `
A block of the same address or net is replaced. Exit codes: 2 when all of it is
allowed (an allowed address is never blocked), 8 when the blocklist is full, 9
when there is no such instance.

Examples:
  scanward block 192.0.2.56 --for 24h --reason 'see ticket 4711'
  scanward block 198.51.100.0/24 --forever
  scanward block 2001:db8:bad::/64`;
