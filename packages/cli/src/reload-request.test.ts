import { expect, test } from 'vitest';
import { ReloadRequest } from './reload-request.ts';

function asked() {
  const callbacks = new Set<() => void>();
  const request = new ReloadRequest({
    onReload: (callback) => {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
  });
  const hangUp = () => {
    for (const callback of callbacks) callback();
  };
  return { request, hangUp, callbacks };
}

test('each is told, and those of before at once, as one', () => {
  const { request, hangUp } = asked();
  let count = 0;
  hangUp();
  hangUp();
  request.listen(() => count++);
  expect(count).toBe(1);
  hangUp();
  expect(count).toBe(2);
});

test('none before the first', () => {
  const { request } = asked();
  let count = 0;
  request.listen(() => count++);
  expect(count).toBe(0);
});

test('at the end they are ignored, and then nobody waits for them', () => {
  const { request, hangUp, callbacks } = asked();
  let count = 0;
  request.listen(() => count++);
  request.ignore();
  hangUp();
  expect(count).toBe(0);
  request.release();
  expect(callbacks.size).toBe(0);
});
