import { execa } from 'execa';
import { patience } from './pace.ts';

/** What a bounded command printed and how it ended. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export interface CommandOptions {
  /** Milliseconds until it is killed; default 30,000. */
  readonly timeoutMs?: number;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Return a failing exit code instead of throwing; default false. */
  readonly tolerant?: boolean;
  readonly cwd?: string;
}

/** What every child gets: nothing of an SSH session, so that the machine that runs the tests decides nothing. */
const environment = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SSH_|SUDO_|NODE_OPTIONS|VITEST|SUITE)/.test(name),
  );
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...extra };
};

/** Runs a command to its end, at most `timeoutMs` long. Throws when it fails, unless `tolerant`. */
export async function command(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input, env, tolerant = false, cwd } = options;
  const timeoutMs = patience(options.timeoutMs ?? 30_000);
  const result = await execa(file, args, {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    reject: false,
    maxBuffer: 1 << 28,
    env: environment(env),
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.timedOut) throw new Error(`${file} ${args.join(' ')}: took longer than ${timeoutMs} ms`);
  if (result.failed && !tolerant)
    throw new Error(`${file} ${args.join(' ')}: ${result.shortMessage}\n${result.stderr}`);
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
}

export interface SpawnOptions {
  /** Milliseconds until it is killed whatever happens; default 120,000. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a command that lives until it is stopped, and never longer than `timeoutMs` or this process. */
export function spawn(file: string, args: readonly string[], options: SpawnOptions = {}) {
  return execa(file, args, {
    timeout: patience(options.timeoutMs ?? 120_000),
    killSignal: 'SIGKILL',
    reject: false,
    stdin: 'pipe',
    buffer: false,
    cleanup: true,
    env: environment(options.env),
    extendEnv: false,
  });
}

export type Child = ReturnType<typeof spawn>;
