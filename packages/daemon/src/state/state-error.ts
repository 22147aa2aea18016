/** `unreadable`: the file itself cannot be read; `torn`: it ends too early; `syntax`: a line is none of ours. */
export type StateErrorCode = 'version' | 'checksum' | 'torn' | 'syntax' | 'unreadable';

/** A state file that is not what was written, or that is of another version. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: StateErrorCode;
  /** Counted from 1; undefined where no line is to blame. */
  readonly line: number | undefined;

  constructor(code: StateErrorCode, message: string, line?: number, options?: ErrorOptions) {
    super(line === undefined ? message : `line ${line}: ${message}`, options);
    this.code = code;
    this.line = line;
  }
}
