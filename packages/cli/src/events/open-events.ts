import type { EventTaker, Log } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { OperatorError } from '../operator-error.ts';
import { EventHub } from './event-hub.ts';
import { EventMemory } from './event-memory.ts';
import { eventPath } from './event-path.ts';
import type { Umask } from '../system/unix-socket.ts';
import { listenForClients, SocketBusyError } from './event-socket.ts';

/** Hears of events until it is closed. */
export interface Listener extends EventTaker {
  /** What it heard last is where it belongs, or cannot be. */
  close(): Promise<void>;
}

/**
 * Tells events to whoever connects to the instance's socket; undefined: there is none. One that was not named may fail: that is
 * warned of.
 *
 * @param nowMs milliseconds since 1970
 * @throws OperatorError if it was named and cannot be had
 */
export async function openEvents(
  { events, name }: Pick<RunOptions, 'events' | 'name'>,
  nowMs: () => number,
  log: Log,
  umask: Umask,
): Promise<Listener | undefined> {
  const path = eventPath(events, name);
  if (path === undefined) return undefined;
  const hub = new EventHub(new EventMemory(), nowMs);
  try {
    const socket = await listenForClients(path, hub, umask);
    return {
      take: (event) => {
        hub.take(event);
      },
      close: () => socket.close(),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const todo = `${why}: name another with --events, or say --no-events`;
    if (events === undefined) {
      log.warn(`events are told on stdout only, not at ${path}: ${todo}`);
      return undefined;
    }
    const code = error instanceof SocketBusyError ? ExitCode.busy : ExitCode.runtime;
    throw new OperatorError(code, `telling events at ${path}`, todo, { cause: error });
  }
}
