import { readFileSync } from 'node:fs';
import { inCheckout } from './checkout.ts';
import type { KernelEntry } from './types.ts';

/** The list that the repository keeps. */
export const kernelsFile = inCheckout('kernel-matrix/kernels.json');

/** Reads kernels.json; what is wrong in it is said with the entry and the field. */
export function readKernels(path = kernelsFile): readonly KernelEntry[] {
  return parseKernels(readFileSync(path, 'utf8'), path);
}

type Check = (value: unknown) => string | undefined;

const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : `must be ${words.map((word) => `"${word}"`).join(' or ')}`;
const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'must be a text');
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0
      ? value.map(check).find((wrong) => wrong !== undefined)
      : 'must be a list that is not empty';

const image: Check = (value) => {
  if (typeof value !== 'string' || !/^\^linux-image-.*\.\*-[a-z0-9-]+\$$/.test(value))
    return 'must be like "^linux-image-6\\.1\\..*-cloud-amd64$"';
  try {
    new RegExp(value);
    return undefined;
  } catch (error) {
    return `is no regular expression: ${(error as Error).message}`;
  }
};

const fields: Record<string, Check> = {
  series: (value) =>
    typeof value === 'string' && /^(own|\d+\.(\d+|x))( .+)?$/.test(value)
      ? undefined
      : 'must be like "6.1", "7.x" or "own"',
  arch: oneOf('x86-64', 's390x'),
  endian: oneOf('little', 'big'),
  why: text,
  drivers: listOf(oneOf('qemu', 'vagrant', 'native')),
};
const optional: Record<string, Check> = {
  cpus: (value) => (Number.isInteger(value) && (value as number) >= 1 ? undefined : 'must be a number from 1'),
  full: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  debian: (value) => (typeof value === 'object' && value !== null ? undefined : 'must be { "suites", "image" }'),
};
const debianFields: Record<string, Check> = { suites: listOf(text), image };

function check(where: string, value: object, required: Record<string, Check>, more: Record<string, Check> = {}): void {
  const given = value as Record<string, unknown>;
  for (const name of Object.keys(given))
    if (!(name in required) && !(name in more)) throw new Error(`${where}: there is no field "${name}"`);
  for (const [name, test] of Object.entries({ ...required, ...more })) {
    if (given[name] === undefined && name in more) continue;
    const wrong = given[name] === undefined ? 'is missing' : test(given[name]);
    if (wrong !== undefined) throw new Error(`${where}: "${name}" ${wrong}`);
  }
}

/** The entries of the text of kernels.json. `path` is for the errors. */
export function parseKernels(json: string, path: string): readonly KernelEntry[] {
  let list: unknown;
  try {
    list = (JSON.parse(json) as { kernels?: unknown } | null)?.kernels;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${path}: "kernels" must be a list that is not empty`);
  const seen = new Set<string>();
  return list.map((entry: unknown, index) => {
    const at = `${path}: entry ${index + 1}`;
    if (typeof entry !== 'object' || entry === null) throw new Error(`${at}: must be an object`);
    const kernel = entry as KernelEntry;
    const where = typeof kernel.series === 'string' ? `${at} (${kernel.series})` : at;
    check(where, kernel, fields, optional);
    if (kernel.debian !== undefined) check(`${where}: debian`, kernel.debian, debianFields);
    if ((kernel.series === 'own') === (kernel.debian !== undefined))
      throw new Error(`${where}: "debian" ${kernel.debian ? 'makes no sense for "own"' : 'is missing'}`);
    if (seen.has(kernel.series)) throw new Error(`${where}: the series is there twice`);
    seen.add(kernel.series);
    return kernel;
  });
}

/**
 * Those that `KERNELS=5.10,7` names: a word is a series or its beginning up to a point or a blank. Nothing: all.
 * A beginning takes those marked `full` only with `full`, or when it is the beginning of no other.
 */
export function select(
  kernels: readonly KernelEntry[],
  words: string | undefined,
  full = false,
): readonly KernelEntry[] {
  const tokens = (words ?? '').split(',').map((word) => word.trim());
  const wanted = tokens.filter((word) => word !== '');
  if (wanted.length === 0) return kernels;
  const names = (series: string, word: string) => series === word || /^[. ]/.test(series.slice(word.length));
  const matches = (kernel: KernelEntry, word: string) => kernel.series.startsWith(word) && names(kernel.series, word);
  for (const word of wanted)
    if (!kernels.some((kernel) => matches(kernel, word)))
      throw new Error(`there is no kernel "${word}": take of ${kernels.map(({ series }) => series).join(', ')}`);
  const taken = wanted.flatMap((word) => {
    const all = kernels.filter((kernel) => matches(kernel, word));
    const ordinary = all.filter((kernel) => full || !kernel.full || kernel.series === word);
    return ordinary.length > 0 ? ordinary : all;
  });
  return kernels.filter((kernel) => taken.includes(kernel));
}
