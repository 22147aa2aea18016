import { Command } from 'commander';
import { historyPath } from '../../history/history-path.ts';
import type { Since } from '../../history/scans-options.ts';
import { path, withName } from '../instance-flags.ts';
import { single } from '../option.ts';
import type { Take } from '../request.ts';
import { parseSince } from '../since.ts';
import { parseWholeNumber } from '../whole-number.ts';

interface Given {
  readonly limit?: number;
  readonly since?: Since;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** `scanward scans`. */
export function scansCommand(take: Take): Command {
  const command = new Command('scans')
    .description('list the scans of the past, the newest last; they outlive restarts')
    .addOption(single('--limit <count>', 'the last so many', (text) => parseWholeNumber(text, 1, 1_000_000_000)))
    .addOption(single('--since <time>', 'that ended since then: 24h, 2026-11-23 or 2026-11-23T08:00', parseSince));
  return withName(command)
    .addOption(
      single(
        '--state <file>',
        'the state file, beside which they are (default: /var/lib/scanward/state.json, or state-NAME.json)',
        path,
      ),
    )
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', examples)
    .action(({ limit, since, name = 'default', state, json = false }: Given) => {
      take({ command: 'scans', options: { path: historyPath(state, name)!, json, limit, since } });
    });
}

const examples = `
The last 10,000 are kept. What many sources did together has no source.

Examples:
  scanward scans --limit 20
  scanward scans --since 24h --json | jq -r .source.ip`;
