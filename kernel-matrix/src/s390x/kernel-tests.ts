/** What is run on a big-endian kernel: what depends on the order of bytes, in the order of what to know first. `left-out.ts` has the rest. */
export const KERNEL_TESTS: readonly string[] = [
  'packages/testkit/test/program.kernel.test.ts',
  'packages/loader-native/src/objects/load-object.kernel.test.ts',
  'packages/loader-native/src/links/attach-xdp.kernel.test.ts',
  'bpf/test/program.kernel.test.ts',
  'bpf/test/nets.kernel.test.ts',
  'bpf/test/graces.kernel.test.ts',
  'bpf/test/evasion.kernel.test.ts',
  'bpf/test/blocklist.kernel.test.ts',
  'packages/loader-native/src/maps/bpf-map.kernel.test.ts',
  'packages/loader-native/src/ring-buffer.kernel.test.ts',
  'packages/loader-native/src/lock.kernel.test.ts',
  'packages/loader-native/src/objects/adopt-map.kernel.test.ts',
  'bpf/test/reference.kernel.test.ts',
];
