import { features } from '@scanward/loader-native';
import { FakeSys } from '@scanward/loader-native/testing';
import { expect, test } from 'vitest';
import { clockKind } from './clock-kind.ts';

test('the coarse clock where the kernel has it, the exact one where the verifier does not know its helper', () => {
  expect(clockKind(features(new FakeSys()))).toBe(2);
  expect(clockKind(features(new FakeSys().refuse('BPF_PROG_LOAD', 'EINVAL')))).toBe(0);
});
