import { constants, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../system/make-folder.ts';
import { doubtsAbout } from '../system/ours.ts';
import { syncFolder, writeNew } from '../system/write-beside.ts';
import type { HistoryStore } from './scan-history.ts';

/** Scans that are kept, at least if their lines are not longer than usual. */
export const SCANS_KEPT = 10_000;

const MIB = 1024 * 1024;
const NEWLINE = 10;

export interface HistoryLimits {
  /** Lines that are kept; with twice as many the file is rewritten. Default 10,000. */
  readonly lines?: number;
  /** Bytes at which it is rewritten. Default 8 MiB; an eighth less is kept. */
  readonly bytes?: number;
}

/**
 * A file that lines are added to, and that is rewritten with the newest when it has grown too large. Only its owner may read it,
 * links are not followed, and a file that others may write to is left alone. A line that was broken off ends there.
 */
export class HistoryFile implements HistoryStore {
  /** The path. */
  readonly name: string;
  readonly #linesKept: number;
  readonly #bytesMax: number;
  /** As this process left it; of another size it is counted anew. */
  #known = { size: -1, lines: 0, isTorn: false };

  constructor(path: string, { lines = SCANS_KEPT, bytes = 8 * MIB }: HistoryLimits = {}) {
    this.name = path;
    this.#linesKept = lines;
    this.#bytesMax = bytes;
  }

  async append(lines: string): Promise<void> {
    const file = await this.#open();
    try {
      const { size } = await file.stat();
      if (size !== this.#known.size) this.#known = await this.#survey(file, size);
      if (!this.#isOver()) {
        await this.#add(file, lines);
        return;
      }
      await this.#rewrite(file);
    } finally {
      await file.close();
    }
    await this.append(lines);
  }

  async #open(): Promise<FileHandle> {
    makeFolder(dirname(this.name));
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(this.name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const doubt = doubtsAbout(await file.stat());
    if (doubt === undefined) return file;
    await file.close();
    throw new Error(doubt);
  }

  #isOver(): boolean {
    return this.#known.size > this.#bytesMax || this.#known.lines >= 2 * this.#linesKept;
  }

  async #add(file: FileHandle, lines: string): Promise<void> {
    const known = this.#known;
    const text = Buffer.from(known.isTorn ? `\n${lines}` : lines, 'latin1');
    this.#known = { ...known, size: -1 }; // until it is written
    await file.appendFile(text);
    this.#known = { size: known.size + text.length, lines: known.lines + newlines(text), isTorn: false };
  }

  async #survey(file: FileHandle, size: number): Promise<{ size: number; lines: number; isTorn: boolean }> {
    const bytes = await readEnd(file, size, this.#bytesMax);
    return { size, lines: newlines(bytes), isTorn: bytes.length > 0 && bytes.at(-1) !== NEWLINE };
  }

  /** Written beside, synced, renamed. */
  async #rewrite(file: FileHandle): Promise<void> {
    const bytes = await readEnd(file, (await file.stat()).size, this.#bytesMax - this.#bytesMax / 8);
    const beside = join(dirname(this.name), `${basename(this.name)}.tmp`);
    await rm(beside, { force: true });
    try {
      await writeNew(beside, [lastLines(bytes, this.#linesKept).toString('latin1')]);
      await rename(beside, this.name);
      await syncFolder(dirname(this.name));
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

async function readEnd(file: FileHandle, size: number, max: number): Promise<Buffer> {
  const length = Math.floor(Math.min(size, max));
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, size - length + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The last whole lines; what stands before the first of them, or after the last, is left out. */
function lastLines(bytes: Buffer, max: number): Buffer {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  let start = end;
  for (let count = 0; count <= max; count++) {
    const before = start < 2 ? -1 : bytes.lastIndexOf(NEWLINE, start - 2);
    if (count === max || before < 0) break;
    start = before + 1;
  }
  return bytes.subarray(start, end);
}
