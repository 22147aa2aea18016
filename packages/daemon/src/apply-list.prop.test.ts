import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeAllow, FakeWorld, ip } from '../test/fakes.ts';
import { startDaemon } from '../test/start.ts';
import { formatPrefix, maskAddress } from './addresses.ts';
import { type Applied, applyAllowList, applyBlockList } from './apply-list.ts';
import { addBlock } from './block-table.ts';
import { ListedPrefixes } from './listed-prefixes.ts';
import { stateEntries } from './state/snapshot.ts';
import type { AllowEntry, AllowReasonName, BlockReasonName, BulkAllowStore, Prefix } from './ports.ts';

const prefix = fc
  .record({ v4: fc.boolean(), host: fc.nat(5), length: fc.constantFrom(8, 24, 31, 32) })
  .map(({ v4, host, length }): Prefix => {
    const bits = v4 ? 96 + length : length === 32 ? 128 : 32 + length;
    const address = ip(v4 ? `203.0.${host}.${host}` : `2001:db8:${host}::${host}`);
    return { address: maskAddress(address, bits), bits };
  });
const prefixes = fc.array(prefix, { maxLength: 12 });
const text = ({ address, bits }: Prefix) => formatPrefix(address, bits);
const listed = (all: readonly Prefix[]) => {
  const list = new ListedPrefixes();
  for (const each of all) list.add(each);
  return list;
};

class BulkAllow extends FakeAllow implements BulkAllowStore {
  addAll(entries: readonly AllowEntry[]): number {
    return entries.filter((entry) => this.add(entry)).length;
  }
}

function finish(applying: Generator<number, Applied>): Applied {
  for (;;) {
    const step = applying.next();
    if (step.done) return step.value;
  }
}

test('a set of prefixes is a set', () => {
  fc.assert(
    fc.property(prefixes, prefixes, (added, removed) => {
      const [list, model] = [listed(added), new Map(added.map((each) => [text(each), each]))];
      for (const each of removed) {
        expect(list.has(each)).toBe(model.has(text(each)));
        expect(list.delete(each)).toBe(model.delete(text(each)));
      }
      expect(list.size).toBe(model.size);
      expect([...list].map(text).sort()).toEqual([...model.keys()].sort());
    }),
  );
});

const block = fc.record({
  prefix,
  reason: fc.constantFrom<BlockReasonName>('scan', 'operator', 'list'),
  expiryNs: fc.constantFrom(0n, 9n),
});

test('blocks of lists are those of the last list, whatever was there; those that operators made for ever stay theirs', () => {
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 12 }),
      fc.array(prefixes, { minLength: 1, maxLength: 3 }),
      (before, lists) => {
        const world = new FakeWorld();
        for (const { prefix: of, reason, expiryNs } of before) {
          const isNet = of.bits < 128 || text(of).includes(':');
          if (isNet && reason === 'scan') continue;
          addBlock(world.blocks, { source: of.address, bits: of.bits, isNet }, { startNs: 5n, expiryNs, reason });
        }
        const all = () => [...world.blocks.entries()];
        const ofOperators = () => all().filter(({ reason, expiryNs }) => reason === 'operator' && expiryNs === 0n);
        const operators = ofOperators();
        for (const list of lists) {
          const had = all()
            .filter(({ reason }) => reason === 'list')
            .map(({ source, bits }) => text({ address: source, bits }));
          const counts = finish(applyBlockList(listed(list), { blocks: world.blocks, clock: world.clock }));
          const taken = new Set(operators.map(({ source, bits }) => text({ address: source, bits })));
          const wanted = [...new Set(list.map(text))].filter((each) => !taken.has(each)).sort();
          const now = all().filter(({ reason }) => reason === 'list');
          expect(now.map(({ source, bits }) => text({ address: source, bits })).sort()).toEqual(wanted);
          expect(counts).toEqual({
            added: wanted.filter((each) => !had.includes(each)).length,
            removed: had.filter((each) => !wanted.includes(each)).length,
            refused: 0,
          });
        }
        expect(ofOperators()).toEqual(operators);
      },
    ),
  );
});

test('an entry that comes twice while it is walked over is one', () => {
  const world = new FakeWorld();
  const allow = new BulkAllow();
  const prefixes = ['192.0.2.1', '192.0.2.2'].map((each) => ({ address: ip(each), bits: 128 }));
  finish(applyBlockList(listed(prefixes), world));
  finish(applyAllowList(listed(prefixes), allow));
  const twice = <T>(all: Iterable<T>) => [...all, ...all];
  const blocks = Object.assign(Object.create(world.blocks) as typeof world.blocks, {
    entries: () => twice(world.blocks.entries()),
  });
  const allows = Object.assign(Object.create(allow) as BulkAllow, { entries: () => twice([...allow.map.values()]) });
  for (let again = 0; again < 2; again++) {
    expect(finish(applyBlockList(listed(prefixes), { blocks, clock: world.clock }))).toMatchObject({
      added: 0,
      removed: 0,
    });
    expect(finish(applyAllowList(listed(prefixes), allows))).toMatchObject({ added: 0, removed: 0 });
  }
  expect([world.blocks.map.size, allow.map.size]).toEqual([2, 2]);
});

