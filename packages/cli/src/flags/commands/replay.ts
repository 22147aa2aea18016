import type { Prefix } from '@scanward/daemon';
import { Command } from 'commander';
import type { EngineName, ReplayOptions } from '../../replay/replay-options.ts';
import { path } from '../instance-flags.ts';
import { oneOf } from '../choice.ts';
import { reading, repeatable, single, usage } from '../option.ts';
import { checkPolicy, type GivenPolicy, policyOf, withPolicy } from '../policy-flags.ts';
import { parsePrefix } from '../prefix.ts';
import type { Take } from '../request.ts';

interface Given extends GivenPolicy {
  readonly engine?: EngineName;
  readonly local?: Prefix[];
  readonly json?: boolean;
  readonly object?: string;
}

const EVERYBODY = 'so nobody would be outside: name the addresses of one host';

/** `scanward replay`. */
export function replayCommand(take: Take): Command {
  const begun = new Command('replay')
    .description('say what would have been reported of captures (pcap, pcapng, gzip)')
    .argument('<file...>', 'captures, read one after the other as one; - is stdin')
    .addOption(
      oneOf('--engine <engine>', 'who decides: ts, a model, or kernel, the program (default: ts)', ['ts', 'kernel']),
    )
    .addOption(
      repeatable('--local <address[/length]>', "the host's own; repeatable (default: guessed, and said)", (text) =>
        parsePrefix(text, EVERYBODY),
      ),
    );
  return withPolicy(begun)
    .addOption(single('--config <file>', 'take the rules of this configuration', path))
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
    ...policyOf(given),
    json: given.json ?? false,
    ...(given.object === undefined ? {} : { object: given.object }),
  };
}

/** Refuses what contradicts itself. @throws OperatorError */
function checkTogether(given: Given, options: ReplayOptions): void {
  const { files, engine } = options;
  reading('file', () => {
    const twice = files.find((file, i) => files.indexOf(file) !== i);
    if (twice !== undefined) throw new Error(`'${twice}' is given twice: give it once`);
    if (files.includes('')) throw new Error('it is empty: name a file');
  });
  checkPolicy(given, options);
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
