/** What `scanward top` was asked for. */
export interface TopOptions {
  readonly intervalMs: number;
  /** undefined: until it is ended. */
  readonly count: number | undefined;
}
