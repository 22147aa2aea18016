import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** iproute2, in the network namespace of this process. */
export const ip = (...args: readonly string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// The interfaces of a namespace die with it.
function runInside(file: string): void {
  const name = `loader-${process.pid}`;
  ip('netns', 'add', name);
  try {
    const run = [vitest, 'run', '--config', '../../vitest.config.ts', '--root', '.', '--reporter=verbose'];
    const command = ['netns', 'exec', name, process.execPath, ...run, relative(packageFolder, file)];
    const env = { ...process.env, SUITE: 'kernel', SCANWARD_INSIDE: name };
    const printed = execFileSync('ip', command, { cwd: packageFolder, env, encoding: 'utf8', timeout: 110_000 });
    expect(printed).toMatch(/Tests\s.*passed/);
  } finally {
    ip('netns', 'del', name);
  }
}

/**
 * A suite that runs in a network namespace of its own: the addon cannot change namespaces, so the file is run
 * once more by a process that is born there.
 */
export function describeInNamespace(name: string, file: string, body: () => void): void {
  if (process.env['SCANWARD_INSIDE'] !== undefined) describe(name, body);
  else test(`${name} (in a network namespace)`, () => runInside(fileURLToPath(file)));
}
