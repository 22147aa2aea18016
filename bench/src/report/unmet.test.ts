import { expect, it } from 'vitest';
import type { Table } from './table.ts';
import { aimCount, unmetAims } from './unmet.ts';

const summary = { median: 3, low: 3, high: 3, rounds: 7 };
const table: Table = {
  name: 'x',
  title: 'Table',
  unit: '',
  columns: ['one', 'two', 'three', 'four'],
  rows: [
    { label: 'row', cells: [{ summary, aim: { atMost: 2 } }, { summary, aim: { atMost: 3 } }, { summary }, undefined] },
  ],
  notes: [],
};

it('names the aims that are missed', () => {
  expect(unmetAims([table])).toEqual(['Table: row, one: 3.00 [<= 2 NOT MET]']);
});

it('counts figures with an aim only', () => {
  expect(aimCount([table])).toEqual({ met: 1, all: 2 });
});
