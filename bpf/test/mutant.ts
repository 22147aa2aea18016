/** Copies of the program and of its reference with one fault planted. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { command, repositoryFile } from '@scanward/testkit';
import type { Model } from './replay.ts';

/** In a file, a text becomes another. */
export interface Fault {
  readonly what: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** The files of a folder, none of its folders. Within bpf/build, which nobody commits; vitest reads no TypeScript from outside of the repository. */
function copyOf(folder: string): string {
  const build = repositoryFile('bpf/build');
  mkdirSync(build, { recursive: true });
  const copy = mkdtempSync(join(build, 'mutant-'));
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}

function plant(folder: string, { file, from, to }: Fault): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const faulty = text.replaceAll(from, to);
  if (faulty === text) throw new Error(`${file} has no ${String(from)}: the fault must follow the code`);
  writeFileSync(path, faulty);
}

/** Compiles the program with a fault and hands over the object. */
export async function withFaultyProgram<T>(fault: Fault, use: (object: string) => T | Promise<T>): Promise<T> {
  const folder = copyOf(repositoryFile('bpf'));
  try {
    plant(folder, fault);
    const object = `build/scanward.${endianness() === 'LE' ? 'bpfel' : 'bpfeb'}.o`;
    await command('make', ['-C', folder, object, 'BPF_CLANG=clang-14'], { timeoutMs: 60_000 });
    return await use(join(folder, object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Hands over a copy of the detector with a fault. */
export async function withFaultyModel<T>(fault: Fault, use: (model: Model) => T): Promise<T> {
  const folder = copyOf(repositoryFile('packages/detector/src'));
  try {
    plant(folder, fault);
    return use((await import(pathToFileURL(join(folder, 'index.ts')).href)) as Model);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
