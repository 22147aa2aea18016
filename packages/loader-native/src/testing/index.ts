export { FakeSys, type FakeCondition } from './fake-sys.ts';
export { isAtLeast, NEEDS, needs, needsCpus, type Need } from './needs.ts';
