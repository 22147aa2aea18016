import { formatPrefix } from '../addresses.ts';
import type { StateBlock, StateEntry } from './state-entry.ts';

/** Of the file. It changes when a reader of the old one would misread the new one; new fields alone do not change it. */
export const STATE_VERSION = 1;
/** What the first line begins with, so that the file says what it is. */
export const STATE_FORMAT = 'scanward-state';

/** A running SHA-256, over text that is ASCII. */
export interface Sha256 {
  update(text: string): void;
  /** 64 hex digits, once. */
  digest(): string;
}

export interface StateHeader {
  readonly writtenMs: number;
}

/**
 * The state as a text of JSON, line by line, each with its end, one entry a line: so it is written and read in bounded
 * memory. All of it is ASCII. The last line is the checksum of the bytes of all lines before it.
 */
export function* stateLines(
  { writtenMs }: StateHeader,
  entries: Iterable<StateEntry>,
  sha256: Sha256,
): Generator<string> {
  const hashed = (line: string): string => {
    sha256.update(line);
    return line;
  };
  const head = JSON.stringify({ format: STATE_FORMAT, version: STATE_VERSION, written: isoTime(writtenMs) });
  yield hashed(`${head.slice(0, -1)},"entries":[\n`);
  let last: string | undefined;
  for (const entry of entries) {
    if (last !== undefined) yield hashed(`${last},\n`);
    last = entryText(entry);
  }
  if (last !== undefined) yield hashed(`${last}\n`);
  yield hashed('],\n');
  yield `"sha256":"${sha256.digest()}"}\n`;
}

function entryText(entry: StateEntry): string {
  return JSON.stringify(entryObject(entry)).replace(/[\u007f-\uffff]/g, escaped);
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

function entryObject(entry: StateEntry): object {
  const prefix = formatPrefix(entry.address, entry.bits);
  switch (entry.kind) {
    case 'block':
      return blockObject(prefix, entry);
    case 'allow':
      return { kind: 'allow', prefix };
    case 'grace':
      return { kind: 'grace', prefix, until: isoTime(entry.untilMs) };
  }
}

function blockObject(prefix: string, block: StateBlock): object {
  const { isNet, startMs, expiryMs, reason, packets, bytes, ports, text } = block;
  return {
    kind: 'block',
    prefix,
    ...(isNet ? { net: true } : {}),
    reason,
    start: isoTime(startMs),
    ...(expiryMs === undefined ? {} : { expiry: isoTime(expiryMs) }),
    packets: safe(packets),
    bytes: safe(bytes),
    ...(ports.length > 0 ? { ports } : {}),
    ...(text === '' ? {} : { text }),
  };
}

const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

/** JSON's numbers are exact up to 2^53: nine petabytes. */
const safe = (count: bigint): number => Math.min(Number(count), Number.MAX_SAFE_INTEGER);
