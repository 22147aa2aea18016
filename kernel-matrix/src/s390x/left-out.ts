/** Test files that are not run on s390x, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'packages/map-codec/src/package.test.ts': 'runs npm and the compiler of TypeScript',
  'packages/detector/src/detector.garbage.test.ts': 'measures the memory of optimised code, which is switched off',
  'packages/packet/src/parse.prop.test.ts': 'must meet every branch, which takes more packets than there is time for',
  'packages/loader-native/src/native/addon.prop.test.ts': 'calls the kernel, of which there is none of that kind',
};
