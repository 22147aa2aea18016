const WHY: Readonly<Record<string, readonly string[]>> = {
  'shows which faults the tests find': ['bpf/test/mutation'],
  'is about a tool of the tests': ['packages/testkit/test/lab', 'packages/testkit/test/flooded-program'],
  'is what bpf/test/flood.kernel.test.ts shows, with the command around it': ['packages/cli/test/integration/flood'],
  'is what bpf/test/blocklist.kernel.test.ts shows, with the command around it': ['packages/cli/test/integration/full'],
  'is what bpf/test/program.kernel.test.ts shows, with the command around it': [
    'packages/cli/test/integration/rotation',
    'packages/cli/test/integration/threshold',
  ],
  'is more of what scan.kernel.test.ts does': ['packages/cli/test/integration/nmap'],
  'is what commands do with maps that no kernel keeps otherwise': ['packages/cli/test/integration/commands'],
  'is about memory of a process': ['packages/cli/test/integration/million-blocks'],
  'is more of what pins.kernel.test.ts does': [
    'packages/cli/test/integration/kills',
    'packages/cli/test/integration/kills-at-random',
    'packages/cli/test/integration/pins-changed',
  ],
  'is about files': ['packages/cli/src/system/state-file'],
  'is about what is printed, which no kernel changes': [
    'packages/cli/test/integration/output',
    'packages/cli/test/integration/report',
  ],
  'is about a pipe of the shell, which no kernel changes': ['packages/cli/test/integration/slow-reader'],
  'is what the command says of calls that are refused, by a filter of its own and not by the kernel': [
    'packages/cli/test/bad-input',
  ],
};

/** Kernel tests that are not worth their time in a guest, and why: `make test` runs them on the machine's own kernel. */
export const LEFT_OUT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WHY).flatMap(([why, files]) =>
    files.map((file) => [`${file}.kernel.test.ts`, `${why}: make test runs it`]),
  ),
);
