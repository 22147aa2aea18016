import { type DaemonEvent, readEvent, textFormat } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { OperatorError } from '../operator-error.ts';
import { writeAsTheyCome } from '../system/paced-output.ts';
import { stderrLog } from '../system/stderr-log.ts';
import { kindName } from './event-kinds.ts';
import { CLIENTS_MAX } from './event-hub.ts';
import type { EventsOptions } from './events-options.ts';
import { ForeignSocketError, type ToldEvents } from './told-events.ts';

/** Connects to a daemon's socket. Throws what the system answers, or ForeignSocketError. */
export type OpenEvents = (path: string, cancel: AbortSignal) => Promise<ToldEvents>;

/** `scanward events`: prints what the daemon remembers, and with `follow` what happens. @throws OperatorError */
export async function tellEvents(options: EventsOptions, host: Host, open: OpenEvents): Promise<void> {
  const cancel = new AbortController();
  const release = host.onSignal(() => {
    cancel.abort();
  });
  try {
    const told = await open(options.path, cancel.signal).catch((error: unknown) => {
      throw refusal(error, options);
    });
    const ended = (isEarly: boolean) => {
      if (cancel.signal.aborted) return;
      if (isEarly) throw refusal(new EarlyEndError(), options);
      stderrLog(host.stderr, host.journal.stderr).info('the daemon has ended');
    };
    await writeAsTheyCome(linesOf(told, options, ended), host.stdout);
  } finally {
    cancel.abort();
    release();
  }
}

/** What is printed: first the last of what is remembered, once all of it is there. */
async function* linesOf(
  told: ToldEvents,
  options: EventsOptions,
  ended: (isEarly: boolean) => void,
): AsyncGenerator<string> {
  const wanted = wantedLine(options);
  let remembered: string[] | undefined = [];
  for await (const text of told) {
    const event = readEvent(text);
    if (remembered && !event && isLive(text)) {
      yield* remembered.slice(-(options.limit ?? remembered.length));
      remembered = undefined;
      if (!options.follow) return;
      continue;
    }
    const line = wanted(text, event);
    if (line === undefined) continue;
    if (remembered) remembered.push(line);
    else yield line;
  }
  ended(remembered !== undefined);
}

/** The line of an event, if it was asked for. */
function wantedLine({
  json,
  kinds,
}: EventsOptions): (text: string, event: DaemonEvent | undefined) => string | undefined {
  const asText = textFormat();
  const names: readonly string[] = kinds;
  return (text, event) => {
    if (names.length > 0 && !(event && names.includes(kindName(event)))) return undefined;
    // A later version may tell what this one has no words for.
    return json ? text : event && asText(event);
  };
}

/** It ended before it had told all that it remembers. */
class EarlyEndError extends Error {}

/** What is told live begins after this line. A quote within a text would be escaped. */
const isLive = (text: string): boolean => text.includes('"action":"live"');

function refusal(error: unknown, { path }: EventsOptions): OperatorError {
  const [code, todo] = explain(error);
  return new OperatorError(code, `reading events at ${path}`, todo, { cause: error });
}

function explain(error: unknown): [ExitCode, string] {
  if (error instanceof EarlyEndError) {
    return [ExitCode.busy, `the daemon takes ${CLIENTS_MAX} readers at a time: end another one`];
  }
  if (error instanceof ForeignSocketError) return [ExitCode.capability, `${error.message}: name another with --events`];
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return [
      ExitCode.absent,
      'no daemon tells any there: start one with scanward run, or name its socket with --events',
    ];
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return [
      ExitCode.capability,
      'it is not for this user: run it as root (sudo), or as the user that the daemon runs as',
    ];
  }
  return [ExitCode.runtime, `${message}: name another with --events`];
}
