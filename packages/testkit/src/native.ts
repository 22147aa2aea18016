import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';
import { repositoryFile } from './files.ts';
import type { Host } from './lab.ts';
import { macText } from './mac.ts';

/** A tool of `native-tools/`, built for the test that asks and removed with it. */
export interface NativeTool extends AsyncDisposable {
  readonly path: string;
}

/** Builds `native-tools/<name>.c` with the C compiler: a program, or with `shared` a library to preload. */
export async function buildNative(name: string, options: { shared?: boolean } = {}): Promise<NativeTool> {
  const folder = await mkdtemp(join(tmpdir(), 'scanward-native-'));
  const path = join(folder, options.shared ? `${name}.so` : name);
  const kind = options.shared ? ['-shared', '-fPIC'] : [];
  const source = repositoryFile(`packages/testkit/native-tools/${name}.c`);
  await command('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', ...kind, '-o', path, source]);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Sends `count` SYNs to a neighbour, each from another forged source (32.0.0.0/4), as fast as the wire takes them.
 * Every one has arrived when this resolves.
 */
export async function flood(tool: NativeTool, from: Host, to: Host, count: number, seed: number): Promise<void> {
  const args = ['eth0', macText(from.mac), macText(to.mac), to.ipv4, String(count), String(seed)];
  const { stdout } = await from.ns.run(tool.path, args, { timeoutMs: 120_000 });
  if (Number(stdout) !== count) throw new Error(`the flood sent ${stdout} of ${count}`);
}
