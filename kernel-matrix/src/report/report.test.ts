import { expect, it } from 'vitest';
import { run } from '../../test/run.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { withTable } from './readme.ts';

it('report.md', async () => {
  await expect(markdown(run)).toMatchFileSnapshot('../../test/report.golden.md');
});

it('the README gets the table between its marks, and nothing else is changed', () => {
  const readme = 'before\n<!-- kernel-matrix -->old<!-- /kernel-matrix -->\nafter\n';
  const once = withTable(readme, run);
  expect(once.split('\n')).toEqual([
    'before',
    '<!-- kernel-matrix -->',
    '| kernel | version | arch | byte order | scans native | scans generic | tests passed | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| own | 6.18.5+ | x86-64 | little | 1/1 | 1/1 | 2/2 | green |',
    '| 5.10 | 5.10.0-46-cloud-amd64 | x86-64 | little | 1/1 | 0/1 | 1/3 | red |',
    '| 7.x (gone: its neighbour) | 6.18.15 | x86-64 | little | – | – | 0/0 | red |',
    '| 6.12 s390x | – | s390x | big | – | – | 0/0 | missing |',
    '',
    '`sudo make kernel-matrix`, 2026-11-22 22:00 UTC.',
    '<!-- /kernel-matrix -->',
    'after',
    '',
  ]);
  expect(withTable(once, run)).toBe(once);
  expect(() => withTable('no marks', run)).toThrow('README.md has no <!-- kernel-matrix -->');
});

it('report.json has all that was told', () => {
  const report = JSON.parse(json(run)) as { cells: { name: string; tests: object[]; verdict: object }[] };
  expect(report).toMatchObject({ schema: 1, whole: false, passed: 4, failed: 6 });
  expect(report.cells.map(({ tests }) => tests)).toEqual(run.records.map(({ tests }) => tests));
  expect(report.cells[1]).toMatchObject({
    name: '5.10',
    accel: 'tcg',
    death: 'done',
    verdict: { colour: 'red', failures: 3 },
  });
});
