import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowEntry, FakeAllow, ip } from '../test/fakes.ts';
import { formatPrefix } from './addresses.ts';
import { Allowlist, describeAllow } from './allowlist.ts';
import type { AllowEntry } from './ports.ts';

const own = allowEntry('10.0.0.5', 'own');
const gateway = allowEntry('10.0.0.1', 'gateway');
const friend = allowEntry('192.0.2.99', 'operator', 120);
const listed = (store: FakeAllow) => [...store.entries()].map(describeAllow).sort();

describe('Allowlist', () => {
  it('adds what is missing and says so', () => {
    const store = new FakeAllow();
    expect(new Allowlist(store).reconcile([own, friend])).toEqual([
      { change: 'added', entry: own },
      { change: 'added', entry: { ...friend, address: ip('192.0.2.0') } },
    ]);
    expect(listed(store)).toEqual(['10.0.0.5 (own address)', '192.0.2.0/24 (operator)']);
  });

  it('changes nothing that is right', () => {
    const list = new Allowlist(new FakeAllow());
    list.reconcile([own, gateway]);
    expect(list.reconcile([gateway, own, own])).toEqual([]);
  });

  it('removes what is no longer so, but nothing of the operator', () => {
    const store = new FakeAllow();
    const list = new Allowlist(store);
    list.reconcile([own, gateway, friend]);
    expect(list.reconcile([own])).toEqual([{ change: 'removed', entry: gateway }]);
    expect(listed(store)).toEqual(['10.0.0.5 (own address)', '192.0.2.0/24 (operator)']);
  });

  it('leaves an entry to the operator when it is also something else', () => {
    const store = new FakeAllow();
    const list = new Allowlist(store);
    const both = { ...gateway, reason: 'operator' } as const;
    list.reconcile([gateway, both]);
    expect(listed(store)).toEqual(['10.0.0.1 (operator)']);
    expect(list.reconcile([gateway])).toEqual([]);
    expect(list.reconcile([])).toEqual([]);
    expect(listed(store)).toEqual(['10.0.0.1 (operator)']);
  });

  it('says what it had no room for', () => {
    const store = new FakeAllow();
    store.room = 1;
    expect(new Allowlist(store).reconcile([own, gateway])).toEqual([
      { change: 'added', entry: own },
      { change: 'refused', entry: gateway },
    ]);
  });

  it('allows the addresses in its prefixes', () => {
    const list = new Allowlist(new FakeAllow());
    list.reconcile([own, friend]);
    expect(['10.0.0.5', '192.0.2.56', '10.0.0.6', '192.0.3.1'].map((text) => list.allows(ip(text)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(list.covers({ address: ip('192.0.2.128'), bits: 121 })).toBe(true);
    expect(list.covers({ address: ip('192.0.2.0'), bits: 112 })).toBe(false);
  });

  const entry: fc.Arbitrary<AllowEntry> = fc
    .tuple(
      fc.nat(3),
      fc.constantFrom(128, 126),
      fc.constantFrom('own' as const, 'gateway' as const, 'operator' as const),
    )
    .map(([last, bits, reason]) => allowEntry(`10.0.0.${last}`, reason, bits));
  const prefixes = (entries: Iterable<AllowEntry>) =>
    new Set([...entries].map(({ address, bits }) => formatPrefix(address, bits)));

  it('always ends with what is desired and what the operator ever wanted, and settles at once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(entry)), (wishes) => {
        const store = new FakeAllow();
        const list = new Allowlist(store);
        const operators: AllowEntry[] = [];
        for (const desired of wishes) {
          operators.push(...desired.filter(({ reason }) => reason === 'operator'));
          list.reconcile(desired);
          expect(prefixes(store.entries())).toEqual(prefixes([...desired, ...operators]));
          expect(list.reconcile(desired)).toEqual([]);
        }
      }),
    );
  });
});
