import { readFileSync } from 'node:fs';

/** Reads a file of the host as text; undefined if it is not there or may not be read. */
export type ReadText = (path: string) => string | undefined;

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
