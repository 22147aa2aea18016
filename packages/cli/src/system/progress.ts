import type { LineStream } from './line-sink.ts';

/** One line of a terminal that is written over while something takes its time. */
export interface Progress {
  /** @param part of 1; undefined: nobody knows */
  show(text: string, part?: number): void;
  /** Takes the line away. */
  clear(): void;
}

const BAR = 20;
/** Milliseconds between two looks: a terminal is slow. */
const PERIOD_MS = 100;

/** Nothing where there is no terminal: what came of it is said afterwards. */
export function progressOn(stream: LineStream, isTerminal: boolean, nowMs: () => number): Progress {
  if (!isTerminal) return { show: () => undefined, clear: () => undefined };
  let shownMs = -Infinity;
  return {
    show: (text, part) => {
      if (nowMs() - shownMs < PERIOD_MS) return;
      shownMs = nowMs();
      stream.write(`\r\x1b[K${part === undefined ? '' : `${bar(part)} `}${text}`);
    },
    clear: () => {
      if (shownMs > -Infinity) stream.write('\r\x1b[K');
      shownMs = -Infinity;
    },
  };
}

/** `[#####               ]`. */
function bar(part: number): string {
  const full = Math.round(BAR * Math.min(1, Math.max(0, part)));
  return `[${'#'.repeat(full)}${' '.repeat(BAR - full)}]`;
}
