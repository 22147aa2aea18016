import { Command } from 'commander';
import { EVENT_KINDS } from '../../events/event-kinds.ts';
import { eventPath } from '../../events/event-path.ts';
import type { EventKindName } from '../../events/events-options.ts';
import { parseChoice } from '../choice.ts';
import { path, withName } from '../instance-flags.ts';
import { repeatable, single } from '../option.ts';
import type { Take } from '../request.ts';
import { parseWholeNumber } from '../whole-number.ts';

interface Given {
  readonly follow?: boolean;
  readonly limit?: number;
  readonly kind?: EventKindName[];
  readonly name?: string;
  readonly events?: string;
  readonly json?: boolean;
}

/** `scanward events`. */
export function eventsCommand(take: Take): Command {
  const command = new Command('events')
    .description('print the last events that the running daemon remembers, and go on with --follow')
    .option('-f, --follow', 'go on until SIGINT, or until the daemon ends')
    .addOption(
      single('--limit <count>', 'the last so many, and then what follows', (text) =>
        parseWholeNumber(text, 1, 1_000_000_000),
      ),
    )
    .addOption(
      repeatable('--kind <kind>', `only ${EVENT_KINDS.join(', ')}; repeatable`, (text) =>
        parseChoice(text, EVENT_KINDS),
      ),
    );
  return withName(command)
    .addOption(single('--events <socket>', 'where the daemon tells them (default: /run/scanward/NAME.sock)', path))
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', examples)
    .action(({ follow = false, json = false, limit, kind = [], events, name = 'default' }: Given) => {
      const socket = eventPath(events, name)!;
      take({ command: 'events', options: { path: socket, follow, json, limit, kinds: kind } });
    });
}

const examples = `
Of connections and of all others the last 1,000 are remembered. Exit code 9: no
daemon tells any there.

Examples:
  scanward events --kind scan --kind block --limit 20
  scanward events --follow --json | jq 'select(.event.action == "block")'`;
