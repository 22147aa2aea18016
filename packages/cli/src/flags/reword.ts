import type { Command, CommanderError } from 'commander';
import { nearest } from '../nearest.ts';
import type { OperatorError } from '../operator-error.ts';
import { usage } from './option.ts';

/** commander's refusal ("error: unknown option '--x'") in our words, with the nearest right one. */
export function reword({ code, message }: CommanderError, program: Command, args: readonly string[]): OperatorError {
  const first = message.replace(/^error: /, '').split('\n')[0] ?? '';
  const word = /'([^']*)'/.exec(first)?.[1] ?? '';
  const asked = commandAsked(program, args);
  const refuse = (todo: string) => usage('reading the flags', `${first}: ${todo}`);
  if (code === 'commander.unknownCommand') return refuse(didYouMean(word, program) ?? 'see scanward --help');
  if (code === 'commander.unknownOption') {
    if (asked === program) return refuse(whereItBelongs(word, args, program) ?? 'see scanward --help');
    const near = nearestFlag(word, asked);
    if (near !== undefined) return refuse(`did you mean ${near}?`);
  }
  if (code === 'commander.excessArguments') {
    const excess = `unexpected argument '${asked.args[asked.registeredArguments.length] ?? ''}'`;
    const todo = asked.name() === 'run' ? 'an interface is given with -i' : didYouMean(asked.args[0] ?? '', asked);
    return usage('reading the flags', `${excess}: ${todo ?? `see ${pathOf(asked)} --help`}`);
  }
  return refuse(`see ${pathOf(asked)} --help`);
}

/** The command that the first words name; the program itself if they name none. */
function commandAsked(program: Command, args: readonly string[]): Command {
  let asked = program;
  for (const word of args) {
    const next = asked.commands.find((command) => command.name() === word);
    if (next) asked = next;
    else if (asked === program) break;
  }
  return asked;
}

/** `scanward allow add`. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function didYouMean(word: string, parent: Command): string | undefined {
  const names = parent.commands.map((command) => command.name());
  const near = nearest(word, names);
  return near === undefined ? undefined : `did you mean ${pathOf(parent)} ${near}?`;
}

/** A flag before the command is one of that command. */
function whereItBelongs(flag: string, args: readonly string[], program: Command): string | undefined {
  const named = program.commands.find((command) => args.includes(command.name()));
  const owners = named ? [named] : program.commands;
  const owner = owners.find((command) => flagsOf(command).includes(flag));
  return owner && `give it after the command: ${pathOf(owner)} ${flag}`;
}

function nearestFlag(word: string, command: Command): string | undefined {
  if (!word.startsWith('--')) return undefined;
  const names = flagsOf(command).map((flag) => flag.slice(2));
  const name = word.slice(2);
  const near = (name.length > 1 ? names.find((each) => each.startsWith(name)) : undefined) ?? nearest(name, names);
  return near && `--${near}`;
}

const flagsOf = (command: Command): string[] => ['--help', ...command.options.map(({ long }) => long ?? '')];
