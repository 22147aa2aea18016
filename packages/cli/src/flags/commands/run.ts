import { Command } from 'commander';
import { parseChoice } from '../choice.ts';
import { withPlace, withState } from '../instance-flags.ts';
import { interfaceName } from '../interface-name.ts';
import { repeatable, single } from '../option.ts';
import { blockTtl, period, wholeNumber, window } from '../policy-values.ts';
import { parsePrefix } from '../prefix.ts';
import type { Take } from '../request.ts';
import { THRESHOLD_MAX } from '../run-options.ts';
import { parseWindowLimit } from '../window-limit.ts';
import { checkTogether, type GivenRun, withDefaults } from './run-given.ts';

/** `scanward run`. */
export function runCommand(take: Take): Command {
  const command = new Command('run')
    .description('watch interfaces, print connections and scans, block scanners')
    .addOption(
      repeatable(
        '-i, --interface <name>',
        'interface to watch; repeatable (default: that of the default route)',
        interfaceName,
      ),
    )
    .addOption(single('-t, --tracking-period <time>', 'how often connections are printed (default: 1s)', period))
    .addOption(single('-d, --detect-scan-period <time>', 'how often scans are looked for (default: 1m)', period))
    .addOption(
      single(
        '-n, --threshold <ports>',
        'more distinct ports than this within the window is a scan (default: 3)',
        wholeNumber(0, THRESHOLD_MAX.user),
      ),
    )
    .addOption(single('--window <time>', 'how long a touched port counts (default: 60s)', window))
    .addOption(
      repeatable(
        '--window-limit <time=ports>',
        'more ports than this in a longer window is a slow scan; 0: none; repeatable (default: 10m=6 1h=15 24h=40, more with a higher -n)',
        parseWindowLimit,
      ),
    )
    .addOption(single('--block-ttl <time>', 'how long a scanner is blocked; 0: for ever (default: 1h)', blockTtl))
    .addOption(
      single(
        '--mode <mode>',
        'who decides: kernel, at once, or user, each detect-scan-period (default: kernel)',
        (text) => parseChoice(text, ['kernel', 'user'] as const),
      ),
    )
    .addOption(
      single('--response <response>', 'what is done about a scanner: block or log (default: block)', (text) =>
        parseChoice(text, ['block', 'log'] as const),
      ),
    )
    .addOption(
      single(
        '--evidence <evidence>',
        'which ports count: any, or closed, those that nobody listens on (default: any)',
        (text) => parseChoice(text, ['any', 'closed'] as const),
      ),
    )
    .addOption(
      single('--max-new-blocks <count>', 'new blocks a minute; 0: no cap (default: 300)', wholeNumber(0, 16_777_216)),
    )
    .option('--keep-established', 'let a blocked source go on with TCP sessions that it has (default)')
    .option('--no-keep-established', 'drop those too')
    .addOption(
      single('--xdp <mode>', 'where to attach: auto, native (driver) or generic (default: auto)', (text) =>
        parseChoice(text, ['auto', 'native', 'generic'] as const),
      ),
    )
    .addOption(repeatable('--allow <address[/length]>', 'never block these addresses; repeatable', parsePrefix))
    .option('--no-allow-gateway', 'let default gateways be blocked (behind a hairpin or proxy)')
    .addOption(
      single('--ipv6-prefix <bits>', 'how much of an IPv6 address is the source (default: 64)', wholeNumber(32, 128)),
    )
    .addOption(single('--max-sources <count>', 'sources remembered (default: 65536)', wholeNumber(4, 4_194_304)))
    .addOption(single('--max-blocks <count>', 'sources blocked at a time (default: 65536)', wholeNumber(1, 16_777_216)))
    .option('--replace', 'take the place of another XDP program')
    .addOption(
      single('--format <format>', 'lines on stdout: text or json (default: text)', (text) =>
        parseChoice(text, ['text', 'json'] as const),
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
