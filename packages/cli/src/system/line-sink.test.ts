import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StreamLineSink } from './line-sink.ts';

/** A reader that takes nothing until it is told to. */
function slowReader() {
  const got: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      waiting.push(() => {
        got.push(chunk);
        done();
      });
    },
  });
  const take = () => {
    while (waiting.length > 0) waiting.shift()!();
  };
  return { stream, got, take };
}

test('lines are refused while too much waits, and taken again afterwards', () => {
  const { stream, got, take } = slowReader();
  const sink = new StreamLineSink(stream, () => undefined, 20);
  expect(['0123456789', '0123456789', '0123456789'].map((line) => sink.write(line))).toEqual([true, true, false]);
  take();
  expect(sink.write('again')).toBe(true);
  take();
  expect(got.join('')).toBe('0123456789\n0123456789\nagain\n');
});

test('a reader that is gone is told once, and takes no line', async () => {
  const errors: string[] = [];
  const stream = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    },
  });
  const sink = new StreamLineSink(stream, (error) => errors.push(error.code ?? ''));
  sink.write('a');
  await new Promise(setImmediate);
  expect(errors).toEqual(['EPIPE']);
  expect(sink.write('b')).toBe(false);
  expect(await sink.flush(1_000)).toBe(true);
});

test('flush waits until all is written, and not longer than asked', async () => {
  const { stream, take } = slowReader();
  const sink = new StreamLineSink(stream, () => undefined);
  expect(await sink.flush(1)).toBe(true);
  sink.write('a');
  expect(await sink.flush(1)).toBe(false);
  const flushed = sink.flush(10_000);
  take();
  expect(await flushed).toBe(true);
});
