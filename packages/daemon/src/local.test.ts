import { expect, it } from 'vitest';
import { ip } from '../test/fakes.ts';
import { reconcileLocal } from './local.ts';
import type { LocalStore } from './ports.ts';

function storeOf(...texts: string[]): { store: LocalStore; done: string[] } {
  const done: string[] = [];
  const store: LocalStore = {
    entries: () => texts.map(ip),
    add: (address) => done.push(`add ${address.subarray(12).join('.')}`) > 0,
    remove: (address) => done.push(`remove ${address.subarray(12).join('.')}`) > 0,
  };
  return { store, done };
}

it('adds what is new, removes what is gone, and leaves alone what is there', () => {
  const { store, done } = storeOf('10.0.0.5', '10.0.0.6');
  reconcileLocal(store, ['10.0.0.6', '10.0.0.7', '10.0.0.7'].map(ip));
  expect(done).toEqual(['remove 10.0.0.5', 'add 10.0.0.7']);
});
