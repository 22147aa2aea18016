import { expect, it } from 'vitest';
import { barChart } from './chart.ts';
import type { Table } from './table.ts';

const summary = (median: number) => ({ median, low: median, high: median, rounds: 7 });
const table = (label: string): Table => ({
  name: 'program',
  title: '',
  unit: '',
  columns: ['bare, ns', 'none', '10,000'],
  rows: [
    { label, cells: [{ summary: summary(15) }, { summary: summary(2) }, { summary: summary(4), aim: { atMost: 3 } }] },
  ],
  notes: [],
});

it('draws a bar for each ratio, not for the bare time, and the aim', () => {
  const svg = barChart([table('SYN')]);
  expect(svg.match(/<rect [^>]*height="10" fill="#/g)).toHaveLength(2 + 2);
  expect(svg.match(/stroke="#d62728"/g)).toHaveLength(1);
  expect(svg).toContain('>no block<');
});

it('escapes what labels say', () => {
  expect(barChart([table('a < b & c')])).toContain('a &lt; b &amp; c');
});

it('is empty without the table', () => {
  expect(barChart([])).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>\n');
});
