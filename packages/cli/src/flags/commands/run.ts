import { Command } from 'commander';
import { parseChoice } from '../choice.ts';
import { withPlace, withState } from '../instance-flags.ts';
import { interfaceName } from '../interface-name.ts';
import { parseMetricsWhere } from '../metrics-where.ts';
import { repeatable, single } from '../option.ts';
import { withPolicy } from '../policy-flags.ts';
import { period } from '../policy-values.ts';
import type { Take } from '../request.ts';
import { checkTogether, type GivenRun, withDefaults } from './run-given.ts';

/** `scanward run`. */
export function runCommand(take: Take): Command {
  const begun = new Command('run')
    .description('watch interfaces, print connections and scans, block scanners')
    .addOption(
      repeatable(
        '-i, --interface <name>',
        'interface to watch; repeatable (default: that of the default route)',
        interfaceName,
      ),
    )
    .addOption(single('-t, --tracking-period <time>', 'how often connections are printed (default: 1s)', period));
  const command = withPolicy(begun)
    .addOption(
      single('--xdp <mode>', 'where to attach: auto, native (driver) or generic (default: auto)', (text) =>
        parseChoice(text, ['auto', 'native', 'generic'] as const),
      ),
    )
    .option('--no-allow-gateway', 'let default gateways be blocked (behind a hairpin or proxy)')
    .option('--replace', 'take the place of another XDP program')
    .addOption(
      single('--format <format>', 'lines on stdout: text or json (default: text)', (text) =>
        parseChoice(text, ['text', 'json'] as const),
      ),
    )
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
  return withState(withPlace(command))
    .addHelpText('after', examples)
    .action((given: GivenRun) => {
      const options = withDefaults(given);
      checkTogether(given, options);
      take({ command: 'run', options });
    });
}

const examples = `
Examples:
  scanward run                          watch the default route's interface
  scanward run -i eth0 -i eth1 -n 10    watch two, at most 10 ports a minute
  scanward run --response log           block nobody, only tell
  scanward run --no-pin                 protect as long as this process lives`;
