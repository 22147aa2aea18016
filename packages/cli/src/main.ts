import { release } from 'node:os';
import { perform } from './commands/perform.ts';
import { toOperatorError } from './describe-error.ts';
import { ExitCode } from './exit-codes.ts';
import { parseArguments } from './flags/program.ts';
import type { Host } from './host.ts';
import { nativeCommands } from './kernel/native-commands.ts';
import { nativeSystem } from './kernel/native-system.ts';
import { packageVersion } from './package-version.ts';
import { nativeReplay } from './replay/native-replay.ts';
import { replay } from './replay/replay.ts';
import { run } from './run.ts';
import { readText } from './system/proc.ts';

const host: Host = {
  pid: process.pid,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stdout.isTTY,
  onSignal(callback) {
    process.on('SIGINT', callback).on('SIGTERM', callback);
    return () => {
      process.off('SIGINT', callback).off('SIGTERM', callback);
    };
  },
  exit: (code) => process.exit(code),
};

/** Says why, in one line, and ends the process; its descriptors close with it, so nothing stays attached but what is pinned. */
function fail(error: unknown): void {
  const circumstances = { status: readText('/proc/self/status') ?? '', limits: '', release: release() };
  const { message, exitCode } = toOperatorError(error, 'running', circumstances);
  process.stderr.on('error', () => process.exit(exitCode));
  process.stderr.write(`scanward: ${message}\n`, () => process.exit(exitCode));
}

process.on('uncaughtException', fail);

try {
  const request = parseArguments(process.argv.slice(2), packageVersion());
  if (request.command === 'run') {
    await run(request.options, host, nativeSystem);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'replay') {
    await replay(request.options, host, nativeReplay);
    process.exit(ExitCode.clean);
  }
  if (request.command !== 'print') {
    await perform(request, host, nativeCommands);
    process.exit(ExitCode.clean);
  }
  process.stdout.on('error', () => process.exit(ExitCode.clean));
  process.stdout.write(request.text, () => process.exit(ExitCode.clean));
} catch (error) {
  fail(error);
}
