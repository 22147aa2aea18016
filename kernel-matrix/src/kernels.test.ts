import { describe, expect, test } from 'vitest';
import { parseKernels, readKernels, select } from './kernels.ts';

const good = {
  series: '6.1',
  arch: 'x86-64',
  endian: 'little',
  why: 'Debian 12',
  drivers: ['qemu'],
  debian: { suites: ['bookworm'], image: '^linux-image-6\\.1\\..*-cloud-amd64$' },
};
const parse = (...kernels: unknown[]) => parseKernels(JSON.stringify({ kernels }), 'k.json');

describe('kernels.json', () => {
  test('the list of the repository is valid', () => {
    expect(readKernels().map(({ series }) => series)).toEqual(expect.arrayContaining(['own', '5.10', '7.x']));
  });

  test.each([
    [{ ...good, series: '6' }, 'k.json: entry 1 (6): "series" must be like "6.1", "7.x" or "own"'],
    [{ ...good, series: undefined }, 'k.json: entry 1: "series" is missing'],
    [{ ...good, arch: 'arm' }, 'k.json: entry 1 (6.1): "arch" must be "x86-64" or "s390x"'],
    [{ ...good, why: '' }, 'k.json: entry 1 (6.1): "why" must be a text'],
    [{ ...good, drivers: [] }, 'k.json: entry 1 (6.1): "drivers" must be a list that is not empty'],
    [{ ...good, drivers: ['kvm'] }, 'k.json: entry 1 (6.1): "drivers" must be "qemu" or "vagrant" or "native"'],
    [{ ...good, cpus: 0 }, 'k.json: entry 1 (6.1): "cpus" must be a number from 1'],
    [{ ...good, full: 'yes' }, 'k.json: entry 1 (6.1): "full" must be true or false'],
    [{ ...good, cpu: 2 }, 'k.json: entry 1 (6.1): there is no field "cpu"'],
    [{ ...good, debian: undefined }, 'k.json: entry 1 (6.1): "debian" is missing'],
    [{ ...good, series: 'own' }, 'k.json: entry 1 (own): "debian" makes no sense for "own"'],
    [{ ...good, debian: { suites: ['a'] } }, 'k.json: entry 1 (6.1): debian: "image" is missing'],
    [
      { ...good, debian: { suites: ['a'], image: 'linux' } },
      'k.json: entry 1 (6.1): debian: "image" must be like "^linux-image-6\\.1\\..*-cloud-amd64$"',
    ],
  ])('%#: an error names entry and field', (entry, message) => {
    expect(() => parse(entry)).toThrow(message);
  });

  test('a series is there once, the list is not empty, and JSON is JSON', () => {
    expect(() => parse(good, good)).toThrow('k.json: entry 2 (6.1): the series is there twice');
    expect(() => parse()).toThrow('k.json: "kernels" must be a list that is not empty');
    expect(() => parseKernels('{', 'k.json')).toThrow(/^k\.json: /);
  });
});

describe('select', () => {
  const list = ['own', '5.10', '6.1', '6.12', '6.x', '7.x', '6.12 s390x'].map((series) => ({
    ...good,
    series,
  })) as unknown as ReturnType<typeof readKernels>;
  const chosen = (words?: string) => select(list, words).map(({ series }) => series);

  test('a word is a series or its beginning', () => {
    expect(chosen('7')).toEqual(['7.x']);
    expect(chosen('6.1')).toEqual(['6.1']);
    expect(chosen('6.12')).toEqual(['6.12', '6.12 s390x']);
    expect(chosen('6')).toEqual(['6.1', '6.12', '6.x', '6.12 s390x']);
    expect(chosen('7, 5.10')).toEqual(['5.10', '7.x']);
    expect(chosen('6.12 s390x')).toEqual(['6.12 s390x']);
  });

  test('nothing is everything', () => {
    expect(chosen()).toHaveLength(7);
    expect(chosen(' ,')).toHaveLength(7);
  });

  test('a word that names none is an error with those that there are', () => {
    expect(() => chosen('7,6.2')).toThrow(
      'there is no kernel "6.2": take of own, 5.10, 6.1, 6.12, 6.x, 7.x, 6.12 s390x',
    );
    expect(() => chosen('5.1')).toThrow('there is no kernel "5.1"');
  });
});
