import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowEntry, FakeAllow, ip } from '../test/fakes.ts';
import { formatPrefix } from './addresses.ts';
import { Allowlist, describeAllow } from './allowlist.ts';
import type { AllowEntry, AllowReasonName } from './ports.ts';

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

  it('removes what is no longer so, that of flags too', () => {
    const store = new FakeAllow();
    const list = new Allowlist(store);
    list.reconcile([own, gateway, friend]);
    expect(list.reconcile([own])).toEqual([
      { change: 'removed', entry: gateway },
      { change: 'removed', entry: { ...friend, address: ip('192.0.2.0') } },
    ]);
    expect(listed(store)).toEqual(['10.0.0.5 (own address)']);
  });

  it('names an entry after the flag when it is also something else, as long as the flag is given', () => {
    const store = new FakeAllow();
    const list = new Allowlist(store);
    const both = { ...gateway, reason: 'operator' } as const;
    list.reconcile([gateway, both]);
    expect(listed(store)).toEqual(['10.0.0.1 (operator)']);
    expect(list.reconcile([gateway])).toEqual([{ change: 'added', entry: gateway }]);
    expect(listed(store)).toEqual(['10.0.0.1 (gateway)']);
  });

  it('keeps what was allowed by command, also where it is something else, and tells it when it comes and goes', () => {
    const store = new FakeAllow();
    const list = new Allowlist(store);
    const [mine, known] = [
      { ...friend, address: ip('192.0.2.0'), reason: 'command' } as const,
      allowEntry('10.0.0.1', 'command'),
    ];
    list.reconcile([own]);
    store.add(mine);
    store.add(known);
    expect(list.reconcile([own, gateway])).toEqual([
      { change: 'added', entry: mine },
      { change: 'added', entry: known },
    ]);
    expect(list.reconcile([own, gateway])).toEqual([]);
    store.remove(mine);
    store.remove(known);
    expect(list.reconcile([own, gateway])).toEqual([
      { change: 'added', entry: gateway },
      { change: 'removed', entry: mine },
    ]);
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

  const entry = (...reasons: AllowReasonName[]): fc.Arbitrary<AllowEntry> =>
    fc
      .tuple(fc.nat(3), fc.constantFrom(128, 126), fc.constantFrom(...reasons))
      .map(([last, bits, reason]) => allowEntry(`10.0.0.${last}`, reason, bits));
  const wish = fc.record({
    desired: fc.array(entry('own', 'gateway', 'operator')),
    added: fc.array(entry('command')),
    removed: fc.array(entry('command')),
  });
  const prefixes = (entries: Iterable<AllowEntry>) =>
    new Set([...entries].map(({ address, bits }) => formatPrefix(address, bits)));

  it('always ends with what is desired and what commands left, tells every difference, and settles at once', () => {
    fc.assert(
      fc.property(fc.array(wish), (wishes) => {
        const store = new FakeAllow();
        const list = new Allowlist(store);
        const told = new Map<string, AllowEntry>();
        for (const { desired, added, removed } of wishes) {
          for (const one of added) store.add(one);
          for (const one of removed) store.remove(one);
          const commands = [...store.entries()].filter(({ reason }) => reason === 'command');
          for (const { change, entry: one } of list.reconcile(desired)) {
            const name = formatPrefix(one.address, one.bits);
            if (change === 'removed') expect(told.delete(name)).toBe(true);
            else told.set(name, one);
          }
          expect(prefixes(store.entries())).toEqual(prefixes([...desired, ...commands]));
          expect(
            commands.every((one) => [...store.entries()].some((now) => describeAllow(now) === describeAllow(one))),
          ).toBe(true);
          expect([...told.values()].map(describeAllow).sort()).toEqual(listed(store));
          expect(list.reconcile(desired)).toEqual([]);
        }
      }),
    );
  });
});
