import { readFileSync } from 'node:fs';
import { repositoryFile } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { RIGHTS, rightsOfFlags } from './rights.ts';

const makefile = readFileSync(repositoryFile('Makefile'), 'utf8').replaceAll('\\\n', ' ');
const flags = /^RIGHTS = (.*)$/m.exec(makefile)?.[1];

test('make docker-run gives the rights that the manifests give', () => {
  expect(rightsOfFlags(flags!)).toEqual(RIGHTS);
});

test.each([
  [' --cap-add PERFMON', ''],
  ['--cap-add BPF', '--cap-add SYS_ADMIN'],
  ['--cap-drop ALL', ''],
  ['--read-only', '--privileged'],
  ['--security-opt no-new-privileges', ''],
])('%s as %s is noticed', (right, wrong) => {
  expect(flags).toContain(right);
  expect(rightsOfFlags(flags!.replace(right, wrong))).not.toEqual(RIGHTS);
});
