import { expect, test } from 'vitest';
import { missingCapabilities, requireCapabilities, requireToKeep } from './capabilities.ts';

const status = (bits: number[]) =>
  `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${bits
    .reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n)
    .toString(16)
    .padStart(16, '0')}\n`;

test.each([
  ['root', [12, 21, 38, 39], []],
  ['the smallest set', [12, 38, 39], []],
  ['CAP_SYS_ADMIN stands for all three', [21], []],
  ['no CAP_PERFMON', [12, 39], ['CAP_PERFMON']],
  ['no CAP_BPF', [12, 38], ['CAP_BPF']],
  ['nobody', [], ['CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_BPF']],
])('%s', (_, bits, missing) => {
  expect(missingCapabilities(status(bits))).toEqual(missing);
});

test('the message names what is missing', () => {
  expect(() => requireCapabilities(status([12, 39]))).toThrow(
    'checking rights: CAP_PERFMON missing: run it as root (sudo) or grant CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON',
  );
  expect(() => requireCapabilities('')).toThrow('CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing');
});

test('another user keeps what is held by name, not what CAP_SYS_ADMIN stands for', () => {
  expect(() => {
    requireToKeep(status([6, 7, 12, 38, 39]));
  }).not.toThrow();
  expect(() => {
    requireToKeep(status([6, 7, 12, 21]));
  }).toThrow('becoming another user: CAP_PERFMON, CAP_BPF missing, and CAP_SYS_ADMIN is not kept in their place');
});
