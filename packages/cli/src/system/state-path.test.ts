import { expect, test } from 'vitest';
import { statePath } from './state-path.ts';

test('the file that was named, none, or that of the instance if it is pinned', () => {
  expect(statePath(undefined, 'default')).toBe('/var/lib/scanward/state.json');
  expect(statePath(undefined, 'a.b')).toBe('/var/lib/scanward/state-a.b.json');
  expect(statePath(undefined, 'default', false)).toBeUndefined();
  expect(statePath('x.json', 'a', false)).toBe('x.json');
  expect(statePath(false, 'default')).toBeUndefined();
});
