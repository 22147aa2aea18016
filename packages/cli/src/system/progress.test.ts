import { expect, test } from 'vitest';
import { progressOn } from './progress.ts';

function shown(isTerminal: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = {
    writableLength: 0,
    write: (text: string) => written.push(text) > 0,
    on: () => undefined,
  };
  return { written, clock, progress: progressOn(stream, isTerminal, () => clock.ms) };
}

test('is one line that is written over, ten times a second at most', () => {
  const { written, clock, progress } = shown(true);
  progress.show('a', 0.25);
  clock.ms = 50;
  progress.show('b', 0.5);
  clock.ms = 100;
  progress.show('c');
  progress.clear();
  progress.clear();
  expect(written).toEqual(['\r\x1b[K[#####               ] a', '\r\x1b[Kc', '\r\x1b[K']);
});

test('keeps within its bar', () => {
  const { written, progress } = shown(true);
  progress.show('a', 7);
  expect(written).toEqual([`\r\x1b[K[${'#'.repeat(20)}] a`]);
});

test('is nothing without a terminal', () => {
  const { written, progress } = shown(false);
  progress.show('a', 0.5);
  progress.clear();
  expect(written).toEqual([]);
});
