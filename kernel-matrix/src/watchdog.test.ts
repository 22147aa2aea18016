import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const bite = vi.fn();
  const dog = new Watchdog(900_000, 60_000, bite);
  dog.start();
  return { bite, dog };
}

test('silence bites, and signs of life put it off', () => {
  const { bite, dog } = watch();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(59_000);
    dog.sign();
  }
  expect(bite).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(bite).toHaveBeenCalledOnce();
  expect(dog.why).toBe('ended after 60 s without a sign of life');
});

test('signs of life do not put off the limit, and it bites once', () => {
  const { bite, dog } = watch();
  for (let i = 0; i < 40; i++) {
    vi.advanceTimersByTime(30_000);
    dog.sign();
  }
  expect(bite).toHaveBeenCalledOnce();
  expect(dog.why).toBe('ended after its time limit of 15 min');
});

test('what is over is not bitten', () => {
  const { bite, dog } = watch();
  dog.stop();
  vi.advanceTimersByTime(10_000_000);
  expect(bite).not.toHaveBeenCalled();
  expect(dog.why).toBeUndefined();
});
