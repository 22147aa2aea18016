/**
 * The checkout as a guest needs it: TypeScript made JavaScript file by file beside everything else of `packages` and `bpf`,
 * the packages' `@scanward/source` leading there, the addon of its processor where the package looks for prebuilt ones,
 * and all else of `node_modules` as links. It lies in the checkout, so that one shared folder holds all of it. To make
 * JavaScript in each guest takes a minute of an emulated processor, and for s390x there is no tool that does it.
 */
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import ts from 'typescript';
import { inCheckout, stageOf } from './checkout.ts';
import type { Arch } from './types.ts';

const PARTS = ['bpf', 'packages', 'tools', 'kernel-matrix/src'];
/** What the build makes; of it only the command, which is one file, is shipped as it is. */
const MADE = new Set(['node_modules', 'dist', 'build', 'prebuilds']);

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

async function place(from: string, to: string): Promise<void> {
  if (extname(from) === '.ts') {
    const { outputText } = ts.transpileModule(await readFile(from, 'utf8'), { compilerOptions: options });
    await writeFile(to.replace(/\.ts$/, '.js'), outputText);
  } else if (basename(from) === 'package.json') {
    const text = await readFile(from, 'utf8');
    await writeFile(to, text.replaceAll(/(\.\/src\/\S+)\.ts"/g, '$1.js"'));
  } else await cp(from, to);
}

async function placeFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (MADE.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    await (entry.isDirectory() ? placeFolder(source, target) : place(source, target));
  }
}

/** Links to each of the checkout's modules; those of the workspace lead to the packages of the stage. */
async function linkModules(checkout: string, stage: string): Promise<void> {
  const modules = join(stage, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(checkout, 'node_modules'))) {
    if (name.startsWith('.') || name === '@scanward') continue;
    await symlink(relative(modules, join(checkout, 'node_modules', name)), join(modules, name));
  }
  await mkdir(join(modules, '@scanward'));
  for (const name of await readdir(join(stage, 'packages')))
    await symlink(join('../../packages', name), join(modules, '@scanward', name));
}

/** Node's names of the processors. */
const processors: Readonly<Record<Arch, string>> = { 'x86-64': 'x64', s390x: 's390x' };

/** Makes the stage anew, with the addon that was built for it; returns where it is. */
export async function makeStage(
  arch: Arch,
  addon = inCheckout('packages/loader-native/build/Release/scanward.node'),
): Promise<string> {
  const checkout = inCheckout('');
  const stage = stageOf(arch);
  await rm(stage, { recursive: true, force: true });
  for (const part of PARTS) await placeFolder(join(checkout, part), join(stage, part));
  await cp(join(checkout, 'packages/cli/dist'), join(stage, 'packages/cli/dist'), { recursive: true });
  const prebuilt = join(
    stage,
    'packages/loader-native/prebuilds',
    `linux-${processors[arch]}`,
    'scanward.napi.glibc.node',
  );
  await mkdir(dirname(prebuilt), { recursive: true });
  await cp(addon, prebuilt);
  await linkModules(checkout, stage);
  return stage;
}
