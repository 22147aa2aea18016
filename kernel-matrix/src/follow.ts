import { closeSync, openSync, readSync } from 'node:fs';
import { Lines } from './lines.ts';

const EVERY_MS = 200;
const PIECE = 65_536;

/** Tells each line of a file that grows, until it is stopped; then also what came last. */
export function follow(path: string, line: (line: string) => void): { stop(): void } {
  const lines = new Lines(line);
  const file = openSync(path, 'r');
  const piece = Buffer.alloc(PIECE);
  let at = 0;
  const read = (): void => {
    for (let got = readSync(file, piece, 0, PIECE, at); got > 0; got = readSync(file, piece, 0, PIECE, at)) {
      at += got;
      lines.push(piece.subarray(0, got));
    }
  };
  const timer = setInterval(read, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      read();
      closeSync(file);
      lines.end();
    },
  };
}
