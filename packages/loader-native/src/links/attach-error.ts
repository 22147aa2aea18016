import type { AttachedXdp } from '../network/links.ts';

export type AttachErrorCode =
  /** There is no such interface (any more). */
  | 'NO_INTERFACE'
  /** Its driver takes programs only while it is up. */
  | 'INTERFACE_DOWN'
  /** Another XDP program is attached; `replace` would take it off. */
  | 'FOREIGN_PROGRAM'
  /** The other program is held by a link of its owner: only the owner can take it off. */
  | 'FOREIGN_LINK';

/** A program could not be attached to an interface, and why. */
export class AttachError extends Error {
  override readonly name = 'AttachError';
  readonly code: AttachErrorCode;
  readonly ifindex: number;
  /** The programs that are in the way. */
  readonly foreign: readonly AttachedXdp[];

  constructor(code: AttachErrorCode, ifindex: number, message: string, foreign: readonly AttachedXdp[] = []) {
    super(message);
    this.code = code;
    this.ifindex = ifindex;
    this.foreign = foreign;
  }
}
