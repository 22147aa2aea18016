import { Command } from 'commander';
import { parseDuration } from '../duration.ts';
import { single, usage } from '../option.ts';
import { changingOf, forChanging, type GivenChanging } from '../reading-flags.ts';
import type { Take } from '../request.ts';
import { parseWholeNumber } from '../whole-number.ts';

const limits = { min: '100ms', max: '1m' };

interface Given extends GivenChanging {
  readonly interval?: number;
  readonly once?: boolean;
  readonly count?: number;
}

/** `scanward top`. */
export function topCommand(take: Take): Command {
  const command = new Command('top')
    .description('watch rates, sources and blocks live; keys block, unblock and allow')
    .addOption(
      single('--interval <time>', 'how often it is looked at, 100ms to 1m (default: 1s)', (text) =>
        Number(parseDuration(text, limits) / 1_000_000n),
      ),
    )
    .addOption(
      single('--count <number>', 'end after so many intervals', (text) => parseWholeNumber(text, 1, 1_000_000_000)),
    )
    .option('--once', 'end after one interval');
  return forChanging(command)
    .addHelpText('after', examples)
    .action((given: Given) => {
      if (given.once && given.count !== undefined) {
        throw usage('--once', 'it contradicts --count: leave out one of them');
      }
      const options = { intervalMs: given.interval ?? 1_000, count: given.once ? 1 : given.count };
      take({ command: 'top', options, ...changingOf(given) });
    });
}

const examples = `
Keys: ? shows them all, q quits. Without a terminal, and with --json, it prints
one line an interval and takes no keys. Exit code 9: there is no such instance,
or it is gone meanwhile.

Examples:
  scanward top
  scanward top --interval 250ms --name wan
  scanward top --once --json | jq .rates.dropped`;
