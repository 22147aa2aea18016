import { readEntry } from './read-entry.ts';
import type { StateEntry } from './state-entry.ts';
import { StateError } from './state-error.ts';
import { STATE_FORMAT, STATE_VERSION } from './state-lines.ts';
import type { Sha256 } from './state-lines.ts';

const CHECKSUM = /^"sha256":"([0-9a-f]{64})"\}\n$/;

/**
 * Reads the lines of `stateLines` one after the other. Nothing that it yields is proven before `end` has returned: who
 * must not believe a broken file reads it twice. Fields and kinds that it does not know are passed over.
 */
export class StateReader {
  readonly #sha256: Sha256;
  #line = 0;
  #writtenMs = NaN;
  #next: 'header' | 'entry' | 'checksum' | 'nothing' = 'header';

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** When it was written, in wall milliseconds since 1970: known once the first line was taken. */
  get writtenMs(): number {
    return this.#writtenMs;
  }

  /** Takes the next line, with its end. @throws StateError */
  push(line: string): StateEntry | undefined {
    this.#line++;
    if (this.#next === 'nothing') throw this.#error('syntax', 'there is more after the end');
    if (!line.endsWith('\n')) throw this.#error('torn', 'it ends within this line');
    if (this.#next === 'checksum') {
      this.#checksum(line);
      return undefined;
    }
    this.#sha256.update(line);
    if (this.#next === 'entry') return this.#entry(line);
    this.#header(line);
    return undefined;
  }

  /** @throws StateError unless the last line was the last one */
  end(): void {
    if (this.#line === 0) throw new StateError('torn', 'it is empty');
    if (this.#next !== 'nothing') throw this.#error('torn', 'it ends after this line');
  }

  #header(line: string): void {
    const header = this.#parse(`${line}]}`);
    if (header['format'] !== STATE_FORMAT) throw this.#error('syntax', 'not a state file of Scanward');
    const { version } = header;
    if (version !== STATE_VERSION) {
      const found = typeof version === 'number' ? version : 'unknown';
      throw this.#error('version', `version ${found}, not ${STATE_VERSION}`);
    }
    this.#writtenMs = Date.parse(String(header['written']));
    if (Number.isNaN(this.#writtenMs)) throw this.#error('syntax', 'it does not say when it was written');
    this.#next = 'entry';
  }

  #entry(line: string): StateEntry | undefined {
    if (line === '],\n') {
      this.#next = 'checksum';
      return undefined;
    }
    const entry = readEntry(this.#parse(line.endsWith(',\n') ? line.slice(0, -2) : line));
    if (entry === null) throw this.#error('syntax', 'not an entry');
    return entry;
  }

  #checksum(line: string): void {
    const told = CHECKSUM.exec(line)?.[1];
    if (told === undefined) throw this.#error('syntax', 'not a checksum');
    if (told !== this.#sha256.digest()) throw new StateError('checksum', 'the checksum is that of other lines');
    this.#next = 'nothing';
  }

  #parse(text: string): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch {
      // said below
    }
    throw this.#error('syntax', 'not JSON of ours');
  }

  #error(code: StateError['code'], message: string): StateError {
    return new StateError(code, message, this.#line);
  }
}

/** The entries of these lines; none is proven before the last was taken. @throws StateError */
export function* readState(lines: Iterable<string>, sha256: Sha256): Generator<StateEntry> {
  const reader = new StateReader(sha256);
  for (const line of lines) {
    const entry = reader.push(line);
    if (entry) yield entry;
  }
  reader.end();
}
