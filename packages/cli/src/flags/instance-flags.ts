import { Option, type Command } from 'commander';
import { BadValue } from './bad-value.ts';
import { reading, single } from './option.ts';

/** Where an instance has its pins. */
export interface InstancePlace {
  /** A directory in a BPF file system; undefined: /sys/fs/bpf/scanward. */
  readonly bpffs: string | undefined;
  readonly name: string;
}

/** The file that takes a snapshot of the blocks; undefined: the instance's own below /var/lib/scanward; false: none. */
export type StateChoice = string | false | undefined;

/** `--name` and `--bpffs`, as commander hands them on. */
export interface GivenPlace {
  readonly name?: string;
  readonly bpffs?: string;
}

export interface GivenState {
  readonly state?: string | false;
}

export function placeOf({ bpffs, name }: GivenPlace): InstancePlace {
  return { bpffs, name: name ?? 'default' };
}

/** Adds `--name` and `--bpffs`. */
export function withPlace(command: Command): Command {
  return command
    .addOption(single('--name <name>', 'the instance, where there are several (default: default)', instanceName))
    .addOption(single('--bpffs <dir>', 'where the pins are (default: /sys/fs/bpf/scanward)', path));
}

/** Adds `--state` and `--no-state`, which exclude each other. */
export function withState(command: Command): Command {
  const file = new Option(
    '--state <file>',
    'the state file (default: /var/lib/scanward/state.json, or state-NAME.json)',
  );
  file.argParser((text: string, before: unknown) =>
    reading('--state', () => {
      if (before === false) throw new BadValue('it contradicts --no-state: leave out one of them');
      if (before !== undefined) throw new BadValue('it is given twice: give it once');
      return path(text);
    }),
  );
  // A preset is what commander hands to the parser of a flag without a value.
  const none = new Option('--no-state', 'keep no state file').preset('');
  none.argParser((_none: string, before: unknown) =>
    reading('--no-state', () => {
      if (typeof before === 'string') throw new BadValue('it contradicts --state: leave out one of them');
      return false;
    }),
  );
  return command.addOption(file).addOption(none);
}

/** It is the name of a directory, and stands in the state file's name. */
const instanceName = (text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/.test(text)) return text;
  throw new BadValue(
    `'${text}' is not a name: take up to 32 letters, digits, '_', '.' and '-', a letter or digit first`,
  );
};

export const path = (text: string): string => {
  if (text !== '' && !text.includes('\0')) return text;
  throw new BadValue('it is empty: name a path');
};
