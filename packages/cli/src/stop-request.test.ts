import { expect, test } from 'vitest';
import { StopRequest } from './stop-request.ts';

function fake() {
  let callback: (signal: 'SIGINT' | 'SIGTERM') => void = () => undefined;
  const state = { now: 0, exits: [] as number[], released: false };
  const host = {
    onSignal: (given: typeof callback) => {
      callback = given;
      return () => void (state.released = true);
    },
    exit: (code: number) => void state.exits.push(code),
  };
  const stop = new StopRequest(host, () => state.now);
  return { state, stop, signal: (name: 'SIGINT' | 'SIGTERM') => callback(name) };
}

test('the first signal asks to stop', async () => {
  const { stop, signal, state } = fake();
  signal('SIGTERM');
  expect(await stop.requested).toEqual({ why: 'signal' });
  expect(state.exits).toEqual([]);
});

test('the same signal, handed on by npm, nx or make, is no second one', () => {
  const { signal, state } = fake();
  signal('SIGINT');
  state.now = 400;
  signal('SIGTERM');
  expect(state.exits).toEqual([]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second %s ends at once with %d', (name, code) => {
  const { signal, state } = fake();
  signal('SIGINT');
  state.now = 600;
  signal(name);
  expect(state.exits).toEqual([code]);
});

test('a closed stdout asks to stop', async () => {
  const { stop } = fake();
  const error = Object.assign(new Error('x'), { code: 'EPIPE' });
  stop.closed(error);
  expect(await stop.requested).toEqual({ why: 'stdout', error });
});
