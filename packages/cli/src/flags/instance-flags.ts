import { Option, type Command } from 'commander';
import { BadValue } from './bad-value.ts';
import { reading, single } from './option.ts';
import { userName } from './user-name.ts';

/** Where an instance has its pins. */
export interface InstancePlace {
  /** A directory in a BPF file system; undefined: /sys/fs/bpf/scanward. */
  readonly bpffs: string | undefined;
  readonly name: string;
}

/** The socket that events are told at; undefined: the instance's own below /run/scanward; false: none. */
export type EventsChoice = string | false | undefined;

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

/** Adds `--name` and `--bpffs`, and `--config` and `--no-config`, for they may stand in a configuration. */
export function withPlace(command: Command): Command {
  return withName(command).addOption(
    single('--bpffs <dir>', 'where the pins are (default: /sys/fs/bpf/scanward)', path),
  );
}

/** Adds `--name` alone, for what is kept beside the pins, `--user`, whose it is, and `--config` and `--no-config`, for both may stand in a configuration. */
export function withName(command: Command): Command {
  return command
    .addOption(
      single('--config <file>', 'the configuration (default: /etc/scanward/scanward.yaml, if it is there)', path),
    )
    .option('--no-config', 'read no configuration')
    .addOption(single('--user <name>', 'become this user, with three capabilities left (default: stay root)', userName))
    .addOption(single('--name <name>', 'the instance, where there are several (default: default)', instanceName));
}

/** Adds `--state` and `--no-state`, which exclude each other. */
export function withState(command: Command): Command {
  return withPathOrNone(command, '--state', {
    path: ['<file>', 'the state file (default: /var/lib/scanward/state.json, or state-NAME.json)'],
    none: 'keep no state file',
  });
}

/** Adds `--events` and `--no-events`, which exclude each other. */
export function withEventsPath(command: Command): Command {
  return withPathOrNone(command, '--events', {
    path: ['<socket>', 'tell events at this socket, too (default: /run/scanward/NAME.sock)'],
    none: 'tell events on stdout only',
  });
}

interface PathOrNone {
  /** What stands for its value, and its description. */
  readonly path: readonly [string, string];
  readonly none: string;
}

/** Adds `--flag <path>` and `--no-flag`, which exclude each other. */
function withPathOrNone(command: Command, flag: string, { path: [value, description], none }: PathOrNone): Command {
  const no = flag.replace('--', '--no-');
  const named = new Option(`${flag} ${value}`, description);
  named.argParser((text: string, before: unknown) =>
    reading(flag, () => {
      if (before === false) throw new BadValue(`it contradicts ${no}: leave out one of them`);
      if (before !== undefined) throw new BadValue('it is given twice: give it once');
      return path(text);
    }),
  );
  // A preset is what commander hands to the parser of a flag without a value.
  const without = new Option(no, none).preset('');
  without.argParser((_none: string, before: unknown) =>
    reading(no, () => {
      if (typeof before === 'string') throw new BadValue(`it contradicts ${flag}: leave out one of them`);
      return false;
    }),
  );
  return command.addOption(named).addOption(without);
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
