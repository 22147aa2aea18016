import { type Clock, readEvent } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { OperatorError } from '../operator-error.ts';
import { writePaced } from '../system/paced-output.ts';
import { styleFor } from '../tables/style.ts';
import { SCANS_KEPT } from './history-file.ts';
import { cellsOf, type KeptScan, scanTable } from './scan-table.ts';
import type { ScansOptions, Since } from './scans-options.ts';

/** What `scans` needs of the machine. */
export interface HistorySystem {
  readonly clock: Pick<Clock, 'wallMs'>;
  /** The lines of a history, with their ends; undefined: there is none. Throws where it is not to be believed, or cannot be read. */
  read(path: string): Iterable<string> | undefined;
}

/** `scanward scans`: prints the scans that were kept, the newest last. @throws OperatorError */
export async function tellScans(options: ScansOptions, host: Host, system: HistorySystem): Promise<void> {
  const style = styleFor(host.isTerminal, host.environment);
  const scans = attempt(options.path, () => newest(options, system));
  if (options.json)
    await writePaced(
      scans.map(({ line }) => line),
      host.stdout,
    );
  else if (scans.length === 0) await writePaced(['no scan was recorded'], host.stdout);
  else await writePaced(rows(scans, scanTable(style)), host.stdout);
}

interface Kept {
  readonly line: string;
  readonly scan: KeptScan;
}

function* rows(scans: readonly Kept[], table: ReturnType<typeof scanTable>): Generator<string> {
  yield table.heading();
  for (const { scan } of scans) yield* table.row(cellsOf(scan));
}

/** In bounded memory, however long the file is. A line that was broken off is no scan. */
function newest({ path, limit = SCANS_KEPT, since }: ScansOptions, system: HistorySystem): Kept[] {
  const fromMs = since === undefined ? -Infinity : momentOf(since, system.clock);
  const max = Math.min(limit, SCANS_KEPT);
  let kept: Kept[] = [];
  for (const text of system.read(path) ?? []) {
    const line = text.trimEnd();
    const scan = readEvent(line);
    if (scan?.kind !== 'scan end' && scan?.kind !== 'distributed scan') continue;
    if (scan.timeMs < fromMs) continue;
    kept.push({ line, scan });
    if (kept.length >= 2 * max) kept = kept.slice(-max);
  }
  return kept.slice(-max);
}

const momentOf = (since: Since, clock: HistorySystem['clock']): number =>
  'atMs' in since ? since.atMs : clock.wallMs() - since.agoMs;

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isRefused = code === 'EACCES' || code === 'EPERM';
    const todo = isRefused
      ? 'it is not for this user: run it as root (sudo), or as the user that the daemon runs as'
      : `${message}: see who wrote it, or name another with --state`;
    throw new OperatorError(isRefused ? ExitCode.capability : ExitCode.runtime, `reading the scans in ${path}`, todo, {
      cause: error,
    });
  }
}
