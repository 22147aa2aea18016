import type { DaemonEvent, Format } from './events.ts';

/** How urgent an event is to the journal, by the levels of syslog: 4 warning, 5 notice, 6 info. */
const PRIORITIES = {
  connection: 6,
  scan: 4,
  'scan end': 5,
  'distributed scan': 4,
  block: 5,
  unblock: 5,
  lost: 4,
} as const satisfies Record<DaemonEvent['kind'], number>;

/** The same lines, each after its priority as the journal reads it (sd-daemon(3)): `<4>`. */
export function journalFormat(format: Format): Format {
  return (event) => `<${PRIORITIES[event.kind]}>${format(event)}`;
}
