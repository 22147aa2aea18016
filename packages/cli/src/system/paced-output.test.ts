import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writePaced } from './paced-output.ts';

/** A reader that takes a chunk when it is told to. */
function slowReader() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      taken.push(chunk);
      waiting.push(done);
    },
  });
  return { stream, taken, take: () => waiting.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no more lines are made than the reader takes', async () => {
  const reader = slowReader();
  let made = 0;
  const lines = function* () {
    while (made < 10_000) {
      made++;
      yield 'x'.repeat(99);
    }
  };
  const writing = writePaced(lines(), reader.stream);
  await turn();
  const first = made;
  expect(first).toBeLessThan(1_000);
  await turn();
  expect(made).toBe(first);
  reader.take();
  await turn();
  expect(made).toBeGreaterThan(first);
  const taking = setInterval(reader.take, 0);
  expect(await writing).toBe(true);
  clearInterval(taking);
  expect(reader.taken.join('')).toBe(`${'x'.repeat(99)}\n`.repeat(10_000));
});

test('a reader that is gone ends it quietly, another failure does not', async () => {
  const failing = (code: string) =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
  let made = 0;
  const lines = function* () {
    for (;;) {
      made++;
      yield 'x'.repeat(1_000);
    }
  };
  expect(await writePaced(lines(), failing('EPIPE'))).toBe(false);
  expect(made).toBeLessThan(100);
  await expect(writePaced(lines(), failing('ENOSPC'))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await writePaced([], failing('EPIPE'))).toBe(true);
});

test('what the lines throw comes through', async () => {
  const lines = function* () {
    yield 'a';
    throw new Error('no map');
  };
  await expect(writePaced(lines(), slowReader().stream)).rejects.toThrow('no map');
});
