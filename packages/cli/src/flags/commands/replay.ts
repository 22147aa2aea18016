import type { Prefix } from '@scanward/daemon';
import { Command } from 'commander';
import type { EngineName, ReplayOptions } from '../../replay/replay-options.ts';
import { parseChoice } from '../choice.ts';
import { reading, repeatable, single, usage } from '../option.ts';
import { blockTtl, period, wholeNumber, window } from '../policy-values.ts';
import { parsePrefix } from '../prefix.ts';
import type { Take } from '../request.ts';
import { THRESHOLD_MAX } from '../run-options.ts';

interface Given {
  readonly engine?: EngineName;
  readonly local?: Prefix[];
  readonly detectScanPeriod?: number;
  readonly threshold?: number;
  readonly window?: bigint;
  readonly blockTtl?: bigint;
  readonly mode?: 'kernel' | 'user';
  readonly response?: 'block' | 'log';
  readonly allow?: Prefix[];
  readonly evidence?: 'any' | 'closed';
  readonly keepEstablished?: boolean;
  readonly maxNewBlocks?: number;
  readonly ipv6Prefix?: number;
  readonly maxSources?: number;
  readonly maxBlocks?: number;
  readonly json?: boolean;
  readonly object?: string;
}

const EVERYBODY = 'so nobody would be outside: name the addresses of one host';

/** `scanward replay`. */
export function replayCommand(take: Take): Command {
  return new Command('replay')
    .description('say what would have been reported of captures (pcap, pcapng, gzip)')
    .argument('<file...>', 'captures, read one after the other as one; - is stdin')
    .addOption(
      single('--engine <engine>', 'who decides: ts, a model, or kernel, the program (default: ts)', (text) =>
        parseChoice(text, ['ts', 'kernel'] as const),
      ),
    )
    .addOption(
      repeatable('--local <address[/length]>', "the host's own; repeatable (default: guessed, and said)", (text) =>
        parsePrefix(text, EVERYBODY),
      ),
    )
    .addOption(single('-d, --detect-scan-period <time>', 'how often scans are looked for (default: 1m)', period))
    .addOption(
      single(
        '-n, --threshold <ports>',
        'more distinct ports than this within the window is a scan (default: 3)',
        wholeNumber(0, THRESHOLD_MAX.user),
      ),
    )
    .addOption(single('--window <time>', 'how long a touched port counts (default: 60s)', window))
    .addOption(single('--block-ttl <time>', 'how long a scanner is blocked; 0: for ever (default: 1h)', blockTtl))
    .addOption(
      single(
        '--mode <mode>',
        'when it is decided: kernel, at once, or user, each detect-scan-period (default: kernel)',
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
    .addOption(repeatable('--allow <address[/length]>', 'never block these addresses; repeatable', parsePrefix))
    .addOption(
      single('--ipv6-prefix <bits>', 'how much of an IPv6 address is the source (default: 64)', wholeNumber(32, 128)),
    )
    .addOption(single('--max-sources <count>', 'sources remembered (default: 65536)', wholeNumber(4, 4_194_304)))
    .addOption(single('--max-blocks <count>', 'sources blocked at a time (default: 65536)', wholeNumber(1, 16_777_216)))
    .option('--json', 'print JSON, one object a line')
    .addOption(
      single('--object <file>', 'for developers: load this BPF object (default: the shipped one)', (text) => text),
    )
    .addHelpText('after', examples)
    .action((files: string[], given: Given) => {
      const options = withDefaults(files, given);
      checkTogether(given, options);
      take({ command: 'replay', options });
    });
}

function withDefaults(files: readonly string[], given: Given): ReplayOptions {
  return {
    files,
    engine: given.engine ?? 'ts',
    local: given.local ?? [],
    detectScanPeriodMs: given.detectScanPeriod ?? 60_000,
    threshold: given.threshold ?? 3,
    windowNs: given.window ?? 60_000_000_000n,
    blockTtlNs: given.blockTtl ?? 3_600_000_000_000n,
    mode: given.mode ?? 'kernel',
    response: given.response ?? 'block',
    allow: given.allow ?? [],
    evidence: given.evidence ?? 'any',
    keepEstablished: given.keepEstablished ?? true,
    maxNewBlocks: given.maxNewBlocks ?? 300,
    ipv6Prefix: given.ipv6Prefix ?? 64,
    maxSources: given.maxSources ?? 65_536,
    maxBlocks: given.maxBlocks ?? 65_536,
    json: given.json ?? false,
    ...(given.object === undefined ? {} : { object: given.object }),
  };
}

/** Refuses what contradicts itself. @throws OperatorError */
function checkTogether(given: Given, { files, mode, threshold, response, engine }: ReplayOptions): void {
  reading('file', () => {
    const twice = files.find((file, i) => files.indexOf(file) !== i);
    if (twice !== undefined) throw new Error(`'${twice}' is given twice: give it once`);
    if (files.includes('')) throw new Error('it is empty: name a file');
  });
  if (mode === 'kernel' && threshold > THRESHOLD_MAX.kernel) {
    const wanted = `'${threshold}' is more than ${THRESHOLD_MAX.kernel}, the most that the kernel can count`;
    throw usage('--threshold', `${wanted}: add --mode user, which takes up to ${THRESHOLD_MAX.user}`);
  }
  const idle = given.blockTtl !== undefined ? '--block-ttl' : '--max-new-blocks';
  if (response === 'log' && (given.blockTtl ?? given.maxNewBlocks) !== undefined) {
    throw usage(idle, 'it contradicts --response log, which blocks nobody: leave out one of them');
  }
  if (engine === 'ts' && given.object !== undefined) {
    throw usage('--object', 'it contradicts --engine ts, which loads none: add --engine kernel, or leave it out');
  }
}

const examples = `
Only --engine kernel needs rights: it loads the program without attaching it.
Exit code 12: a capture cannot be read, or not to its end; what came before is
reported all the same.

Examples:
  scanward replay night.pcapng.gz
  scanward replay --local 203.0.113.7 --engine kernel monday.pcap tuesday.pcap
  tcpdump -i eth0 -U -w - | scanward replay --json -`;
