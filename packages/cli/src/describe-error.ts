import { ObjectError } from '@scanward/bpf-object';
import { WatcherError } from '@scanward/daemon';
import {
  BpfSyscallError,
  MapCreateError,
  ObjectLoadError,
  UnsupportedError,
  VerifierError,
} from '@scanward/loader-native';
import { missingCapabilities } from './capabilities.ts';
import { ExitCode } from './exit-codes.ts';
import { isBefore } from './kernel-version.ts';
import { OperatorError } from './operator-error.ts';

/** What an error's message needs to know of this process and this kernel. */
export interface Circumstances {
  /** `/proc/self/status` */
  readonly status: string;
  /** `/proc/self/limits` */
  readonly limits: string;
  /** `uname -r` */
  readonly release: string;
}

/** Does something; an error that is known becomes one that the operator can mend. */
export function attempt<T>(what: string, circumstances: Circumstances, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toOperatorError(error, what, circumstances);
  }
}

/** Any error as one that says what was attempted and what to do, with its exit code. */
export function toOperatorError(error: unknown, what: string, circumstances: Circumstances): OperatorError {
  if (error instanceof OperatorError) return error;
  const [exitCode, todo] = explain(error, circumstances);
  return new OperatorError(exitCode, what, oneLine(todo), { cause: error });
}

const grant = 'run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON';

/** V8's words for tables that it cannot make. */
const isTooLarge = /^(?:Array buffer allocation failed|Invalid (?:array buffer|typed array) length)/;

function explain(error: unknown, circumstances: Circumstances): [ExitCode, string] {
  if (error instanceof WatcherError) return explain(error.cause, circumstances);
  if (error instanceof UnsupportedError) {
    const { feature, since } = error;
    return [ExitCode.unsupported, `kernel ${circumstances.release} has no ${feature}: use Linux ${since} or later`];
  }
  if (error instanceof VerifierError) {
    if (error.missing.length > 0) return [ExitCode.capability, `${error.missing.join(', ')} missing: ${grant}`];
    const why = `the verifier of kernel ${circumstances.release} refuses the program (${error.summary})`;
    return [ExitCode.unsupported, `${why}: use Linux 5.10 or later, and report this if it is`];
  }
  if (error instanceof ObjectLoadError) return explainLoad(error, circumstances);
  if (error instanceof ObjectError) {
    return [
      ExitCode.object,
      `it is damaged (${error.message}): use the object that this version of scanward was shipped with`,
    ];
  }
  if (error instanceof BpfSyscallError) return explainSyscall(error, circumstances);
  if (error instanceof RangeError && isTooLarge.test(error.message)) {
    return [ExitCode.limit, 'not enough memory for the detector: lower --max-sources'];
  }
  return [ExitCode.runtime, `${error instanceof Error ? error.message : String(error)}: report this`];
}

function explainLoad(error: ObjectLoadError, circumstances: Circumstances): [ExitCode, string] {
  if (error.code !== 'SPIN_LOCK_NEEDS_BTF') {
    return [ExitCode.object, `${error.message}: use the object that this version of scanward was shipped with`];
  }
  const { cause } = error;
  if (cause instanceof BpfSyscallError && cause.code !== 'EINVAL') return explainSyscall(cause, circumstances);
  return [ExitCode.unsupported, `kernel ${circumstances.release} refuses the program's BTF: use Linux 5.10 or later`];
}

function explainSyscall(error: BpfSyscallError, circumstances: Circumstances): [ExitCode, string] {
  const { call, code } = error;
  switch (code) {
    case 'EPERM':
    case 'EACCES':
      return explainRefusal(call, circumstances);
    case 'ENOMEM':
      return [ExitCode.limit, `not enough memory (${whatFor(error)}): lower ${flagsOf(error)}`];
    case 'E2BIG':
      return [ExitCode.limit, `too large for this kernel (${whatFor(error)}): lower ${flagsOf(error)}`];
    case 'EMFILE':
    case 'ENFILE':
      return [ExitCode.limit, `too many open files (${call}): raise the limit with ulimit -n`];
    case 'ENOSYS':
      return [
        ExitCode.unsupported,
        `kernel ${circumstances.release} has no bpf(2) (${call}): use one with CONFIG_BPF_SYSCALL`,
      ];
    default:
      return [ExitCode.runtime, `${call} failed with ${code} on kernel ${circumstances.release}: report this`];
  }
}

const whatFor = (error: BpfSyscallError): string => (error instanceof MapCreateError ? `map ${error.map}` : error.call);

/** Those that make the map so large; of any other map, both: it came too late for what they had left. */
function flagsOf(error: BpfSyscallError): string {
  const map = error instanceof MapCreateError ? error.map : '';
  if (/^(?:sources|singles)$/.test(map)) return '--max-sources';
  return map.startsWith('blocked') ? '--max-blocks' : '--max-sources or --max-blocks';
}

/** Before 5.11 a map that would exceed the locked memory limit was refused with the same code as a missing right. */
function explainRefusal(call: string, { status, limits, release }: Circumstances): [ExitCode, string] {
  const missing = missingCapabilities(status);
  if (missing.length > 0) return [ExitCode.capability, `${missing.join(', ')} missing: ${grant}`];
  const locked = /^Max locked memory\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
  if (call === 'BPF_MAP_CREATE' && locked !== 'unlimited' && isBefore(release, '5.11')) {
    const todo = 'run `ulimit -l unlimited` before it, or set LimitMEMLOCK=infinity in its systemd unit';
    return [ExitCode.limit, `the locked memory limit of ${locked} bytes is too small: ${todo}`];
  }
  const outside = 'the capabilities are held only in a user namespace, or seccomp or lockdown forbids it';
  return [ExitCode.capability, `the kernel refuses ${call}: ${outside}: run it as root of the host`];
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
