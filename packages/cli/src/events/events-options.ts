import type { EVENT_KINDS } from './event-kinds.ts';

export type EventKindName = (typeof EVENT_KINDS)[number];

/** What `scanward events` was asked for. */
export interface EventsOptions {
  readonly path: string;
  readonly follow: boolean;
  readonly json: boolean;
  /** Of those that are remembered. */
  readonly limit: number | undefined;
  /** Empty: all. */
  readonly kinds: readonly EventKindName[];
}
