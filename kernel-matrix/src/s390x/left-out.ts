/** Test files that are not run on s390x, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'packages/map-codec/src/package.test.ts': 'runs npm and the compiler of TypeScript',
};