test('lists leave room to others', () => {
  const allow = new BulkAllow();
  const prefixes = Array.from({ length: 9 }, (_, i) => ({ address: ip(`192.0.2.${i}`), bits: 128 }));
  expect(finish(applyAllowList(listed(prefixes), allow, 4))).toEqual({ added: 4, removed: 0, refused: 5 });
  expect(finish(applyAllowList(listed(prefixes), allow, 6))).toEqual({ added: 2, removed: 0, refused: 3 });
});

test('who is allowed by a list stays so when a rule, a command or the network lets go of him', () => {
  const { world, daemon } = startDaemon({}, (fresh) => {
    const allow = [
      { address: ip('192.0.2.1'), bits: 128, reason: 'operator' as const },
      { address: ip('192.0.2.2'), bits: 128, reason: 'resolver' as const },
      { address: ip('192.0.2.4'), bits: 128, reason: 'operator' as const },
    ];
    fresh.network = { ...fresh.network, allow };
  });
  world.allow.add({ address: ip('192.0.2.3'), bits: 128, reason: 'command' });
  daemon.listed(listed([1, 2, 3].map((last) => ({ address: ip(`192.0.2.${last}`), bits: 128 }))));
  world.network = { ...world.network, allow: [] };
  world.clock.advance(5_000);
  world.allow.remove({ address: ip('192.0.2.3'), bits: 128 });
  daemon.listed(listed([1, 2, 3].map((last) => ({ address: ip(`192.0.2.${last}`), bits: 128 }))));
  const allowed = [...world.allow.entries()].map((entry) => [text(entry), entry.reason]);
  expect(allowed.sort()).toEqual([1, 2, 3].map((last) => [`192.0.2.${last}`, 'list']));
});

test('what finds no room is counted', () => {
  const world = new FakeWorld();
  world.blocks.room = 2;
  const list = listed(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((each) => ({ address: ip(each), bits: 128 })));
  expect(finish(applyBlockList(list, world))).toEqual({ added: 2, removed: 0, refused: 1 });
});

const reasons = fc.constantFrom<AllowReasonName>('own', 'operator', 'command', 'list');

test('who is allowed by lists are those of the last list whom nobody else allows', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ prefix, reason: reasons }), { maxLength: 12 }), prefixes, (before, list) => {
      const allow = new BulkAllow();
      for (const { prefix: of, reason } of before) allow.add({ ...of, reason });
      const others = () => [...allow.entries()].filter(({ reason }) => reason !== 'list');
      const kept = others();
      finish(applyAllowList(listed(list), allow));
      expect(others()).toEqual(kept);
      const taken = new Set(kept.map(text));
      const wanted = [...new Set(list.map(text))].filter((each) => !taken.has(each)).sort();
      expect(
        [...allow.entries()]
          .filter(({ reason }) => reason === 'list')
          .map(text)
          .sort(),
      ).toEqual(wanted);
    }),
  );
});

test('the daemon tells no line of what lists block, keeps none of it, and a scanner on a list is not unblocked', () => {
  const { world, daemon } = startDaemon();
  world.scan('192.0.2.56', [80, 81, 82, 83], {}, 10_000_000_000n);
  world.clock.advance(1_000);
  const before = world.lines.lines.length;
  const list = listed([
    { address: ip('192.0.2.56'), bits: 128 },
    { address: ip('198.51.100.0'), bits: 120 },
  ]);
  expect(finish(applyBlockList(list, world))).toMatchObject({ added: 2 });
  daemon.listed(new ListedPrefixes());
  world.clock.advance(120_000);
  expect([...world.blocks.entries()].map(({ reason }) => reason)).toEqual(['list', 'list']);
  expect([...stateEntries(world.ports(), world.clock)]).toEqual([]);
  expect(world.lines.lines.slice(before).filter((line) => /Blocked|Unblocked/.test(line))).toEqual([]);
  finish(applyBlockList(listed([]), world));
  daemon.listed(new ListedPrefixes());
  world.clock.advance(120_000);
  expect([...world.blocks.entries()]).toEqual([]);
  expect(world.lines.lines.slice(before).filter((line) => /locked/.test(line))).toEqual([]);
});

test('whom a list allows is lifted, and holds no scan against the rules of the daemon', () => {
  const { world, daemon } = startDaemon();
  world.scan('192.0.2.56', [80, 81, 82, 83], {}, 3_600_000_000_000n);
  world.clock.advance(1_000);
  world.allow.add({ address: ip('192.0.2.0'), bits: 120, reason: 'list' });
  daemon.listed(new ListedPrefixes());
  expect(world.lines.lines.some((line) => line.includes('Unblocked 192.0.2.56'))).toBe(true);
  expect(world.log.infos.filter((line) => line.startsWith('allowed'))).toEqual([]);
  world.clock.advance(10_000);
  expect([...world.allow.entries()]).toHaveLength(1);
});
