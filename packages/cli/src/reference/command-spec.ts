import type { Argument, Command, Option } from 'commander';

/** What may be typed where a value stands. */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Names of network interfaces, files, folders, blocked addresses; or whatever one likes. */
  | { readonly kind: 'interface' | 'file' | 'folder' | 'blocked' | 'text' };

export interface FlagSpec {
  /** `-i` and `--interface`, or one of them. */
  readonly names: readonly string[];
  /** `<name>`; undefined: it takes no value. */
  readonly value: string | undefined;
  readonly description: string;
  readonly offer: Offer;
}

export interface ArgumentSpec {
  /** As it stands in the usage: `<file...>`, `[address[/length]]`. */
  readonly term: string;
  readonly description: string;
  readonly offer: Offer;
}

/** All that is known of one command, as plain data: what help, completion and the manual say alike. */
export interface CommandSpec {
  /** `['scanward', 'allow', 'add']` */
  readonly path: readonly string[];
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly flags: readonly FlagSpec[];
  /** Paragraphs of the help after its tables. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  readonly commands: readonly CommandSpec[];
}

/** Reads a tree of commander, without the `help` that it makes up by itself. */
export function specOf(command: Command, above: readonly string[] = []): CommandSpec {
  const path = [...above, command.name()];
  const help = command.createHelp();
  return {
    path,
    usage: help.commandUsage(command),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => argumentSpec(argument, command)),
    flags: help.visibleOptions(command).map(flagSpec),
    ...afterHelp(command),
    commands: command.commands.map((below) => specOf(below, path)),
  };
}

function flagSpec(option: Option): FlagSpec {
  const { short, long, description, argChoices } = option;
  const value = / (\S.*)$/.exec(option.flags.replace(/^-\w, /, ''))?.[1];
  const names = [short, long].filter((name) => name !== undefined);
  return { names, value, description, offer: argChoices ? words(argChoices) : { kind: kindOf(long, value) } };
}

function kindOf(long: string | undefined, value: string | undefined): Exclude<Offer['kind'], 'words'> {
  if (long === '--interface') return 'interface';
  if (value === '<file>') return 'file';
  return value === '<dir>' ? 'folder' : 'text';
}

function argumentSpec(argument: Argument, command: Command): ArgumentSpec {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  const term = argument.required ? `<${name}>` : `[${name}]`;
  return { term, description: argument.description, offer: offerOf(argument, command) };
}

function offerOf(argument: Argument, command: Command): Offer {
  if (argument.argChoices) return words(argument.argChoices);
  if (argument.name() === 'command') return words(command.parent?.commands.map((each) => each.name()) ?? []);
  if (argument.name() === 'file') return { kind: 'file' };
  return { kind: command.name() === 'unblock' ? 'blocked' : 'text' };
}

const words = (choices: readonly string[]): Offer => ({ kind: 'words', words: choices });

/** What `addHelpText` has put after the help, taken apart. */
function afterHelp(command: Command): Pick<CommandSpec, 'notes' | 'examples'> {
  let printed = '';
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (text) => (printed += text) }).outputHelp();
  command.configureOutput(before);
  const after = printed.slice(command.helpInformation().length);
  const [notes = '', examples = ''] = after.split(/^Examples:\n/m);
  return {
    notes: notes.split('\n\n').flatMap((text) => text.replace(/\s*\n\s*/g, ' ').trim() || []),
    examples: examples.split('\n').flatMap((line) => line.replace(/^ {2}/, '') || []),
  };
}

/** A command and all below it, each before those below. */
export function allCommands(spec: CommandSpec): CommandSpec[] {
  return [spec, ...spec.commands.flatMap(allCommands)];
}
