import { fstatSync } from 'node:fs';
import { release } from 'node:os';
import { perform } from './commands/perform.ts';
import { toOperatorError } from './describe-error.ts';
import { tellEvents } from './events/events.ts';
import { toldEvents } from './events/told-events.ts';
import { doctor } from './doctor/doctor.ts';
import { ExitCode } from './exit-codes.ts';
import { parseArguments } from './flags/program.ts';
import { nativeHistory } from './history/native-history.ts';
import { tellScans } from './history/scans.ts';
import type { Host } from './host.ts';
import { becomeAsked } from './kernel/drop-privileges.ts';
import { nativeCommands } from './kernel/native-commands.ts';
import { nativeTop } from './kernel/native-top.ts';
import { lookAround } from './kernel/native-doctor.ts';
import { nativeSystem } from './kernel/native-system.ts';
import { packageVersion } from './package-version.ts';
import { nativeReplay } from './replay/native-replay.ts';
import { replay } from './replay/replay.ts';
import { run } from './run.ts';
import { journalStreams, Priority, priorityMark } from './system/journal.ts';
import { readText } from './system/proc.ts';
import { writeFiles } from './system/write-files.ts';
import { readConfig } from './system/trusted-file.ts';
import { top } from './top/top.ts';

const journal = journalStreams(process.env['JOURNAL_STREAM'], (fd) => fstatSync(fd, { bigint: true }));

const host: Host = {
  pid: process.pid,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stdout.isTTY,
  isErrorTerminal: process.stderr.isTTY,
  journal,
  onSignal(callback) {
    process.on('SIGINT', callback).on('SIGTERM', callback);
    return () => {
      process.off('SIGINT', callback).off('SIGTERM', callback);
    };
  },
  onReload(callback) {
    process.on('SIGHUP', callback);
    return () => process.off('SIGHUP', callback);
  },
  exit: (code) => process.exit(code),
};

/** Says why, in one line, and ends the process; its descriptors close with it, so nothing stays attached but what is pinned. */
function fail(error: unknown): void {
  const circumstances = { status: readText('/proc/self/status') ?? '', limits: '', release: release() };
  const { message, exitCode } = toOperatorError(error, 'running', circumstances);
  process.stderr.on('error', () => process.exit(exitCode));
  const line = `${priorityMark(Priority.error, journal.stderr)}scanward: ${message}\n`;
  process.stderr.write(line, () => process.exit(exitCode));
}

process.on('uncaughtException', fail);

try {
  const around = { environment: process.env, readConfig };
  const read = () => parseArguments(process.argv.slice(2), packageVersion(), around);
  const request = read();
  if (request.command !== 'run') becomeAsked(request.user);
  if (request.command === 'run') {
    await run(request.options, host, nativeSystem, () => {
      const again = read();
      return again.command === 'run' ? again.options : request.options;
    });
    process.exit(ExitCode.clean);
  }
  if (request.command === 'replay') {
    await replay(request.options, host, nativeReplay);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'top') {
    await top(request, host, nativeTop);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'events') {
    await tellEvents(request.options, host, toldEvents);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'scans') {
    await tellScans(request.options, host, nativeHistory);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'doctor') {
    await doctor(request.options, host, lookAround);
    process.exit(ExitCode.clean);
  }
  if (request.command === 'write') {
    writeFiles(request.folder, request.files);
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
