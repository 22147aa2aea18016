import { errnoName } from './kernel/errno.ts';

/** A kernel refused a bpf(2) command. Test `code`, never the message. */
export class BpfSyscallError extends Error {
  override readonly name: string = 'BpfSyscallError';
  /** The command, such as `BPF_MAP_UPDATE_ELEM`. */
  readonly call: string;
  /** The errno's name, such as `E2BIG`; 524 is `ENOTSUPP`. */
  readonly code: string;
  readonly errno: number;

  constructor(call: string, errno: number, attempted?: string) {
    super(`${attempted === undefined ? '' : `${attempted}: `}${call}: ${errnoName(errno)}`);
    this.call = call;
    this.code = errnoName(errno);
    this.errno = errno;
  }
}

/** A batch stopped in the middle: `done` elements were written. */
export class BatchError extends BpfSyscallError {
  override readonly name = 'BatchError';
  readonly done: number;

  constructor(call: string, errno: number, done: number) {
    super(call, errno, `stopped after ${done} elements`);
    this.done = done;
  }
}

/** A map could not be made: `ENOMEM` or `E2BIG` when it is too large. */
export class MapCreateError extends BpfSyscallError {
  override readonly name = 'MapCreateError';
  /** Its name in the object. */
  readonly map: string;

  constructor(errno: number, map: string) {
    super('BPF_MAP_CREATE', errno, `creating map ${map}`);
    this.map = map;
  }
}

/** EPERM, with what is missing. */
export class PermissionError extends BpfSyscallError {
  override readonly name = 'PermissionError';
  /** Capabilities that the call needs and this process has not, such as `CAP_BPF`. */
  readonly missing: readonly string[];
  /** Nothing is missing, but the kernel is older than 5.11 and charges maps to RLIMIT_MEMLOCK. */
  readonly memlock: boolean;

  constructor(call: string, missing: readonly string[], memlock: boolean, attempted?: string) {
    super(call, 1, attempted);
    this.missing = missing;
    this.memlock = memlock;
    this.message += `: ${explainPermission(missing, memlock)}`;
  }
}

function explainPermission(missing: readonly string[], memlock: boolean): string {
  if (missing.length > 0) return `this process lacks ${missing.join(', ')}`;
  if (memlock) return 'the locked-memory limit is too low: raise it (ulimit -l unlimited) or give CAP_SYS_RESOURCE';
  return 'no capability is missing, so a seccomp profile, a security module or a frozen map refuses it';
}

/** The verifier refused a program. */
export class VerifierError extends BpfSyscallError {
  override readonly name = 'VerifierError';
  readonly program: string;
  /** The lines that say why. */
  readonly summary: string;
  /** All that the verifier printed. */
  readonly log: string;
  /** `CAP_PERFMON` when it is missing: older verifiers refuse much without it. */
  readonly missing: readonly string[];

  constructor(errno: number, program: string, log: string, summary: string, missing: readonly string[]) {
    super('BPF_PROG_LOAD', errno, `the verifier refused ${program}`);
    this.program = program;
    this.log = log;
    this.summary = summary;
    this.missing = missing;
    if (missing.length > 0) this.message += ` (this process lacks ${missing.join(', ')})`;
    this.message += `\n${summary}`;
  }
}

/** The running kernel has not what is asked for. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  /** Such as `XDP link`. */
  readonly feature: string;
  /** The first kernel that has it, such as `5.9`. */
  readonly since: string;

  constructor(feature: string, since: string, options?: ErrorOptions) {
    super(`this kernel has no ${feature}: it came with ${since}`, options);
    this.feature = feature;
    this.since = since;
  }
}

/** Something was used after its close(). No system call was made. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';

  constructor(what: string) {
    super(`${what} is closed`);
  }
}
