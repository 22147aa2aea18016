import type { Prefix } from '@scanward/daemon';
import { Command, CommanderError, Option } from 'commander';
import { ExitCode } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';
import { parseChoice } from './choice.ts';
import { parseDuration } from './duration.ts';
import { parsePrefix } from './prefix.ts';
import { type RunOptions, THRESHOLD_MAX } from './run-options.ts';
import { parseWholeNumber } from './whole-number.ts';

/** What the arguments ask for. */
export type Request =
  { readonly command: 'print'; readonly text: string } | { readonly command: 'run'; readonly options: RunOptions };

const periodLimits = { min: '10ms', max: '24h' };
const windowLimits = { min: '1ms', max: '720h' };
const ttlLimits = { min: '1ms', max: '87600h', zero: '0 for ever' };

/** A flag whose value is read by `parse`; given twice it is refused. */
function single(flags: string, description: string, parse: (text: string) => unknown): Option {
  const option = new Option(flags, description);
  option.argParser((text: string, before: unknown) => {
    if (before !== undefined) throw usage(option.long ?? flags, 'it is given twice: give it once');
    return reading(option, () => parse(text));
  });
  return option;
}

/** A flag that may be given several times, each time with another value. */
function repeatable(flags: string, description: string, parse: (text: string) => unknown): Option {
  const option = new Option(flags, description);
  option.argParser((text: string, before: unknown[] | undefined) => [
    ...(before ?? []),
    reading(option, () => parse(text)),
  ]);
  return option;
}

function reading<T>(option: Option, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw usage(option.long ?? option.flags, (error as Error).message, error);
  }
}

function usage(attempted: string, todo: string, cause?: unknown): OperatorError {
  return new OperatorError(ExitCode.usage, attempted, todo, { cause });
}

const interfaceName = (text: string): string => {
  if (!/^[^\s/]{1,15}$/.test(text) || text.startsWith('-')) throw new Error(`'${text}' is not an interface's name`);
  return text;
};

const wholeNumber = (min: number, max: number) => (text: string) => parseWholeNumber(text, min, max);
const period = (text: string) => Number(parseDuration(text, periodLimits) / 1_000_000n);

function runCommand(): Command {
  return new Command('run')
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
    .addOption(
      single('--window <time>', 'how long a touched port counts (default: 60s)', (text) =>
        parseDuration(text, windowLimits),
      ),
    )
    .addOption(
      single('--block-ttl <time>', 'how long a scanner is blocked; 0: for ever (default: 1h)', (text) =>
        parseDuration(text, ttlLimits),
      ),
    )
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
    .addOption(single('--bpffs <folder>', 'where instances are pinned (default: /sys/fs/bpf/scanward)', (text) => text))
    .addOption(single('--name <name>', 'of the instance (default: default)', (text) => text))
    .option('--no-pin', 'nothing outlives the process')
    .option('--keep-on-exit', 'keep protecting when asked to end')
    .addOption(
      single('--object <file>', 'for developers: load this BPF object (default: the shipped one)', (text) => text),
    );
}

interface Given {
  interface?: string[];
  trackingPeriod?: number;
  detectScanPeriod?: number;
  threshold?: number;
  window?: bigint;
  blockTtl?: bigint;
  mode?: 'kernel' | 'user';
  response?: 'block' | 'log';
  xdp?: 'auto' | 'native' | 'generic';
  allow?: Prefix[];
  allowGateway: boolean;
  ipv6Prefix?: number;
  maxSources?: number;
  maxBlocks?: number;
  replace?: boolean;
  format?: 'text' | 'json';
  bpffs?: string;
  name?: string;
  pin?: boolean;
  keepOnExit?: boolean;
  object?: string;
}

