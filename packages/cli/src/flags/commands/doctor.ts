import { Command } from 'commander';
import { interfaceName } from '../interface-name.ts';
import { repeatable } from '../option.ts';
import { changingOf, forChanging, type GivenChanging } from '../reading-flags.ts';
import type { Take } from '../request.ts';

interface Given extends GivenChanging {
  readonly interface?: string[];
}

/** `scanward doctor`. */
export function doctorCommand(take: Take): Command {
  const command = new Command('doctor')
    .description('check whether it can run here, and say what to do about what is missing')
    .addOption(
      repeatable(
        '-i, --interface <name>',
        'interface to look at; repeatable (default: that of the default route)',
        interfaceName,
      ),
    );
  return forChanging(command)
    .addHelpText('after', notes)
    .action((given: Given) => {
      take({ command: 'doctor', options: { interfaces: given.interface ?? [], ...changingOf(given) } });
    });
}

const notes = `
It needs no rights, and says what it could not look at without them. Nothing is
attached, and nothing is left behind. Exit code: 0 when nothing is missing, else
that of the first thing that is.

Examples:
  scanward doctor
  sudo scanward doctor -i eth0 -i eth1
  scanward doctor --json | jq -r 'select(.state != "ok") | .remedy'`;
