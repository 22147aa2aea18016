import { Command } from 'commander';
import { oneOf } from '../choice.ts';
import { path, withPlace, withState } from '../instance-flags.ts';
import { withEvents } from '../event-flags.ts';
import { interfaceName } from '../interface-name.ts';
import { parseMetricsWhere } from '../metrics-where.ts';
import { repeatable, single } from '../option.ts';
import { withPolicy } from '../policy-flags.ts';
import { period, wholeNumber } from '../policy-values.ts';
import type { Take } from '../request.ts';
import { runOptionsOf } from './run-given.ts';

/** `scanward run`. */
export function runCommand(take: Take): Command {
  return withRunFlags(new Command('run').description('watch interfaces, print connections and scans, block scanners'))
    .addHelpText('after', examples)
    .action((_given, command: Command) => {
      take({ command: 'run', options: runOptionsOf(command) });
    });
}

/** All that a run can be told, and so all keys of a configuration. */
export function withRunFlags(command: Command): Command {
  const begun = command
    .addOption(
      repeatable(
        '-i, --interface <name>',
        'interface to watch; repeatable (default: that of the default route)',
        interfaceName,
      ),
    )
    .addOption(single('-t, --tracking-period <time>', 'how often connections are printed (default: 1s)', period));
  return withState(withPlace(withEvents(withProcess(withLists(withPolicy(begun))))));
}

function withLists(command: Command): Command {
  return command
    .addOption(single('--max-nets <count>', 'nets blocked at a time (default: 65536)', wholeNumber(1, 16_777_216)))
    .addOption(
      repeatable('--allow-list <file>', 'never block who stands in it, an address or net a line; repeatable', path),
    )
    .addOption(
      repeatable('--block-list <file>', 'block who stands in it (as FireHOL netsets have them); repeatable', path),
    );
}

function withProcess(command: Command): Command {
  return command
    .addOption(
      oneOf('--xdp <mode>', 'where to attach: auto, native (driver) or generic (default: auto)', [
        'auto',
        'native',
        'generic',
      ]),
    )
    .option('--no-allow-gateway', 'let default gateways be blocked (behind a hairpin or proxy)')
    .option('--replace', 'take the place of another XDP program')
    .addOption(oneOf('--format <format>', 'lines on stdout: text or json (default: text)', ['text', 'json']))
    .addOption(
      single(
        '--metrics <where>',
        'where Prometheus may ask: ADDRESS:PORT, unix:/PATH or off (default: 127.0.0.1:9464)',
        parseMetricsWhere,
      ),
    )
    .addOption(
      single('--object <file>', 'for developers: load this BPF object (default: the shipped one)', (text) => text),
    )
    .option('--no-pin', 'nothing outlives the process: no pins, and no state file unless --state names one')
    .option('--keep-on-exit', 'go on protecting after a stop by signal');
}

const examples = `
Examples:
  scanward run                          watch the default route's interface
  scanward run -i eth0 -i eth1 -n 10    watch two, at most 10 ports a minute
  scanward run --response log           block nobody, only tell
  scanward run --no-pin                 protect as long as this process lives`;
