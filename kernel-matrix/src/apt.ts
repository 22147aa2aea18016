import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, writeWhole } from './cache.ts';
import { nearest, nearestHeld, newest, type Choice } from './choose.ts';
import { fetchDebs, isCached } from './debs.ts';
import { Lists, type Watching } from './lists.ts';
import type { DebianPackage } from './packages.ts';
import type { Arch, KernelEntry } from './types.ts';

/** What was found for an entry, with all its packages in the cache. */
export interface Found extends Choice {
  readonly instead?: string;
}

const kernels = /^linux-(image|binary|modules|base)-\d/;
const suitesOf = (entries: readonly KernelEntry[]) => [
  ...new Set(entries.flatMap((each) => each.debian?.suites ?? [])),
];

const readAll = async (lists: Lists, suites: readonly string[]): Promise<DebianPackage[]> =>
  (await Promise.all(suites.map((suite) => lists.packages(suite, kernels)))).flat();

/** The newest kernel of each entry's series, or its nearest neighbour in the suites of all entries known. */
async function choose(
  entries: readonly KernelEntry[],
  known: readonly KernelEntry[],
  lists: Lists,
  force: boolean,
): Promise<Map<KernelEntry, Found>> {
  const suites = suitesOf(entries);
  await lists.refresh(suites, force);
  const packages = await readAll(lists, suites);
  const found = new Map<KernelEntry, Found>();
  const gone = entries.filter((entry) => {
    const choice = newest(entry, packages);
    if (choice) found.set(entry, choice);
    return choice === undefined;
  });
  if (gone.length === 0) return found;
  const others = suitesOf(known).filter((suite) => !suites.includes(suite));
  await lists.refresh(others, force);
  const all = [...packages, ...(await readAll(lists, others))];
  for (const entry of gone) {
    const choice = nearest(entry, all);
    if (choice)
      found.set(entry, { ...choice, instead: `${entry.series} is not in ${entry.debian!.suites.join(', ')}` });
  }
  return found;
}

const complete = async (found: Found | undefined): Promise<boolean> =>
  found !== undefined && (await Promise.all(found.packages.map(isCached))).every(Boolean);

const memory = (): string => join(cacheFolder(), 'resolution.json');

/** What each series was resolved to when that was last fetched whole: for when the mirror is out of reach. */
const remembered = async (): Promise<Record<string, Found>> =>
  readFile(memory(), 'utf8').then(
    (text) => JSON.parse(text) as Record<string, Found>,
    () => ({}),
  );

/** The packages of all kernels that are whole in the cache. */
async function keptPackages(last: Readonly<Record<string, Found>>): Promise<DebianPackage[]> {
  const found = Object.values(last);
  const whole = await Promise.all(found.map(complete));
  return found.filter((_, index) => whole[index]).flatMap(({ image, packages }) => [image, ...packages]);
}

/** Fetches the packages of the kernels of one architecture. An entry for which nothing can be had is not in the answer. */
export async function fetchKernels(
  entries: readonly KernelEntry[],
  known: readonly KernelEntry[],
  arch: Arch,
  watch: Watching,
): Promise<Map<KernelEntry, Found>> {
  const lists = new Lists(arch, watch);
  const neighbours = known.filter((entry) => entry.arch === arch);
  const last = await remembered();
  const answer = new Map<KernelEntry, Found>();
  const open = () => entries.filter((entry) => !answer.has(entry));
  const force = process.env['MATRIX_REFRESH'] === '1';
  // A second time with new lists: mirrors drop a version soon after there is a newer one.
  for (const again of force ? [true] : [false, true]) {
    if (open().length === 0) break;
    const found = await choose(open(), neighbours, lists, again);
    await fetchDebs(
      [...found.values()].flatMap(({ packages }) => packages),
      watch,
    );
    for (const [entry, choice] of found) if (await complete(choice)) answer.set(entry, choice);
  }
  // A kernel of the series that is still in the cache is better than a neighbour, and than none.
  for (const entry of entries) {
    const [now, before] = [answer.get(entry), last[entry.series]];
    if (now !== undefined && now.instead === undefined) continue;
    if (before === undefined || before.instead !== undefined || !(await complete(before))) continue;
    watch.progress(`${entry.series}: not to be had now, takes ${before.image.name} of the cache`);
    answer.set(entry, before);
  }
  // A neighbour that the mirror holds, where it does not hold what it names: its pool may be behind its lists.
  for (const entry of open()) {
    const choice = await nearestHeld(entry, await readAll(lists, suitesOf(neighbours)), async (some) => {
      await fetchDebs(some.packages, watch);
      return complete(some);
    });
    if (choice) answer.set(entry, { ...choice, instead: `${entry.series} cannot be fetched now` });
  }
  // And a neighbour in the cache is better than none.
  const kept = await keptPackages(last);
  for (const entry of open()) {
    const choice = nearest(entry, kept);
    if (choice === undefined) continue;
    watch.progress(`${entry.series}: not to be had now, takes its neighbour ${choice.image.name} of the cache`);
    answer.set(entry, { ...choice, instead: `${entry.series} cannot be fetched now` });
  }
  for (const [entry, choice] of answer) last[entry.series] = choice;
  await writeWhole(memory(), JSON.stringify(last, undefined, 1));
  return answer;
}
