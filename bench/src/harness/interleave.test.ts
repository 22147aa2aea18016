import { expect, it } from 'vitest';
import { interleave } from './interleave.ts';

it('measures each task once a round, beginning each round with another', async () => {
  const order: string[] = [];
  const task = (name: string) => ({ name, run: () => order.push(name) });
  const figures = await interleave([task('a'), task('b'), task('c')], 3);
  expect(order.join('')).toBe('abcbcacab');
  expect(figures.get('a')).toEqual([1, 6, 8]);
  expect([...figures.values()].map((values) => values.length)).toEqual([3, 3, 3]);
});

it('refuses two tasks of one name', async () => {
  const task = { name: 'same', run: () => 1 };
  await expect(interleave([task, task], 1)).rejects.toThrow(RangeError);
});

it('says what it does', async () => {
  const said: string[] = [];
  await interleave([{ name: 'a', run: () => Promise.resolve(1) }], 2, (text) => said.push(text));
  expect(said).toEqual(['round 1 of 2: a', 'round 2 of 2: a']);
});
