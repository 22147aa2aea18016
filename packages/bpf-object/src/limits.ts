import { ObjectError } from './error.ts';

/** Named limits: what is larger is refused with code `LIMIT`. All else is bounded by the size of the file. */
export const LIMITS = {
  /** Bytes of an object; its DWARF sections are better stripped. */
  objectBytes: 4 * 1024 * 1024,
  /** Bytes of all zeroed sections (`.bss`) together: their size is only a claim of the file. */
  zeroedBytes: 16 * 1024 * 1024,
  /** Maps of `.maps`; the kernel's verifier takes 64 in a program. */
  maps: 1024,
  /** Bytes of a name; the kernel's KSYM_NAME_LEN less its terminator. */
  nameBytes: 511,
  /** Modifiers, typedefs and arrays around a type; the kernel stops at 32 (MAX_RESOLVE_DEPTH). */
  typeDepth: 32,
  /** Bytes of a type; sizes are 32-bit in BTF. */
  typeBytes: 0xffff_ffff,
  /** Instructions of one program with its subprograms; the kernel's BPF_COMPLEXITY_LIMIT_INSNS. */
  programInstructions: 1_000_000,
  /** Instructions of all programs together: each has its own copy of the subprograms that it calls. */
  objectInstructions: 1_000_000,
  /** Bytes of a function or line record of .BTF.ext; the kernel's MAX_FUNCINFO_REC_SIZE. */
  recordBytes: 252,
} as const;

/** Refuses `value` above the limit, saying what it is. */
export function checkLimit(limit: keyof typeof LIMITS, value: number, what: string): void {
  if (value > LIMITS[limit]) {
    throw new ObjectError('LIMIT', `${what}: ${value} is more than the limit ${limit} (${LIMITS[limit]})`);
  }
}
