import { Command } from 'commander';
import { single } from '../option.ts';
import { forReading, type GivenReading, readingOf } from '../reading-flags.ts';
import type { Take } from '../request.ts';
import { parseWholeNumber } from '../whole-number.ts';

interface Given extends GivenReading {
  readonly limit?: number;
}

/** `scanward sources`. */
export function sourcesCommand(take: Take): Command {
  const command = new Command('sources')
    .description('list who touched which ports within the window, the most ports first')
    .addOption(single('--limit <count>', 'at most so many', (text) => parseWholeNumber(text, 1, 1_000_000_000)));
  return forReading(command)
    .addHelpText('after', examples)
    .action((given: Given) => {
      take({ command: 'sources', options: { limit: given.limit }, ...readingOf(given) });
    });
}

const examples = `
Of sources with one port so far only a hash is kept: they are counted in the
last line. Exit code 9: there is no such instance.

Examples:
  scanward sources --limit 20
  scanward sources --json | jq 'select(.over)'`;
