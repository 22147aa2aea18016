import { expect, test } from 'vitest';
import { nearest, nearestHeld, newest } from './choose.ts';
import type { DebianPackage } from './packages.ts';
import type { KernelEntry } from './types.ts';

const make = (name: string, version: string, suite: string, depends = ''): DebianPackage => ({
  ...{ name, version, suite, depends },
  ...{ sha256: '', uri: '', file: '' },
});
const image = (release: string, version: string, suite = 'trixie') => make(`linux-image-${release}`, version, suite);
const split = (release: string, version: string, ...kinds: string[]) => [
  make(`linux-image-${release}`, version, 'sid', `kmod, linux-binary-${release} (= ${version})`),
  ...kinds.map((kind) => make(`linux-${kind}-${release}`, version, 'sid')),
];
const entry = (series: string, pattern: string, ...suites: string[]) =>
  ({ series, debian: { suites, image: pattern } }) as unknown as KernelEntry;

const packages = [
  image('5.10.0-9-cloud-amd64', '5.10.9-1', 'bullseye'),
  image('5.10.0-10-cloud-amd64', '5.10.12-1', 'bullseye'),
  image('6.12.9-cloud-amd64', '6.12.9-1'),
  image('6.12.10-cloud-amd64', '6.12.10-1'),
  image('6.12.11-amd64', '6.12.11-1'),
  image('6.12.12-cloud-amd64', '6.12.12-1', 'sid'),
  ...split('7.2.1-cloud-amd64', '7.2.1-1', 'binary', 'modules', 'base'),
  ...split('7.3.1-cloud-amd64', '7.3.1-1', 'binary', 'base'),
  make('linux-modules-7.3.1-cloud-amd64', '7.3.0-1', 'sid'),
];
const cloud = (version: string) => `^linux-image-${version}\\..*-cloud-amd64$`;

test('the newest by version, of the flavour, in the suites of the entry', () => {
  expect(newest(entry('5.10', cloud('5\\.10'), 'bullseye'), packages)?.release).toBe('5.10.0-10-cloud-amd64');
  expect(newest(entry('6.12', cloud('6\\.12'), 'trixie'), packages)?.release).toBe('6.12.10-cloud-amd64');
  expect(newest(entry('6.12', cloud('6\\.12'), 'trixie', 'sid'), packages)?.release).toBe('6.12.12-cloud-amd64');
});

test('a split kernel has all of its parts, of its own version, or is none', () => {
  const choice = newest(entry('7.x', cloud('7'), 'sid'), packages);
  expect(choice?.packages.map(({ name }) => name)).toEqual([
    'linux-binary-7.2.1-cloud-amd64',
    'linux-modules-7.2.1-cloud-amd64',
    'linux-base-7.2.1-cloud-amd64',
  ]);
});

test('what is gone has a nearest neighbour, by releases of Linux', () => {
  const near = (series: string) => nearest(entry(series, cloud('4\\.0')), packages)?.release;
  expect(newest(entry('6.1', cloud('6\\.1'), 'trixie'), packages)).toBeUndefined();
  expect(near('4.19')).toBe('5.10.0-10-cloud-amd64');
  expect(near('6.x')).toBe('7.2.1-cloud-amd64');
  expect(near('7.x')).toBe('7.2.1-cloud-amd64');
  // As far from 5.10 as from 6.12: the newer.
  expect(near('6.1')).toBe('6.12.12-cloud-amd64');
  expect(nearest(entry('6.1', '^linux-image-6\\.1\\..*-s390x$'), packages)).toBeUndefined();
});

test('of what a mirror names but does not hold the next nearest is tried, a few times', async () => {
  const tried: string[] = [];
  const held = async (...releases: string[]) => {
    tried.length = 0;
    const choice = await nearestHeld(entry('6.12', cloud('6\\.12')), packages, ({ release }) => {
      tried.push(release);
      return Promise.resolve(releases.includes(release));
    });
    return choice?.release;
  };
  expect(await held('6.12.9-cloud-amd64', '7.2.1-cloud-amd64')).toBe('6.12.9-cloud-amd64');
  expect(tried).toEqual(['6.12.12-cloud-amd64', '6.12.10-cloud-amd64', '6.12.9-cloud-amd64']);
  expect(await held('7.2.1-cloud-amd64')).toBe('7.2.1-cloud-amd64');
  expect(await held('5.10.0-9-cloud-amd64')).toBeUndefined();
  expect(tried).toHaveLength(4);
});
