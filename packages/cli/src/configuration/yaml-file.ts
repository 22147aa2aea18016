import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from 'yaml';
import { Problem } from './problem.ts';
import type { Written } from './value-of.ts';

/** One key of the file. */
export interface Entry {
  readonly key: string;
  /** A `Problem`: what stands there is no value. */
  readonly written: Written | Problem;
  /** `/etc/scanward/scanward.yaml:3`. */
  readonly where: string;
}

/**
 * Reads a configuration file: a YAML mapping of keys to values, or to lists of values. Values are taken as they are written,
 * so `010` stays `010`.
 *
 * @throws Problem when it is no such file
 */
export function yamlEntries(path: string, text: string): Entry[] {
  const lines = new LineCounter();
  const at = (offset = 0): string => `${path}:${lines.linePos(offset).line}`;
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new Problem(at(error.pos[0]), oneLine(error.message));
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  if (!isMap(contents)) throw new Problem(at(contents.range[0]), 'it must be keys and values: threshold: 5');
  return contents.items.map(({ key, value }) => {
    const node = isScalar(key) ? key : undefined;
    const where = at(node?.range[0]);
    return { key: node ? textOf(node) : '?', written: writtenOf(value, where), where };
  });
}

function writtenOf(node: unknown, where: string): Written | Problem {
  if (isScalar(node)) return scalarOf(node) ?? new Problem(where, 'it has no value: give one, or leave the key out');
  if (isSeq(node) && node.items.every(isScalar)) return node.items.map((item) => textOf(item));
  if (isAlias(node)) return new Problem(where, 'aliases are not taken: write the value');
  if (node === null) return new Problem(where, 'it has no value: give one, or leave the key out');
  return new Problem(where, 'it must be a value, or a list of values');
}

function scalarOf(node: Scalar): string | boolean | undefined {
  if (typeof node.value === 'boolean') return node.value;
  return node.value === null ? undefined : textOf(node);
}

const textOf = ({ value, source }: Scalar): string => (typeof value === 'string' ? value : (source ?? String(value)));

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
