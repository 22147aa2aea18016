import { Command, CommanderError } from 'commander';
import { configure, nothingAround, type Surroundings, type Taken } from '../configuration/configure.ts';
import { allowCommand } from './commands/allow.ts';
import { blockCommand } from './commands/block.ts';
import { blocksCommand } from './commands/blocks.ts';
import { checkConfigCommand } from './commands/check-config.ts';
import { completionCommand } from './commands/completion.ts';
import { detachCommand } from './commands/detach.ts';
import { doctorCommand } from './commands/doctor.ts';
import { eventsCommand } from './commands/events.ts';
import { manCommand } from './commands/man.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { scansCommand } from './commands/scans.ts';
import { sourcesCommand } from './commands/sources.ts';
import { statusCommand } from './commands/status.ts';
import { topCommand } from './commands/top.ts';
import { unblockCommand } from './commands/unblock.ts';
import type { Request, Take } from './request.ts';
import { reword } from './reword.ts';

/** Of a configuration a command on pins takes where they are. */
const OF_PLACE: ReadonlySet<string> = new Set(['name', 'bpffs', 'state', 'events', 'user']);

const commands = [
  runCommand,
  statusCommand,
  blocksCommand,
  blockCommand,
  unblockCommand,
  allowCommand,
  sourcesCommand,
  topCommand,
  eventsCommand,
  scansCommand,
  detachCommand,
  replayCommand,
  checkConfigCommand,
  doctorCommand,
];

/** What the arguments ask for, and as whom. */
export type Asked = Request & { readonly user?: string | undefined };

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
 * Reads the arguments (without the interpreter and the script), and for what they leave open the environment and the
 * configuration file.
 *
 * @throws OperatorError with the exit code for usage
 */
export function parseArguments(args: readonly string[], version: string, around: Surroundings = nothingAround): Asked {
  let printed = '';
  let request: Request | undefined;
  let user: string | undefined;
  const program = programOf((asked) => (request = asked), version);
  program.hook('preAction', (_program, asked) => {
    configure(asked, takenBy(asked, program), around, asked.name() === 'check-config');
    user = asked.optsWithGlobals<{ user?: string }>().user;
  });
  settle(program, { writeOut: (text) => (printed += text), writeErr: () => undefined });
  if (args.length === 0) return { command: 'print', text: program.helpInformation() };
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw reword(error, program, args);
  }
  return { ...(request ?? { command: 'print', text: printed }), user };
}

/** The keys are the flags of `run`. What is no matter of a command must not keep it from being used. */
function takenBy(asked: Command, program: Command): Taken {
  const keys = program.commands.find((command) => command.name() === 'run')!;
  switch (asked.name()) {
    case 'run':
    case 'check-config':
      return { keys, byDefault: true };
    case 'replay':
      return { keys, byDefault: false };
    default:
      return { keys, only: OF_PLACE, byDefault: true };
  }
}

/** The same manners for a command and all below it. */
function settle(command: Command, output: { writeOut(text: string): void; writeErr(text: string): void }): void {
  command.exitOverride().configureOutput(output).showSuggestionAfterError(false).allowExcessArguments(false);
  command.helpOption('-h, --help', 'print this help');
  // What is to be said of choices the descriptions say.
  command.configureHelp({ optionDescription: ({ description }) => description });
  for (const below of command.commands) settle(below, output);
}
