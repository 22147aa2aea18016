import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { cacheFolder, unfinished, writeWhole } from './cache.ts';
import type { Watching } from './lists.ts';
import type { DebianPackage } from './packages.ts';

/** Where the file of a package is kept. */
export const debPath = ({ file }: DebianPackage): string => join(cacheFolder(), 'debs', file);

async function sum(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Whether the file is in the cache, and is what the archive signed. */
export const isCached = async (each: DebianPackage): Promise<boolean> => (await sum(debPath(each))) === each.sha256;

/**
 * Fetches what is not in the cache, in one call of apt, which keeps to the machine's proxies and checks the sums. Never
 * fails: ask `isCached` for what came.
 */
export async function fetchDebs(packages: readonly DebianPackage[], watch: Watching): Promise<void> {
  const unique = [...new Map(packages.map((each) => [each.file, each])).values()];
  const cached = await Promise.all(unique.map(isCached));
  const missing = unique
    .filter((_, index) => !cached[index])
    .map((each) => ({ each, part: unfinished(debPath(each)) }));
  if (missing.length === 0) return;
  await mkdir(join(cacheFolder(), 'debs'), { recursive: true });
  for (const { each } of missing) watch.progress(`fetching ${each.name} ${each.version} (${each.suite})`);
  const args = missing.flatMap(({ each, part }) => [each.uri, part, `SHA256:${each.sha256}`]);
  try {
    const { stderr } = await execa('/usr/lib/apt/apt-helper', ['download-file', ...args], {
      cancelSignal: watch.signal,
      env: { LC_ALL: 'C' },
      stdin: 'ignore',
      reject: false,
    });
    watch.signal.throwIfAborted();
    for (const line of stderr.split('\n')) if (/^E: .*fetch/.test(line)) watch.progress(line.slice(3));
    for (const { each, part } of missing) await keep(each, part);
  } finally {
    await Promise.all(missing.map(({ part }) => rm(part, { force: true })));
  }
}

async function keep(each: DebianPackage, part: string): Promise<void> {
  if ((await sum(part)) !== each.sha256) return;
  const { name, version, suite, sha256 } = each;
  await rename(part, debPath(each));
  await writeWhole(`${debPath(each)}.json`, `${JSON.stringify({ package: name, version, suite, sha256 })}\n`);
}
