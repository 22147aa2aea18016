import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { makeFolder } from './make-folder.ts';

/** A file that is to be written, and what stands in it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Writes files for everybody to read into a folder. @throws OperatorError */
export function writeFiles(folder: string, files: readonly NamedText[]): void {
  try {
    makeFolder(folder, 0o755);
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const todo = `${code ?? String(error)}: name a folder that you may write to, or run it as root (sudo)`;
    throw new OperatorError(ExitCode.runtime, `writing into ${folder}`, todo, { cause: error });
  }
}
