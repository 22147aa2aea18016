import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inCheckout, logFile } from './checkout.ts';
import { parseEvent } from './events.ts';
import { follow } from './follow.ts';
import { processesOf, signalSession } from './session.ts';
import type { Cell, Death, Driver, GuestEvent, Outcome, Resolved, Watch } from './types.ts';

const LIMIT_MS = 30 * 60_000;
/** Time for the guest side to put its namespaces away. */
const GRACE_MS = 10_000;
const TAIL_LINES = 20;
const GUEST = inCheckout('kernel-matrix/guest/run.sh');

function tailOf(log: string): string[] {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).filter((line) => line !== '');
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the guest side is told, whatever this process was told itself. */
const environmentOf = ({ tests, canary }: Cell, result: string): Environment => ({
  MATRIX_RESULT: result,
  MATRIX_PACE: 'native',
  MATRIX_TESTS: tests,
  MATRIX_CANARY: canary,
});

interface Cause {
  readonly death: Death;
  readonly why: string;
}

/** Ends all processes of the session: first asked to, then not. */
async function endSession(session: number): Promise<void> {
  signalSession(session, 'SIGTERM');
  for (let waited = 0; waited < GRACE_MS && processesOf(session).length > 0; waited += 100) await sleep(100);
  while (signalSession(session, 'SIGKILL') > 0) await sleep(20);
}

/** Runs the guest side on this machine's own kernel; its tests make network namespaces of their own. */
export class NativeDriver implements Driver {
  private readonly guest: string;
  private readonly log: typeof logFile;

  /** @param guest the script of the guest side
   *  @param log where a cell's log goes */
  constructor(guest = GUEST, log = logFile) {
    this.guest = guest;
    this.log = log;
  }

  prepare(cells: readonly Cell[]): Promise<readonly Resolved[]> {
    const kernels = [...new Set(cells.map(({ kernel }) => kernel))];
    return Promise.resolve(kernels.map((kernel) => ({ kernel, source: `this machine: ${release()}` })));
  }

  async run(cell: Cell, _resolved: Resolved, watch: Watch): Promise<Outcome> {
    const folder = mkdtempSync(join(tmpdir(), 'kernel-matrix-'));
    const log = this.log(cell);
    mkdirSync(dirname(log), { recursive: true });
    try {
      const cause = await this.guestRuns(cell, join(folder, 'result'), log, watch);
      return { death: cause.death, tail: cause.death === 'done' ? [] : [...tailOf(log), cause.why] };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async guestRuns(cell: Cell, result: string, log: string, watch: Watch): Promise<Cause> {
    const limitMs = cell.limitMs ?? LIMIT_MS;
    const limit = AbortSignal.timeout(limitMs);
    const seen = new Set<GuestEvent['event']>();
    writeFileSync(result, '');
    const following = follow(result, (line) => {
      const event = parseEvent(line);
      if (!event) return;
      seen.add(event.event);
      watch.event(event);
    });
    const why = await this.untilEnd(environmentOf(cell, result), log, AbortSignal.any([watch.signal, limit]));
    following.stop();
    if (seen.has('end')) return { death: 'done', why };
    if (watch.signal.aborted) return { death: 'driver', why: 'interrupted' };
    if (limit.aborted) return { death: 'timeout', why: `ended after its time limit of ${limitMs / 1000} s` };
    return { death: 'no result', why };
  }

  /** Says how the guest side ended; never rejects. Afterwards nothing of its session is left. */
  private async untilEnd(env: Environment, log: string, stop: AbortSignal): Promise<string> {
    // A session of its own, so that all of it can be found and ended.
    const output = openSync(log, 'w');
    const child = spawn(this.guest, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const stopped = (): void => void (child.pid !== undefined && endSession(child.pid));
    stop.addEventListener('abort', stopped);
    if (stop.aborted) stopped();
    const why = await new Promise<string>((resolve) => {
      child.on('error', ({ message }) => resolve(`the guest side could not be started: ${message}`));
      child.on('exit', (code, signal) => resolve(`the guest side ended with ${signal ?? `code ${code ?? '?'}`}`));
    });
    stop.removeEventListener('abort', stopped);
    if (child.pid !== undefined) await endSession(child.pid);
    return why;
  }
}
