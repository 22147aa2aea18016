import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** Anything that YAML can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What one document of a file says, with aliases followed and merges made. */
export interface Document {
  readonly file: string;
  readonly value: Json;
}

/** All documents of a folder's YAML files. */
export function documentsIn(folder: string): Document[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((file) => documentsOf(readFileSync(`${folder}/${file}`, 'utf8'), file));
}

/** @throws Error, when it is not YAML or a key is given twice */
export function documentsOf(text: string, file: string): Document[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    for (const error of document.errors) throw error;
    return { file, value: document.toJS() as Json };
  });
}

/** The value at `services.scanward.cap_add`; undefined: there is none. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let found = value;
  for (const key of path.split('.')) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as Readonly<Record<string, Json>>)[key];
  }
  return found;
}
