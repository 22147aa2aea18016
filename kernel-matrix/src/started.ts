import { execa } from 'execa';

/** A process that ends with this one, however this one ends. */
export function start(command: string, args: readonly string[]) {
  const child = execa('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    buffer: { stdout: false },
    reject: false,
    forceKillAfterDelay: 3000,
  });
  return {
    stdout: child.stdout,
    end: child.then(({ exitCode, stderr, shortMessage }) => ({ exitCode, why: stderr.trim() || (shortMessage ?? '') })),
    kill: () => void child.kill(),
  };
}

export type Started = ReturnType<typeof start>;

/** Ends a process that may have ended, and waits until it has. */
export async function stop(started: Started | undefined): Promise<void> {
  started?.kill();
  await started?.end;
}
