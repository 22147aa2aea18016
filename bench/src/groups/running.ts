import { Lines, type Namespace, scanwardBin } from '@scanward/testkit';

/** A daemon whose lines on stdout nobody reads: reading them would take the processor that is measured. */
export interface Running {
  readonly pid: number;
  /** From the command's start until it said that it sees packets. */
  readonly attachedMs: number;
  stop(): Promise<void>;
}

const START_MS = 30_000;
const LIFE_MS = 10 * 60_000;

export async function startDaemon(ns: Namespace, args: readonly string[] = []): Promise<Running> {
  const start = performance.now();
  const child = ns.spawn(
    'sh',
    [
      ...['-c', 'exec "$0" "$@" >/dev/null', process.execPath, scanwardBin],
      ...['run', '-i', 'eth0', '--max-connection-lines', '0', ...args],
    ],
    { timeoutMs: LIFE_MS },
  );
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await child;
  };
  try {
    const { atMs } = await new Lines(child.stderr).wait(/attached to \S+ \((native|generic)\)/, START_MS);
    return { pid: child.pid!, attachedMs: atMs - start, stop };
  } catch (error) {
    child.kill('SIGKILL');
    await child;
    throw error;
  }
}
