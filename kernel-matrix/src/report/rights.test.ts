import { expect, it } from 'vitest';
import { bootOf, end, plan, recordOf } from '../../test/fake.ts';
import { run } from '../../test/run.ts';
import type { GuestEvent } from '../types.ts';
import { rightsMarkdown, rightsTable } from './rights.ts';

const right = (rights: string, user: string, exitCode = 0, says = ''): GuestEvent => ({
  event: 'right',
  rights,
  user,
  exitCode,
  says,
});
const all = (exitCode: number, says: string): GuestEvent[] => [
  right('none', 'root', 3, 'scanward: BPF missing'),
  right('none', 'nobody', 3, 'scanward: BPF missing'),
  right('BPF', 'root'),
  right('BPF', 'nobody', exitCode, says),
];
const told = {
  ...run,
  records: [
    recordOf(plan('own'), [bootOf('6.18.5'), ...all(0, ''), end]),
    recordOf(plan('5.10'), [bootOf('5.10.0-46'), ...all(8, 'scanward: a `limit`'), right('odd', 'root', 1), end]),
    recordOf(plan('6.1'), [bootOf('6.1.0'), end]),
  ],
};

it('a row for each set of rights, one where the users do not differ; a kernel that told nothing has no column', () => {
  const { table, notes } = rightsTable(told);
  expect(table.head).toEqual(['capabilities', 'user', 'own: 6.18.5', '5.10: 5.10.0-46']);
  expect(table.rows).toEqual([
    ['none', 'root, nobody', 'exit 3, note 1', 'exit 3, note 1'],
    ['BPF', 'root', '✓', '✓'],
    ['BPF', 'nobody', '✓', 'exit 8, note 2'],
    ['odd', 'root', '', 'exit 1'],
  ]);
  expect(notes).toEqual(['scanward: BPF missing', 'scanward: a `limit`']);
});

it('says what made it, and has the errors below', () => {
  const text = rightsMarkdown({ ...told, command: 'make kernel-matrix TESTS=rights' });
  expect(text).toContain('`sudo make kernel-matrix TESTS=rights` on 2026-11-22 22:00 UTC; do not edit');
  expect(text).toMatch(
    /\| BPF \| nobody \| ✓ \| exit 8, note 2 \|\n[^]*\n1\. scanward: BPF missing\n2\. scanward: a \\`limit\\`\n$/,
  );
});
