import type { Clock, Log } from '@scanward/daemon';
import type { RunOptions } from '../flags/run-options.ts';
import { HistoryFile } from '../history/history-file.ts';
import { historyPath } from '../history/history-path.ts';
import { ScanHistory } from '../history/scan-history.ts';
import type { Umask } from '../system/unix-socket.ts';
import { type Listener, openEvents } from './open-events.ts';

/**
 * Who hears of a run's events besides the reader of stdout: the clients of its socket, and the history of scans.
 *
 * @throws OperatorError if a socket was named and cannot be had
 */
export async function openListeners(
  options: Pick<RunOptions, 'events' | 'name' | 'state'>,
  isPinned: boolean,
  clock: Pick<Clock, 'wallMs'>,
  log: Log,
  umask: Umask,
): Promise<Listener> {
  const path = historyPath(options.state, options.name, isPinned);
  const history = path === undefined ? undefined : new ScanHistory(new HistoryFile(path), log);
  const events = await openEvents(options, () => clock.wallMs(), log, umask);
  const listeners: readonly Listener[] = [history, events].filter((one) => one !== undefined);
  return {
    take: (event) => {
      for (const listener of listeners) listener.take(event);
    },
    close: async () => {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}