function withDefaults(given: Given): RunOptions {
  return {
    interfaces: given.interface ?? [],
    trackingPeriodMs: given.trackingPeriod ?? 1_000,
    detectScanPeriodMs: given.detectScanPeriod ?? 60_000,
    threshold: given.threshold ?? 3,
    windowNs: given.window ?? 60_000_000_000n,
    blockTtlNs: given.blockTtl ?? 3_600_000_000_000n,
    mode: given.mode ?? 'kernel',
    response: given.response ?? 'block',
    xdp: given.xdp ?? 'auto',
    allow: given.allow ?? [],
    allowGateway: given.allowGateway,
    ipv6Prefix: given.ipv6Prefix ?? 64,
    maxSources: given.maxSources ?? 65_536,
    maxBlocks: given.maxBlocks ?? 65_536,
    replace: given.replace ?? false,
    format: given.format ?? 'text',
    bpffs: given.bpffs,
    name: given.name ?? 'default',
    pin: given.pin ?? true,
    keepOnExit: given.keepOnExit ?? false,
    ...(given.object === undefined ? {} : { object: given.object }),
  };
}

function checkTogether(given: Given, options: RunOptions): void {
  const twice = options.interfaces.find((name, i) => options.interfaces.indexOf(name) !== i);
  if (twice !== undefined) throw usage('--interface', `'${twice}' is given twice: give it once`);
  if (options.mode === 'kernel' && options.threshold > THRESHOLD_MAX.kernel) {
    const wanted = `'${options.threshold}' is more than ${THRESHOLD_MAX.kernel}, the most that the kernel can count`;
    throw usage('--threshold', `${wanted}: add --mode user, which takes up to ${THRESHOLD_MAX.user}`);
  }
  if (options.response === 'log') {
    const idle =
      given.blockTtl !== undefined ? '--block-ttl' : given.maxBlocks !== undefined ? '--max-blocks' : undefined;
    if (idle) throw usage(idle, 'it contradicts --response log, which blocks nobody: leave out one of them');
  }
}

/** commander's refusal ("error: unknown option '--x'") in our words, with the nearest right one. */
function reword({ code, message }: CommanderError, program: Command, run: Command): OperatorError {
  const first = message.replace(/^error: /, '').split('\n')[0] ?? '';
  const word = /'([^']*)'/.exec(first)?.[1] ?? '';
  const refuse = (todo: string) => usage('reading the flags', `${first}: ${todo}`);
  if (code === 'commander.unknownCommand') {
    const near = nearest(
      word,
      program.commands.map((command) => command.name()),
    );
    return refuse(near === undefined ? 'see scanward --help' : `did you mean scanward ${near}?`);
  }
  if (code === 'commander.unknownOption') {
    const flags = ['--help', ...run.options.map(({ long }) => long ?? '')];
    if (flags.includes(word)) return refuse(`give it after the command: scanward run ${word}`);
    const near = (word.length > 3 && flags.find((flag) => flag.startsWith(word))) || nearest(word, flags);
    if (near && word.startsWith('--')) return refuse(`did you mean ${near}?`);
  }
  if (code === 'commander.excessArguments') {
    return usage('reading the flags', `unexpected argument '${run.args[0] ?? ''}': an interface is given with -i`);
  }
  return refuse('see scanward run --help');
}

/**
 * Reads the arguments (without the interpreter and the script).
 *
 * @throws OperatorError with the exit code for usage
 */
export function parseArguments(args: readonly string[], version: string): Request {
  let printed = '';
  let request: Request | undefined;
  const output = { writeOut: (text: string) => (printed += text), writeErr: () => undefined };
  const run = runCommand().action((given: Given) => {
    const options = withDefaults(given);
    checkTogether(given, options);
    request = { command: 'run', options };
  });
  const program = new Command('scanward')
    .description('See every TCP connection that reaches this host, recognise port scans, drop the scanners.')
    .version(version, '--version', 'print the version')
    .addCommand(run)
    .addCommand(new Command('version').description('print the version').action(() => void (printed += `${version}\n`)));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput(output).showSuggestionAfterError(false).allowExcessArguments(false);
    command.helpOption('-h, --help', 'print this help');
  }
  if (args.length === 0) return { command: 'print', text: program.helpInformation() };
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw reword(error, program, run);
  }
  return request ?? { command: 'print', text: printed };
}
