import type { Features } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import { isBefore } from '../kernel-version.ts';
import type { Facts } from './facts.ts';
import { type Finding, missing, ok, refused, unseen, warning } from './finding.ts';

/** The first kernel that the program is loaded on. */
const OLDEST = '5.10';

export function checkRelease({ release }: Pick<Facts, 'release'>): Finding {
  if (!isBefore(release, OLDEST)) return ok('kernel', `Linux ${release}`);
  return missing('kernel', ExitCode.unsupported, `Linux ${release}`, `use Linux ${OLDEST} or later`);
}

type Feature = Exclude<keyof Features, 'release' | 'bloomFilter' | 'jit'>;

/** What a feature is, the first kernel with it, and, where it can be done without, what that costs. */
const known: Readonly<Record<Feature, readonly [check: string, since: string, without?: string]>> = {
  xdpLink: ['XDP link', '5.9'],
  ringBuffer: ['ring buffer', '5.8'],
  batch: ['batches of maps', '5.6'],
  mmapableArray: ['mapped arrays', '5.5'],
  coarseClock: ['coarse clock', '5.11', 'each packet reads the finer clock, which takes longer'],
  xdpFrags: ['XDP frags', '5.18', 'native XDP takes no frames of several buffers, as with a large MTU'],
};

export function checkFeatures({ features, clocksource }: Pick<Facts, 'features' | 'clocksource'>): Finding[] {
  if ('unseen' in features) return [unseen('features', features)];
  if ('refusal' in features) return [refused('features', features.refusal)];
  return Object.entries(known).map(([name, [check, since, without]]) => {
    if (features.value[name as Feature]) return ok(check, `there (Linux ${since} or later)`);
    if (without === undefined) return missing(check, ExitCode.unsupported, 'not there', `use Linux ${since} or later`);
    const clock = name === 'coarseClock' && clocksource !== undefined ? ` (clock source ${clocksource.trim()})` : '';
    return warning(check, `not there${clock}: ${without}`, `use Linux ${since} or later`);
  });
}

export function checkBtf({ hasBtf }: Pick<Facts, 'hasBtf'>): Finding {
  return ok('BTF', hasBtf ? 'the kernel has it' : 'the kernel has none, and none is needed');
}

/** In a network namespace of its own a process does not see these settings: a program that was loaded tells all the same. */
export function checkJit({ jitEnable, jitHarden, features }: Facts): Finding {
  const tried = 'value' in features ? (features.value.jit ? '1' : '0') : undefined;
  const enabled = jitEnable?.trim() ?? tried;
  if (enabled === undefined)
    return warning('JIT', 'not looked at: net.core.bpf_jit_enable is not to be read here', 'run it as root (sudo)');
  if (enabled === '0') return warning('JIT', 'off: programs are interpreted', 'sysctl -w net.core.bpf_jit_enable=1');
  if (enabled === '2') {
    return warning('JIT', 'on, and prints programs into the kernel log', 'sysctl -w net.core.bpf_jit_enable=1');
  }
  if (jitHarden?.trim() === '2') {
    return warning('JIT', 'on, hardened for root too: slower', 'sysctl -w net.core.bpf_jit_harden=1');
  }
  return ok('JIT', 'on');
}

export function checkUnprivileged({ unprivilegedBpf }: Pick<Facts, 'unprivilegedBpf'>): Finding {
  const check = 'unprivileged BPF';
  if (unprivilegedBpf === undefined) return ok(check, 'no setting for it here');
  if (unprivilegedBpf.trim() !== '0') return ok(check, 'off');
  return warning(check, 'on: any user may load programs', 'sysctl -w kernel.unprivileged_bpf_disabled=2');
}

export function checkLockdown({ lockdown }: Pick<Facts, 'lockdown'>): Finding {
  const mode = /\[(\w+)\]/.exec(lockdown ?? '')?.[1] ?? 'none';
  if (mode !== 'confidentiality') return ok('lockdown', mode);
  return warning('lockdown', `${mode}: some kernels then refuse programs`, 'if so, boot with lockdown=integrity');
}
