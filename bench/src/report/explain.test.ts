import { expect, it } from 'vitest';
import { explain } from './explain.ts';
import type { Table } from './table.ts';

const cell = (median: number) => ({ summary: { median, low: median, high: median, rounds: 7 } });

it('says only what was measured', () => {
  const lists: Table = {
    name: 'lists',
    title: '',
    unit: '',
    columns: ['load, ms', 'list, ms', 'of which the kernel’s, ms'],
    rows: [{ label: '1,000,000 blocks', cells: [cell(1), cell(2_000), cell(500)] }],
    notes: [],
  };
  const lines = explain([lists]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('of 2,000 ms to list 1,000,000 blocks 500 ms are');
  expect(explain([])).toEqual([]);
});
