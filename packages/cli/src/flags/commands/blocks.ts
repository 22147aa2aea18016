import { Command } from 'commander';
import { BLOCK_ORDERS, type BlockOrder } from '../../commands/block-order.ts';
import type { BlockFilter } from '../../commands/block-filter.ts';
import { parseBlockFilter } from '../block-filter.ts';
import { oneOf } from '../choice.ts';
import { repeatable, single, usage } from '../option.ts';
import { plainOf } from '../plain.ts';
import { forReading, type GivenReading, readingOf } from '../reading-flags.ts';
import type { Take } from '../request.ts';
import { parseWholeNumber } from '../whole-number.ts';

interface Given extends GivenReading {
  readonly sort?: BlockOrder;
  readonly reverse?: boolean;
  readonly filter?: BlockFilter[];
  readonly limit?: number;
  readonly plain?: boolean;
}

/** `scanward blocks`. */
export function blocksCommand(take: Take): Command {
  const command = new Command('blocks')
    .description('list who is blocked: why, since when, how long still, what was dropped')
    .addOption(
      oneOf('--sort <by>', `${BLOCK_ORDERS.join(', ')} (default: as they come, which takes no memory)`, BLOCK_ORDERS),
    )
    .option('--reverse', 'the other way round')
    .addOption(
      repeatable(
        '--filter <what=value>',
        'only reason=scan, reason=operator, reason=list, net=ADDRESS[/LENGTH] or port=NUMBER; repeatable: of one kind any must hold, of several all',
        parseBlockFilter,
      ),
    )
    .addOption(single('--limit <count>', 'at most so many', (text) => parseWholeNumber(text, 1, 1_000_000_000)));
  command.option('--plain', 'addresses and nets alone, a line each, as --block-list reads them');
  return forReading(command)
    .addHelpText('after', examples)
    .action((given: Given) => {
      if (given.reverse && !given.sort) throw usage('--reverse', 'there is no order to reverse: add --sort');
      const options = {
        sort: given.sort,
        reverse: given.reverse ?? false,
        filters: given.filter ?? [],
        limit: given.limit,
        plain: plainOf(given),
      };
      take({ command: 'blocks', options, ...readingOf(given) });
    });
}

const examples = `
Orders: address ascending, since the newest first, left the soonest to end
first, packets and bytes the most first. Exit code 9: there is no such instance.

Examples:
  scanward blocks --sort packets --limit 10
  scanward blocks --filter net=198.51.100.0/24 --filter reason=scan
  scanward blocks --plain --filter reason=scan >scanners.list
  scanward blocks --json | jq -r 'select(.packets > 1000) | .address'`;
