/**
 * What was wrong with an object. Stable: callers test the code, never the text.
 *
 * - `LIMIT`: larger than a named limit (see {@link LIMITS})
 * - `TRUNCATED`: something reaches past the end of what holds it
 * - `ELF_HEADER` `ELF_SECTION` `ELF_SYMBOL` `ELF_STRING`: not a BPF ELF64 relocatable object, or a damaged one
 * - `BTF_HEADER` `BTF_STRING` `BTF_TYPE` `BTF_DATASEC` `BTF_EXT`: damaged type information
 * - `BTF_CYCLE`: a type that contains itself, or nests deeper than any kernel accepts
 * - `BTF_MISSING`: maps need type information, and there is none
 * - `MAP_DEFINITION` `MAP_ATTRIBUTE`: a map of `.maps` that makes no sense, or an attribute that is unknown
 * - `INNER_MAP` `LEGACY_MAPS` `CORE_RELOCATION` `EXTERN` `DATA_RELOCATION` `KERNEL_FUNCTION`: features that are refused
 * - `FUNCTION` `INSTRUCTION` `RELOCATION`: code that cannot be taken apart, or refers to something that is not there
 * - `DUPLICATE_NAME`: two maps, programs or sections of one name
 * - `LICENSE`: the licence is no text that ends
 * - `TYPE_UNKNOWN`: a layout was asked for that the type information does not have (or has twice)
 * - `DESCRIPTOR`: linking was handed something that is no file descriptor
 */
export type ObjectErrorCode =
  | 'LIMIT'
  | 'TRUNCATED'
  | 'ELF_HEADER'
  | 'ELF_SECTION'
  | 'ELF_SYMBOL'
  | 'ELF_STRING'
  | 'BTF_HEADER'
  | 'BTF_STRING'
  | 'BTF_TYPE'
  | 'BTF_DATASEC'
  | 'BTF_EXT'
  | 'BTF_CYCLE'
  | 'BTF_MISSING'
  | 'MAP_DEFINITION'
  | 'MAP_ATTRIBUTE'
  | 'INNER_MAP'
  | 'LEGACY_MAPS'
  | 'CORE_RELOCATION'
  | 'EXTERN'
  | 'DATA_RELOCATION'
  | 'KERNEL_FUNCTION'
  | 'FUNCTION'
  | 'INSTRUCTION'
  | 'RELOCATION'
  | 'DUPLICATE_NAME'
  | 'LICENSE'
  | 'TYPE_UNKNOWN'
  | 'DESCRIPTOR';

/** The only error that this package throws: `code` says what kind, `message` what and where. */
export class ObjectError extends Error {
  readonly code: ObjectErrorCode;

  constructor(code: ObjectErrorCode, message: string) {
    super(message);
    this.name = 'ObjectError';
    this.code = code;
  }
}
