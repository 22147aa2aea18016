import { expect, test } from 'vitest';
import { ReplayClock } from './replay-clock.ts';

const SECOND = 1_000_000_000n;
const HOUR = 3_600n * SECOND;
const T = 1_619_623_685n * SECOND;
const WALL = 1_619_623_685_000;

test('time goes on with the packets, and what is due is called in order, each at its time', () => {
  const clock = new ReplayClock();
  expect(clock.reach(T)).toBe('on');
  const called: [string, bigint, number][] = [];
  const at = (name: string) => () => called.push([name, clock.monotonicNs(), clock.wallMs()]);
  clock.after(1_500, at('second'));
  clock.after(1_000, () => {
    at('first')();
    clock.after(100, at('between'));
  });
  clock.after(1_200, at('never'))();
  clock.after(9_000, at('later'));
  expect(clock.reach(T + 2n * SECOND)).toBe('on');
  expect(called).toEqual([
    ['first', HOUR + SECOND, WALL + 1_000],
    ['between', HOUR + SECOND + SECOND / 10n, WALL + 1_100],
    ['second', HOUR + (3n * SECOND) / 2n, WALL + 1_500],
  ]);
  expect([clock.monotonicNs(), clock.wallMs()]).toEqual([HOUR + 2n * SECOND, WALL + 2_000]);
});

test('a packet that is a little late is of now', () => {
  const clock = new ReplayClock();
  clock.reach(T);
  expect(clock.reach(T - SECOND)).toBe('late');
  expect([clock.monotonicNs(), clock.wallMs()]).toEqual([HOUR, WALL]);
  expect(clock.reach(T + 1n)).toBe('on');
  expect(clock.monotonicNs()).toBe(HOUR + 1n);
});

test('a clock that was set back: monotonic time goes on from where it stood', () => {
  const clock = new ReplayClock();
  clock.reach(T);
  expect(clock.reach(T - 86_400n * SECOND)).toBe('back');
  expect([clock.monotonicNs(), clock.wallMs()]).toEqual([HOUR, WALL - 86_400_000]);
  expect(clock.reach(T - 86_399n * SECOND)).toBe('on');
  expect(clock.monotonicNs()).toBe(HOUR + SECOND);
});

test('a leap is as long as no window is, and the wall clock leaps all the way', () => {
  const clock = new ReplayClock();
  clock.reach(0n);
  expect(clock.reach(T)).toBe('leap');
  expect([clock.monotonicNs(), clock.wallMs()]).toEqual([HOUR + 31n * 24n * HOUR, WALL]);
});

test('timers without end do not hold it up', () => {
  const clock = new ReplayClock();
  clock.reach(T);
  let called = 0;
  const again = () => {
    called++;
    clock.after(0, again);
  };
  again();
  clock.reach(T + SECOND);
  expect(called).toBe(1_002);
  expect(clock.monotonicNs()).toBe(HOUR + SECOND);
});
