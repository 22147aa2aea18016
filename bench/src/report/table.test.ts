import { describe, expect, it } from 'vitest';
import { cellText, isMet, tableMarkdown, tableText, type Table } from './table.ts';

const summary = { median: 2.3, low: 2.2, high: 2.4, rounds: 7 };

describe('aims', () => {
  it('holds the median against it', () => {
    expect(isMet({ summary, aim: { atMost: 2.3 } })).toBe(true);
    expect(isMet({ summary, aim: { atMost: 2.29 } })).toBe(false);
    expect(isMet({ summary, aim: { atLeast: 2.31 } })).toBe(false);
    expect(isMet({ summary })).toBe(true);
  });
  it('says so beside the figure', () => {
    expect(cellText({ summary, aim: { atMost: 2.5 } })).toBe('2.3 (2.2–2.4) [<= 2.5 met]');
    expect(cellText({ summary, aim: { atLeast: 1_000_000 } })).toBe('2.3 (2.2–2.4) [>= 1,000,000 NOT MET]');
    expect(cellText(undefined)).toBe('–');
  });
});

const table: Table = {
  name: 'x',
  title: 'Title',
  unit: 'ns',
  columns: ['one', 'two'],
  rows: [{ label: 'row', cells: [{ summary }, undefined] }],
  notes: ['a note'],
};

it('stands in columns on a terminal', () => {
  expect(tableText(table)).toBe(
    ['Title (ns)', '     one            two', 'row  2.3 (2.2–2.4)  –', '  * a note', ''].join('\n'),
  );
});

it('is Markdown in the docs', () => {
  expect(tableMarkdown(table).split('\n').slice(4, 7)).toEqual([
    '|  | one | two |',
    '| --- | --- | --- |',
    '| row | 2.3 (2.2–2.4) | – |',
  ]);
});
