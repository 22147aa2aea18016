import { Command, CommanderError } from 'commander';
import { allowCommand } from './commands/allow.ts';
import { blockCommand } from './commands/block.ts';
import { blocksCommand } from './commands/blocks.ts';
import { detachCommand } from './commands/detach.ts';
import { doctorCommand } from './commands/doctor.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { sourcesCommand } from './commands/sources.ts';
import { statusCommand } from './commands/status.ts';
import { unblockCommand } from './commands/unblock.ts';
import type { Request } from './request.ts';
import { reword } from './reword.ts';

/**
 * Reads the arguments (without the interpreter and the script).
 *
 * @throws OperatorError with the exit code for usage
 */
export function parseArguments(args: readonly string[], version: string): Request {
  let printed = '';
  let request: Request | undefined;
  const take = (asked: Request) => (request = asked);
  const program = new Command('scanward')
    .description('See every TCP connection that reaches this host, recognise port scans, drop the scanners.')
    .version(version, '--version', 'print the version')
    .enablePositionalOptions();
  for (const make of [
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
  ]) {
    program.addCommand(make(take));
  }
  program.addCommand(
    new Command('version').description('print the version').action(() => void (printed += `${version}\n`)),
  );
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
  for (const below of command.commands) settle(below, output);
}
