/** What is run on a big-endian kernel: all that depends on the order of bytes, in the order of what to know first. */
export interface KernelTests {
  readonly file: string;
  /** Only the tests whose names match. */
  readonly names?: RegExp;
}

export const KERNEL_TESTS: readonly KernelTests[] = [
  { file: 'packages/testkit/test/program.kernel.test.ts' },
  { file: 'packages/cli/test/integration/scan.kernel.test.ts' },
  { file: 'bpf/test/program.kernel.test.ts' },
  { file: 'bpf/test/evasion.kernel.test.ts' },
  { file: 'bpf/test/blocklist.kernel.test.ts' },
  { file: 'bpf/test/reference.kernel.test.ts' },
  { file: 'packages/loader-native/src/objects/load-object.kernel.test.ts' },
  { file: 'packages/loader-native/src/maps/bpf-map.kernel.test.ts' },
];
