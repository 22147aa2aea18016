import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { entry } from '../test/fake.ts';
import { fetchKernels } from './apt.ts';
import type { KernelEntry } from './types.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'scanward-apt-'));
  mkdirSync(join(cache, 'debs'));
  vi.stubEnv('SCANWARD_MATRIX_CACHE', cache);
  // Nobody listens there.
  vi.stubEnv('MATRIX_MIRROR', 'http://127.0.0.1:1/debian');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

/** What a run before left in the cache: the package of a kernel, and that it was taken for a series. */
function kept(series: string, release: string): Record<string, object> {
  const file = `${release}.deb`;
  writeFileSync(join(cache, 'debs', file), release);
  const sha256 = createHash('sha256').update(release).digest('hex');
  const image = { name: `linux-image-${release}`, version: '1-1', suite: 'sid', depends: '', uri: '', file, sha256 };
  return { [series]: { release, image, packages: [image] } };
}
const remember = (...runs: Record<string, object>[]): void =>
  writeFileSync(join(cache, 'resolution.json'), JSON.stringify(Object.assign({}, ...runs)));

const kernel = (series: string, flavour = 'cloud-amd64'): KernelEntry =>
  entry(series, { debian: { suites: ['sid'], image: `^linux-image-${series}\\..*-${flavour}$` } });

async function taken(wanted: KernelEntry) {
  const progress: string[] = [];
  const watch = { progress: (line: string) => void progress.push(line), signal: new AbortController().signal };
  return { found: (await fetchKernels([wanted], [wanted], 'x86-64', watch)).get(wanted), progress };
}

test('with the mirror out of reach the kernel of the cache is taken', async () => {
  remember(kept('6.1', '6.1.0-1-cloud-amd64'), kept('6.12', '6.12.1-cloud-amd64'));
  const { found } = await taken(kernel('6.12'));
  expect(found).toMatchObject({ release: '6.12.1-cloud-amd64' });
  expect(found).not.toHaveProperty('instead');
});

test('a series that is not in the cache has its neighbour there, which is told', async () => {
  remember(kept('5.10', '5.10.0-1-cloud-amd64'), kept('6.1', '6.1.0-1-cloud-amd64'), kept('6.12 x', '6.12.1-s390x'));
  const { found, progress } = await taken(kernel('6.12'));
  expect(found).toMatchObject({ release: '6.1.0-1-cloud-amd64', instead: '6.12 cannot be fetched now' });
  expect(progress.at(-1)).toContain('takes its neighbour linux-image-6.1.0-1-cloud-amd64');
});

test('a package that is damaged is none', async () => {
  remember(kept('6.1', '6.1.0-1-cloud-amd64'));
  writeFileSync(join(cache, 'debs/6.1.0-1-cloud-amd64.deb'), 'other');
  expect((await taken(kernel('6.12'))).found).toBeUndefined();
});
