import { Command, CommanderError } from 'commander';
import { allowCommand } from './commands/allow.ts';
import { blockCommand } from './commands/block.ts';
import { blocksCommand } from './commands/blocks.ts';
import { completionCommand } from './commands/completion.ts';
import { detachCommand } from './commands/detach.ts';
import { doctorCommand } from './commands/doctor.ts';
import { manCommand } from './commands/man.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { sourcesCommand } from './commands/sources.ts';
import { statusCommand } from './commands/status.ts';
import { unblockCommand } from './commands/unblock.ts';
import type { Request, Take } from './request.ts';
import { reword } from './reword.ts';

const commands = [
  runCommand,
  statusCommand,
  blocksCommand,
  blockCommand,
  unblockCommand,
  allowCommand,
  sourcesCommand,
  detachCommand,
  replayCommand,
  doctorCommand,
];

/** All commands and flags. */
function programOf(take: Take, version: string): Command {
  const tree = () => {
    const made = programOf(() => undefined, version);
    settle(made, { writeOut: () => undefined, writeErr: () => undefined });
    return made;
  };
  const program = new Command('scanward')
    .description('See every TCP connection that reaches this host, recognise port scans, drop the scanners.')
    .version(version, '--version', 'print the version')
    .enablePositionalOptions();
  for (const make of commands) program.addCommand(make(take));
  program.addCommand(completionCommand(take, tree)).addCommand(manCommand(take, tree, version));
  program.addCommand(
    new Command('version').description('print the version').action(() => {
      take({ command: 'print', text: `${version}\n` });
    }),
  );
  return program;
}

/**
 * Reads the arguments (without the interpreter and the script).
 *
 * @throws OperatorError with the exit code for usage
 */
export function parseArguments(args: readonly string[], version: string): Request {
  let printed = '';
  let request: Request | undefined;
  const program = programOf((asked) => (request = asked), version);
  settle(program, { writeOut: (text) => (printed += text), writeErr: () => undefined });
  if (args.length === 0) return { command: 'print', text: program.helpInformation() };
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw reword(error, program, args);
  }
  return request ?? { command: 'print', text: printed };
}

/** The same manners for a command and all below it. */
function settle(command: Command, output: { writeOut(text: string): void; writeErr(text: string): void }): void {
  command.exitOverride().configureOutput(output).showSuggestionAfterError(false).allowExcessArguments(false);
  command.helpOption('-h, --help', 'print this help');
  // What is to be said of choices the descriptions say.
  command.configureHelp({ optionDescription: ({ description }) => description });
  for (const below of command.commands) settle(below, output);
}
