import { ObjectError } from '@scanward/bpf-object';
import { WatcherError } from '@scanward/daemon';
import {
  BpfSyscallError,
  MapCreateError,
  ObjectLoadError,
  UnsupportedError,
  VerifierError,
} from '@scanward/loader-native';
import { expect, test } from 'vitest';
import { attempt, toOperatorError } from './describe-error.ts';
import { OperatorError } from './operator-error.ts';

const root = 'CapEff:\t000001ffffffffff\n';
const nobody = 'CapEff:\t0000000000000000\n';
const limits = (bytes: string) =>
  `Limit  Soft Limit  Hard Limit  Units\nMax locked memory         ${bytes}    ${bytes}   bytes\n`;
const here = { status: root, limits: limits('unlimited'), release: '6.18.0-1-amd64' };

const described = (error: unknown, circumstances: Partial<typeof here> = {}) => {
  const { exitCode, message } = toOperatorError(error, 'loading the program', { ...here, ...circumstances });
  return `${exitCode} ${message}`;
};

test.each([
  [
    'a feature that is not there',
    new UnsupportedError('XDP link', '5.9'),
    { release: '5.4.0' },
    '4 loading the program: kernel 5.4.0 has no XDP link: use Linux 5.9 or later',
  ],
  [
    'the verifier',
    new VerifierError(13, 'scanward', 'long log', 'R1 invalid mem access\n  insn 12', []),
    {},
    '4 loading the program: the verifier of kernel 6.18.0-1-amd64 refuses the program (R1 invalid mem access insn 12): use Linux 5.10 or later, and report this if it is',
  ],
  [
    'the verifier, for want of a right',
    new VerifierError(13, 'scanward', 'long log', 'pointer comparison prohibited', ['CAP_PERFMON']),
    {},
    '3 loading the program: CAP_PERFMON missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON',
  ],
  [
    'a damaged object',
    new ObjectError('TRUNCATED', 'section 3 ends at 900 of 500'),
    {},
    '7 loading the program: it is damaged (section 3 ends at 900 of 500): use the object that this version of scanward was shipped with',
  ],
  [
    'a missing right',
    new BpfSyscallError('BPF_MAP_CREATE', 1),
    { status: nobody },
    '3 loading the program: CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON',
  ],
  [
    'locked memory, before 5.11',
    new BpfSyscallError('BPF_MAP_CREATE', 1),
    { release: '5.10.0-46-amd64', limits: limits('65536') },
    '8 loading the program: the locked memory limit of 65536 bytes is too small: run `ulimit -l unlimited` before it, or set LimitMEMLOCK=infinity in its systemd unit',
  ],
  [
    "a refusal that is nobody's fault here",
    new BpfSyscallError('BPF_MAP_CREATE', 1),
    { limits: limits('65536') },
    '3 loading the program: the kernel refuses BPF_MAP_CREATE: the capabilities are held only in a user namespace, or seccomp or lockdown forbids it: run it as root of the host',
  ],
  [
    'memory',
    new BpfSyscallError('BPF_MAP_CREATE', 12),
    {},
    '8 loading the program: not enough memory (BPF_MAP_CREATE): lower --max-sources or --max-blocks',
  ],
  [
    'memory for the sources',
    new MapCreateError(12, 'sources'),
    {},
    '8 loading the program: not enough memory (map sources): lower --max-sources',
  ],
  [
    'a blocklist that is too large for the kernel',
    new MapCreateError(7, 'blocked'),
    {},
    '8 loading the program: too large for this kernel (map blocked): lower --max-blocks',
  ],
  [
    'memory for a map that no flag makes large',
    new MapCreateError(12, 'connections'),
    {},
    '8 loading the program: not enough memory (map connections): lower --max-sources or --max-blocks',
  ],
  [
    'memory for the detector',
    new RangeError('Array buffer allocation failed'),
    {},
    '8 loading the program: not enough memory for the detector: lower --max-sources',
  ],
  [
    'a table that is larger than any',
    new RangeError('Invalid typed array length: 4299161600'),
    {},
    '8 loading the program: not enough memory for the detector: lower --max-sources',
  ],
  ['a limit that is no memory', new RangeError('out of range'), {}, '1 loading the program: out of range: report this'],
  [
    'descriptors',
    new BpfSyscallError('BPF_MAP_CREATE', 24),
    {},
    '8 loading the program: too many open files (BPF_MAP_CREATE): raise the limit with ulimit -n',
  ],
  [
    'no bpf(2)',
    new BpfSyscallError('BPF_MAP_CREATE', 38),
    {},
    '4 loading the program: kernel 6.18.0-1-amd64 has no bpf(2) (BPF_MAP_CREATE): use one with CONFIG_BPF_SYSCALL',
  ],
  [
    'a kernel that does not know the types',
    new ObjectLoadError('SPIN_LOCK_NEEDS_BTF', 'x', { cause: new BpfSyscallError('BPF_BTF_LOAD', 22) }),
    { release: '4.19.0' },
    "4 loading the program: kernel 4.19.0 refuses the program's BTF: use Linux 5.10 or later",
  ],
  [
    'types that cannot be loaded for another reason',
    new ObjectLoadError('SPIN_LOCK_NEEDS_BTF', 'x', { cause: new BpfSyscallError('BPF_BTF_LOAD', 38) }),
    {},
    '4 loading the program: kernel 6.18.0-1-amd64 has no bpf(2) (BPF_BTF_LOAD): use one with CONFIG_BPF_SYSCALL',
  ],
  [
    'an object that cannot be loaded as asked',
    new ObjectLoadError('NO_SUCH_CONSTANT', 'the object has no constant secret'),
    {},
    '7 loading the program: the object has no constant secret: use the object that this version of scanward was shipped with',
  ],
  [
    'what is not foreseen',
    new BpfSyscallError('BPF_MAP_FREEZE', 16),
    {},
    '1 loading the program: BPF_MAP_FREEZE failed with EBUSY on kernel 6.18.0-1-amd64: report this',
  ],
  ['any other error', new TypeError('x is\n  undefined'), {}, '1 loading the program: x is undefined: report this'],
  ['what is no error', 'text', {}, '1 loading the program: text: report this'],
])('%s', (_, error, circumstances, message) => {
  expect(described(error, circumstances)).toBe(message);
});

test("a watcher's error is told by its cause", () => {
  expect(described(new WatcherError('tracking', new BpfSyscallError('BPF_MAP_LOOKUP_ELEM', 12)))).toBe(
    '8 loading the program: not enough memory (BPF_MAP_LOOKUP_ELEM): lower --max-sources or --max-blocks',
  );
});

test("an operator's error stays as it is, and what works is returned", () => {
  const error = new OperatorError(6, 'attaching to veth0', 'another program');
  const thrower = () => {
    throw error;
  };
  expect(() => attempt('x', here, thrower)).toThrow(error);
  expect(attempt('x', here, () => 5)).toBe(5);
});
