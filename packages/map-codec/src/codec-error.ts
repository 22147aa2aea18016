/**
 * What was wrong: `LENGTH` too few or too many bytes · `PADDING` a byte that is always zero is not ·
 * `RANGE` a number that does not fit · `TYPE` a value of another kind · `COUNT` an array of another
 * length · `INDEX` a record or element that is not there.
 */
export type CodecErrorCode = 'LENGTH' | 'PADDING' | 'RANGE' | 'TYPE' | 'COUNT' | 'INDEX';

/** Bytes that are no such struct, or a value that none can hold. Test `code`, never the message. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: CodecErrorCode;
  /** Where: `sourceSet.slots[2].touches[31]`. */
  readonly path: string;
  readonly #detail: string;

  constructor(code: CodecErrorCode, path: string, detail: string) {
    super(`${path}: ${detail}`);
    this.code = code;
    this.path = path;
    this.#detail = detail;
  }

  /** The same error seen from the value around it. */
  within(outer: string): CodecError {
    const dot = this.path === '' || this.path.startsWith('[') ? '' : '.';
    return new CodecError(this.code, `${outer}${dot}${this.path}`, this.#detail);
  }
}

/** An error as the value around it throws it on: a CodecError gets `outer` in front of its path. */
export function within(outer: string, error: unknown): Error {
  return error instanceof CodecError ? error.within(outer) : (error as Error);
}
