/**
 * Node for s390x, for programs whose instructions are emulated one by one: the release that Node's own project built, as npm has it,
 * above the C library of the cross compiler. So no mirror needs to hold Debian's packages for that processor.
 */
import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, makeWhole } from '../cache.ts';
import type { Watching } from '../lists.ts';

/** The newest one that npm has. */
const VERSION = '20.11.0';
/** Of what npm packs, as its registry names it. */
const INTEGRITY = 'sha512-00F88i+9jVexpzxYBDrY+xXqeyU3XW1JhyoxGqSbnUbmcOzvYzSSjVxaQLdGHNtavZywN24058sjCq0rVMHzZw==';
/** Of Debian's g++-s390x-linux-gnu. */
const LIBRARIES = '/usr/s390x-linux-gnu';

async function fetchNode(part: string, { progress, signal }: Watching): Promise<void> {
  progress(`fetching Node ${VERSION} for s390x from npm`);
  const { stdout } = await execa('npm', ['pack', '--silent', `node-linux-s390x@${VERSION}`], {
    cwd: part,
    cancelSignal: signal,
  });
  const archive = join(part, stdout.trim());
  const sum = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (sum !== INTEGRITY) throw new Error(`node-linux-s390x ${VERSION} is not what it was: its sum is ${sum}`);
  await execa('tar', ['-C', part, '--strip-components=2', '-xzf', archive, 'package/bin/node']);
  await rm(archive);
}

/** A command line that runs it, made once. */
export async function s390xNode(watch: Watching): Promise<readonly [file: string, ...args: string[]]> {
  const place = join(cacheFolder(), 's390x-node', VERSION);
  if (!existsSync(place)) await makeWhole(place, (part) => fetchNode(part, watch));
  return ['qemu-s390x-static', '-L', LIBRARIES, join(place, 'node')];
}
