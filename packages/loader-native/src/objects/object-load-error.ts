/** What is wrong with an object, or with what was asked of it. */
export type ObjectLoadErrorCode =
  | 'FOREIGN_ENDIAN'
  | 'NO_SUCH_CONSTANT'
  | 'CONSTANT_VALUE'
  | 'NO_SUCH_MAP'
  | 'NO_SUCH_PROGRAM'
  | 'MAX_ENTRIES'
  | 'MAP_MISFIT'
  | 'NOT_XDP'
  | 'PIN_BY_NAME'
  | 'SPIN_LOCK_NEEDS_BTF';

/** The object cannot be loaded as asked; the kernel was not the reason, but for `SPIN_LOCK_NEEDS_BTF`. */
export class ObjectLoadError extends Error {
  override readonly name = 'ObjectLoadError';
  readonly code: ObjectLoadErrorCode;

  constructor(code: ObjectLoadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
