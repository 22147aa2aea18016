import { expect, it } from 'vitest';
import { ip } from '../test/fakes.ts';
import { reconcileLocal } from './local.ts';
import type { AllowEntry, LocalStore } from './ports.ts';

const own = (text: string): AllowEntry => ({ address: ip(text), bits: 128, reason: 'own' });

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
  reconcileLocal(store, [own('10.0.0.6'), own('10.0.0.7'), own('10.0.0.7')]);
  expect(done).toEqual(['remove 10.0.0.5', 'add 10.0.0.7']);
});

it('takes nobody else who is allowed for an own address', () => {
  const { store, done } = storeOf();
  reconcileLocal(store, [
    { ...own('10.0.0.1'), reason: 'gateway' },
    { ...own('10.0.0.0'), bits: 120, reason: 'operator' },
  ]);
  expect(done).toEqual([]);
});
