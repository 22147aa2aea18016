import type { Except } from '../guest/runner.ts';
import { LEFT_OUT } from '../left-out.ts';

/** The panic was seen twice, right at this test, and never without it; the program itself has no tail calls. */
const TAIL_CALLS =
  'wraps the program by tail calls, at which the emulated kernel, which has no JIT, panicked (corrupt kernel stack)';

/** What is run on a big-endian kernel: what depends on the order of bytes, in the order of what to know first. */
export const KERNEL_TESTS: readonly { readonly file: string; readonly except?: Except }[] = [
  { file: 'packages/testkit/test/program.kernel.test.ts' },
  { file: 'packages/loader-native/src/objects/load-object.kernel.test.ts' },
  { file: 'packages/loader-native/src/links/attach-xdp.kernel.test.ts' },
  {
    file: 'bpf/test/program.kernel.test.ts',
    except: {
      names: 'a full ring of',
      why: TAIL_CALLS,
    },
  },
  { file: 'bpf/test/nets.kernel.test.ts' },
  { file: 'bpf/test/graces.kernel.test.ts' },
  { file: 'bpf/test/evasion.kernel.test.ts' },
  { file: 'bpf/test/blocklist.kernel.test.ts' },
  { file: 'packages/loader-native/src/maps/bpf-map.kernel.test.ts' },
  {
    file: 'packages/loader-native/src/ring-buffer.kernel.test.ts',
    except: {
      names: 'the same while another thread writes',
      why: 'a race of two threads, for which one emulated processor takes more than a minute',
    },
  },
  { file: 'packages/loader-native/src/lock.kernel.test.ts' },
  { file: 'packages/loader-native/src/objects/adopt-map.kernel.test.ts' },
  { file: 'bpf/test/reference.kernel.test.ts' },
];

const DAEMON = 'what the command prints and does, the same on every processor';
const LONG =
  'more packets than an emulated processor has time for; program.kernel.test.ts and reference.kernel.test.ts run the same program';

/** Kernel tests that other guests run and this one does not, and why. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'bpf/test/clock.kernel.test.ts': 'compares instructions of two builds of one source, the same for every processor',
  'bpf/test/cpus.kernel.test.ts': 'races of many processors: this machine has one',
  'bpf/test/flood.kernel.test.ts': LONG,
  'bpf/test/fuzz.kernel.test.ts': LONG,
  'packages/cli/test/integration/scan.kernel.test.ts':
    'a hook of it failed here, for a reason that is not known: no scan was seen on this kernel yet',
  ...Object.fromEntries(
    ['interfaces', 'pins', 'room', 'stop', 'wrapped'].map((name) => [
      `packages/cli/test/integration/${name}.kernel.test.ts`,
      DAEMON,
    ]),
  ),
};

/** Kernel tests that are not run there, and why. */
export const NOT_RUN: readonly { readonly file: string; readonly why: string }[] = Object.entries({
  ...LEFT_OUT,
  ...NOT_HERE,
}).map(([file, why]) => ({ file, why }));
