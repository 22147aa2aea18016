import type { JournalStreams } from './system/journal.ts';
import type { LineStream } from './system/line-sink.ts';

/** What the process has been given; only main.ts makes one from `process`. */
export interface Host {
  readonly pid: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: LineStream;
  readonly stderr: LineStream;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Whether stderr is one. */
  readonly isErrorTerminal: boolean;
  /** Which of them the journal reads. */
  readonly journal: JournalStreams;
  /** Calls back at each SIGINT and SIGTERM; the returned function stops that. */
  onSignal(callback: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
  /** Calls back at each SIGHUP; the returned function stops that. */
  onReload(callback: () => void): () => void;
  /** Ends the process at once; the kernel then detaches, because the links are descriptors, unless they are pinned. */
  exit(code: number): void;
}
