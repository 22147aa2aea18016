import type { DaemonEvent } from '@scanward/daemon';

/** The kinds of events, as a command line names them. */
export const EVENT_KINDS = [
  ...['connection', 'scan', 'scan-end', 'distributed-scan'],
  ...['block', 'unblock', 'lost'],
] as const;

/** That of an event. */
export const kindName = ({ kind }: DaemonEvent): string => kind.replace(' ', '-');
