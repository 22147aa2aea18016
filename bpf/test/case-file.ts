/** A failing case as a file that a person can read and `make fuzz REPLAY=` runs again. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface FailingCase {
  /** Which campaign it belongs to. */
  readonly campaign: string;
  readonly seed: number;
  /** Where fast-check found it, shrunk. */
  readonly path: string;
  readonly error: string;
  readonly value: unknown;
}

const BYTES = 'bytes:';

/** bigints are written as `5n`, bytes as `bytes:` and hexadecimal digits. */
function write(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (value instanceof Uint8Array) return BYTES + Buffer.from(value).toString('hex');
  return value;
}

function read(_: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?\d+n$/.test(value)) return BigInt(value.slice(0, -1));
  return value.startsWith(BYTES) ? Uint8Array.from(Buffer.from(value.slice(BYTES.length), 'hex')) : value;
}

export function writeCase(path: string, failing: FailingCase): void {
  writeFileSync(path, `${JSON.stringify(failing, write, 2)}\n`);
}

export function readCase(path: string): FailingCase {
  return JSON.parse(readFileSync(path, 'utf8'), read) as FailingCase;
}
