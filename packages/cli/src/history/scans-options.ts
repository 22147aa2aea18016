/** From when on: so long ago, or a time in milliseconds since 1970. */
export type Since = { readonly agoMs: number } | { readonly atMs: number };

/** What `scanward scans` was asked for. */
export interface ScansOptions {
  /** The history. */
  readonly path: string;
  readonly json: boolean;
  readonly limit: number | undefined;
  readonly since: Since | undefined;
}
