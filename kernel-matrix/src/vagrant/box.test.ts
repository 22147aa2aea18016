import { expect, test } from 'vitest';
import { boxName } from './box.ts';

test('the same recipe is the same box', () => {
  expect(boxName(['a', Buffer.from('b')])).toBe(boxName(['a', 'b']));
  expect(boxName(['a', 'b'])).toMatch(/^scanward-[0-9a-f]{12}$/);
});

test('any change of a recipe is another box, also of where its files begin', () => {
  const names = [['a', 'b'], ['b', 'a'], ['ab', ''], ['', 'ab'], ['ab'], ['a', 'b', '']].map((files) => boxName(files));
  expect(new Set(names).size).toBe(names.length);
});
