/** The one list of kernel tests that no guest runs, or not on every architecture, and why. */
import type { Arch } from './types.ts';

/** Why on each architecture that leaves it out. */
type Reasons = Partial<Readonly<Record<Arch, string>>>;

/** All of a file, or those tests of it whose names match. */
export interface LeftOut {
  readonly file: string;
  /** A regular expression; none: all tests of the file. */
  readonly names?: string;
  readonly why: string;
}

const TOOL = 'is about a tool of the tests';
const DAEMON = 'is what the command prints and does, the same on every processor';
const LONG =
  'has more packets than an emulated processor has time for; program.kernel.test.ts and reference.kernel.test.ts run the same program';
/** The panic was seen twice, right at this test, and never without it; the program itself has no tail calls. */
const TAIL_CALLS =
  'wraps the program by tail calls, at which the emulated kernel, which has no JIT, panicked (corrupt kernel stack)';

const more = (of: string): string => `is more of what ${of}.kernel.test.ts does`;
const around = (file: string): string => `is what bpf/test/${file}.kernel.test.ts shows, with the command around it`;

/** Tests of the daemon, by the names of their files: no guest of s390x runs one. */
const INTEGRATION: Readonly<Record<string, string | undefined>> = {
  commands: 'is what commands do with maps that no kernel keeps otherwise',
  configuration: 'is about a file and a signal, which no kernel changes',
  events: 'is about what is told and kept, which no kernel changes',
  completion: 'is about shells',
  doctor: 'looks at the machine that it runs on: its checks are tested without one',
  flood: around('flood'),
  forged: 'is about rules that no kernel changes',
  full: around('blocklist'),
  interfaces: undefined,
  kills: more('pins'),
  'kills-at-random': more('pins'),
  kinds: undefined,
  man: 'is about the manual',
  metrics: 'is about HTTP and Prometheus, which no kernel changes',
  'million-blocks': 'is about memory of a process',
  nmap: more('scan'),
  operations: 'is what commands print, which no kernel changes',
  ordinary: 'is about rules that no kernel changes',
  output: 'is about what is printed, which no kernel changes',
  pins: undefined,
  'pins-changed': more('pins'),
  report: 'is about what is printed, which no kernel changes',
  rights: 'is a table of its own, which make rights makes',
  replay: 'is about captures, which no kernel changes',
  room: undefined,
  rotation: around('program'),
  shapes: 'is about rules that no kernel changes',
  'slow-reader': 'is about a pipe of the shell, which no kernel changes',
  stop: more('scan'),
  techniques: 'is about scanners: scan.kernel.test.ts has those that matter to a kernel',
  threshold: around('program'),
  user: undefined,
  top: 'is about a terminal, which no kernel changes',
  wrapped: around('program'),
};

const LIST: readonly (Omit<LeftOut, 'why'> & Reasons)[] = [
  { file: 'bpf/test/clock.kernel.test.ts', names: '^the same program twice', 'x86-64': TOOL },
  {
    file: 'bpf/test/clock.kernel.test.ts',
    s390x: 'compares instructions of two builds of one source, the same for every processor',
  },
  { file: 'bpf/test/cpus.kernel.test.ts', s390x: 'is about races of many processors: this machine has one' },
  { file: 'bpf/test/flood.kernel.test.ts', s390x: LONG },
  { file: 'bpf/test/fuzz.kernel.test.ts', s390x: LONG },
  {
    file: 'bpf/test/mutation.kernel.test.ts',
    'x86-64': 'shows which faults the tests find',
    s390x: 'shows which faults the tests find',
  },
  { file: 'bpf/test/program.kernel.test.ts', names: 'a full ring of', s390x: TAIL_CALLS },
  {
    file: 'packages/loader-native/src/ring-buffer.kernel.test.ts',
    names: 'the same while another thread writes',
    s390x: 'is a race of two threads, for which one emulated processor takes more than a minute',
  },
  { file: 'packages/testkit/test/flooded-program.kernel.test.ts', 'x86-64': TOOL, s390x: TAIL_CALLS },
  { file: 'packages/testkit/test/lab.kernel.test.ts', 'x86-64': TOOL, s390x: TOOL },
  { file: 'packages/cli/src/system/state-file.kernel.test.ts', 'x86-64': 'is about files', s390x: DAEMON },
  { file: 'packages/cli/src/privileges/hand-over.kernel.test.ts', 'x86-64': 'is about files', s390x: DAEMON },
  {
    file: 'packages/cli/test/bad-input.kernel.test.ts',
    names: '^a bad flag|^not root|^an object|bpf\\(2\\)',
    'x86-64': 'is refused before the kernel is asked, or by an error that the test makes itself',
  },
  { file: 'packages/cli/test/bad-input.kernel.test.ts', s390x: DAEMON },
  {
    file: 'packages/cli/test/integration/scan.kernel.test.ts',
    s390x: 'a hook of it failed here, for a reason that is not known: no scan was seen on this kernel yet',
  },
  {
    file: 'packages/cli/test/integration/pins.kernel.test.ts',
    names: '^after kill -9',
    'x86-64': 'is, but for the start that follows, what the other test of pins does',
  },
  {
    file: 'packages/cli/test/integration/interfaces.kernel.test.ts',
    names: '^without -i',
    'x86-64': 'is what the routing table says, which no kernel changes',
  },
  {
    file: 'packages/cli/test/integration/user.kernel.test.ts',
    names: '^--user',
    'x86-64': 'is setuid(2) and whose the files are, which no kernel changes',
  },
  {
    file: 'packages/cli/test/integration/room.kernel.test.ts',
    names: '^small tables',
    'x86-64': 'compares figures of the kernel as its other test does, of tables where they hardly matter',
  },
  {
    file: 'packages/cli/test/integration/kinds.kernel.test.ts',
    names:
      'late|backscatter|badsum|whoever owns|to a group|masquerades|six services|with any|published|max-new|no-keep|fragments',
    'x86-64': 'is about rules that no kernel changes',
  },
  ...Object.entries(INTEGRATION).map(([name, why]) => ({
    file: `packages/cli/test/integration/${name}.kernel.test.ts`,
    ...(why === undefined ? {} : { 'x86-64': why }),
    s390x: DAEMON,
  })),
];

/** What guests of an architecture leave out. */
export function leftOut(arch: Arch): readonly LeftOut[] {
  return LIST.flatMap(({ file, names, [arch]: reason }) =>
    reason === undefined
      ? []
      : [{ file, ...(names === undefined ? {} : { names }), why: `${reason}: make test runs it` }],
  );
}

/** Why a guest of an architecture leaves a whole file out; undefined when it runs it. */
export const whyNot = (arch: Arch, file: string): string | undefined =>
  leftOut(arch).find((each) => each.file === file && each.names === undefined)?.why;

/** Whether a file was asked for by all of its name, `rights`: then it is run although it is left out. */
export const isNamed = (file: string, tests: string): boolean => file.endsWith(`/${tests}.kernel.test.ts`);

/** Which tests of a file that it runs a guest leaves out. */
export const exceptOf = (arch: Arch, file: string): LeftOut | undefined =>
  leftOut(arch).find((each) => each.file === file && each.names !== undefined);
