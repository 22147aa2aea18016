import { compareVersions, type DebianPackage } from './packages.ts';
import type { KernelEntry } from './types.ts';

/** A kernel that an archive has, with all packages that it is made of. */
export interface Choice {
  /** `6.12.117+deb13-cloud-amd64` */
  readonly release: string;
  readonly image: DebianPackage;
  readonly packages: readonly DebianPackage[];
}

/**
 * The kernels among these packages, newest first. From 6.19 on an image is empty and depends on the packages that hold
 * the kernel; archives keep some images whose modules are gone, which are no kernels.
 */
export function usable(packages: readonly DebianPackage[], pattern: RegExp): Choice[] {
  const have = new Map(packages.map((each) => [`${each.suite} ${each.name} ${each.version}`, each]));
  const choices: Choice[] = [];
  for (const image of packages) {
    if (!/^linux-image-\d/.test(image.name) || !pattern.test(image.name)) continue;
    const release = image.name.slice('linux-image-'.length);
    const part = (kind: string) => have.get(`${image.suite} linux-${kind}-${release} ${image.version}`);
    const split = image.depends.includes(`linux-binary-${release}`);
    const parts = split ? [part('binary'), part('modules'), part('base')] : [image];
    const there = parts.filter((each) => each !== undefined);
    if (there.length === parts.length) choices.push({ release, image, packages: there });
  }
  return choices.sort((a, b) => compareVersions(b.image.version, a.image.version));
}

/** Linux has twenty minor versions to a major one, so this counts releases: 5.19 and 6.0 are neighbours. */
function position(series: string): number {
  const [, major, minor] = /^(\d+)\.(\d+|x)/.exec(series)!;
  return Number(major) * 20 + (minor === 'x' ? 19 : Number(minor));
}

/** The pattern of all kernels of an entry's flavour, of whatever version. */
export const flavour = (image: string): RegExp =>
  new RegExp(`^linux-image-\\d.*${image.slice(image.lastIndexOf('.*') + 2)}`);

/** The newest kernel of the series, in the entry's own suites. */
export function newest(entry: KernelEntry, packages: readonly DebianPackage[]): Choice | undefined {
  const { suites, image } = entry.debian!;
  return usable(
    packages.filter(({ suite }) => suites.includes(suite)),
    new RegExp(image),
  )[0];
}

/** The kernel nearest to a series that is gone; of two as near, the newer. */
export function nearest(entry: KernelEntry, packages: readonly DebianPackage[]): Choice | undefined {
  const distance = (choice: Choice) => Math.abs(position(choice.release) - position(entry.series));
  return usable(packages, flavour(entry.debian!.image)).sort((a, b) => distance(a) - distance(b))[0];
}

/** How many kernels are tried before a mirror is believed to hold none. */
const NEIGHBOURS_TRIED = 4;

/** Of the kernels that are named the nearest that can be had. */
export async function nearestHeld(
  entry: KernelEntry,
  packages: readonly DebianPackage[],
  fetch: (choice: Choice) => Promise<boolean>,
): Promise<Choice | undefined> {
  const gone = new Set<string>();
  for (let tries = 0; tries < NEIGHBOURS_TRIED; tries++) {
    const choice = nearest(
      entry,
      packages.filter(({ name }) => !gone.has(name)),
    );
    if (choice === undefined || (await fetch(choice))) return choice;
    gone.add(choice.image.name);
  }
  return undefined;
}
