import { expect, test } from 'vitest';
import type { DebianPackage } from '../packages.ts';
import { closure } from './closure.ts';

const one = (name: string, depends = ''): DebianPackage => ({
  name,
  depends,
  version: '1',
  suite: 'trixie',
  sha256: '',
  uri: '',
  file: `${name}.deb`,
});
const names = (wanted: string[], packages: DebianPackage[]) => closure(wanted, packages).map(({ name }) => name);

test('all that is depended on, once, in a circle too', () => {
  const packages = [one('a', 'b (>= 1.2), c:any'), one('b', 'c'), one('c', 'a'), one('other')];
  expect(names(['a'], packages)).toEqual(['a', 'b', 'c']);
});

test('of alternatives the first that there is; virtual packages are left out', () => {
  expect(names(['a'], [one('a', 'gone | b | c, virtual'), one('b'), one('c')])).toEqual(['a', 'b']);
});

test('what is wanted and is not there is named', () => {
  expect(() => closure(['a', 'x'], [one('a')])).toThrow('no package x in the lists');
});
