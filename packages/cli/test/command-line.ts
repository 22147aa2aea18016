import type { Log } from '@scanward/daemon';
import { Writable } from 'node:stream';
import type { Detachable } from '../src/commands/detach.ts';
import type { CommandSystem } from '../src/commands/command-system.ts';
import { perform } from '../src/commands/perform.ts';
import type { StateChoice } from '../src/flags/instance-flags.ts';
import { parseArguments } from '../src/flags/program.ts';
import type { Host } from '../src/host.ts';
import { OperatorError } from '../src/operator-error.ts';
import { type fakeInstance, NOW } from './fake-instance.ts';

// The tables print local time.
process.env['TZ'] = 'UTC';

/** A stream that keeps what is written to it. */
function kept() {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}

export interface CommandLineOptions {
  readonly isTerminal?: boolean;
  readonly environment?: Record<string, string>;
  /** `CapEff` of /proc/self/status; default all. */
  readonly capabilities?: string;
  readonly keep?: (choice: StateChoice, log: Log) => void;
  /** Thrown when the instance is opened. */
  readonly refusal?: Error;
}

/** Runs `scanward <line>` on a fake instance and returns what it printed and its exit code. */
export async function commandLine(
  fake: ReturnType<typeof fakeInstance>,
  line: string | readonly string[],
  options: CommandLineOptions = {},
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const out = kept();
  const error = kept();
  const host: Host = {
    pid: 1,
    environment: options.environment ?? {},
    stdout: out.stream,
    stderr: error.stream,
    isTerminal: options.isTerminal ?? false,
    onSignal: () => () => undefined,
    exit: () => undefined,
  };
  const end = (exitCode: number, message = '') => ({
    stdout: out.text(),
    stderr: `${error.text()}${message}`,
    exitCode,
  });
  try {
    const request = parseArguments(typeof line === 'string' ? line.split(' ') : line, '1.2.3');
    if (request.command === 'print') return { stdout: request.text, stderr: '', exitCode: 0 };
    if (!('place' in request)) throw new Error('not for this');
    await perform(request, host, systemOf(fake, options));
    return end(0);
  } catch (thrown) {
    if (!(thrown instanceof OperatorError)) throw thrown;
    return end(thrown.exitCode, `scanward: ${thrown.message}\n`);
  }
}

function systemOf(fake: ReturnType<typeof fakeInstance>, options: CommandLineOptions): CommandSystem {
  return {
    clock: { monotonicNs: () => NOW.monotonicNs, wallMs: () => NOW.wallMs },
    readText: () => `CapEff:\t${options.capabilities ?? '000001ffffffffff'}\n`,
    release: '6.18.0',
    open: () => {
      if (options.refusal) throw options.refusal;
      return fake.instance;
    },
    detachable: () => detachableOf(fake),
    keep: (_instance, choice, _now, log) =>
      Promise.resolve().then(() => {
        fake.done.push(`keep ${String(choice)}`);
        options.keep?.(choice, log);
      }),
  };
}

function detachableOf(fake: ReturnType<typeof fakeInstance>): Detachable {
  return {
    name: 'default',
    interfaces: () => (fake.isThere ? fake.attached.map((link) => link.interface) : undefined),
    daemon: () => (fake.pid === undefined ? undefined : { pid: fake.pid }),
    detach: (name) => void fake.done.push(`detach ${name}`),
    remove: () => void fake.done.push('remove'),
  };
}
