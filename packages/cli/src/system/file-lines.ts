import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** Bytes read at once, and of a line: a longer one comes in pieces. */
const CHUNK = 64 * 1024;
const NEWLINE = 10;

/**
 * The lines of a file of ASCII, each with its end but for a last one that has none, in bounded memory. Links are not
 * followed, and nothing that is no file is waited for.
 *
 * @param check called with what was opened, before anything is read; throws to refuse it
 */
export function* fileLines(path: string, check: (stats: Stats) => void): Generator<string> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    check(fstatSync(fd));
    yield* linesOf(fd);
  } finally {
    closeSync(fd);
  }
}

function* linesOf(fd: number): Generator<string> {
  const buffer = Buffer.allocUnsafe(2 * CHUNK);
  let kept = 0;
  for (;;) {
    const count = readSync(fd, buffer, kept, CHUNK, null);
    const end = kept + count;
    let start = 0;
    for (let at = buffer.indexOf(NEWLINE, kept); at >= 0 && at < end; at = buffer.indexOf(NEWLINE, start)) {
      yield buffer.toString('latin1', start, at + 1);
      start = at + 1;
    }
    const isLong = end - start >= CHUNK;
    if (end > start && (count === 0 || isLong)) yield buffer.toString('latin1', start, end);
    if (count === 0) return;
    kept = isLong ? 0 : end - start;
    if (kept > 0) buffer.copy(buffer, 0, start, end);
  }
}
