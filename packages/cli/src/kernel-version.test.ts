import { expect, test } from 'vitest';
import { isBefore } from './kernel-version.ts';

test.each([
  ['5.10.0-30-amd64', '5.11', true],
  ['5.11.0', '5.11', false],
  ['6.1.0-rc3', '5.18', false],
  ['4.19.300', '5.1', true],
  ['5.9', '5.10', true],
  ['6.12-custom', '6.3', false],
  ['', '5.10', true],
])('%s is before %s: %s', (release, since, before) => {
  expect(isBefore(release, since)).toBe(before);
});
