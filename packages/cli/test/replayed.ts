import { Writable } from 'node:stream';
import { policyOf } from '../src/flags/policy-flags.ts';
import type { Host } from '../src/host.ts';
import { OperatorError } from '../src/operator-error.ts';
import { nativeReplay } from '../src/replay/native-replay.ts';
import { replay, type ReplaySystem } from '../src/replay/replay.ts';
import type { ReplayOptions } from '../src/replay/replay-options.ts';

/** What a replay printed, and how it ended. */
export interface Replayed {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exitCode: number;
  readonly message: string;
}

class Kept extends Writable {
  #text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#text += chunk.toString();
    done();
  }

  lines(): string[] {
    return this.#text.split('\n').filter((line) => line !== '');
  }
}

export const REPLAY_DEFAULTS: ReplayOptions = {
  ...{ files: ['capture'], engine: 'ts', local: [], ...policyOf({}), json: false },
};

/** Replays in this process, of this machine unless told otherwise. */
export async function replayed(
  options: Partial<ReplayOptions>,
  { signal, ...system }: Partial<ReplaySystem> & { readonly signal?: (send: () => void) => void } = {},
): Promise<Replayed> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const host: Host = {
    ...{
      pid: 1,
      environment: {},
      isTerminal: false,
      journal: { stdout: false, stderr: false },
      isErrorTerminal: false,
      stdout,
      stderr,
    },
    onReload: () => () => undefined,
    onSignal: (callback) => {
      signal?.(() => {
        callback('SIGINT');
      });
      return () => undefined;
    },
    exit: () => undefined,
  };
  const end = (exitCode: number, message = ''): Replayed => ({
    ...{ stdout: stdout.lines(), stderr: stderr.lines(), exitCode, message },
  });
  try {
    await replay({ ...REPLAY_DEFAULTS, ...options }, host, { ...nativeReplay, ...system });
    return end(0);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return end(error.exitCode, error.message);
  }
}
