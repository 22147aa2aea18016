import type { Readable } from 'node:stream';
import { patience } from './pace.ts';

/** A line, and when it was read (milliseconds of `performance.now()`). */
export interface Line {
  readonly text: string;
  readonly atMs: number;
}

/** Collects the lines of a stream, and waits for one. */
export class Lines {
  readonly all: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';
  #ended = false;

  constructor(stream: Readable, watch: (text: string) => void = () => undefined) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const parts = (this.#rest + chunk).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const text of parts) {
        this.all.push({ text, atMs: performance.now() });
        watch(text);
      }
      this.#wake();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on('error', () => undefined);
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }

  get texts(): string[] {
    return this.all.map((line) => line.text);
  }

  matching(pattern: RegExp): string[] {
    return this.texts.filter((text) => pattern.test(text));
  }

  /** The first line that matches, now or later; rejects after so many milliseconds (more when emulated) or at the stream's end. */
  async wait(pattern: RegExp, shortest = 10_000): Promise<Line> {
    const timeoutMs = patience(shortest);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        settle();
      };
      const check = (): void => {
        const found = this.all.find((line) => pattern.test(line.text));
        if (found) finish(() => resolve(found));
        else if (this.#ended) finish(() => reject(this.#missing(pattern, 'the stream ended')));
      };
      const timer = setTimeout(() => finish(() => reject(this.#missing(pattern, `${timeoutMs} ms passed`))), timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  #missing(pattern: RegExp, why: string): Error {
    return new Error(`no line ${String(pattern)}: ${why}; the last lines were:\n${this.texts.slice(-20).join('\n')}`);
  }
}
