import {
  type AllowEntry,
  type BlockEntry,
  type BlockNote,
  type GraceEntry,
  maskAddress,
  type NewBlock,
  type Prefix,
} from '@scanward/daemon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carryOver, type Lasting } from './carry-over.ts';

const key = ({ address, bits }: Prefix, isNet = true) => `${address.join()}/${isNet ? bits : 'source'}`;

/** What lasts, in memory; at most `room` blocks. */
function lasting(room = Infinity) {
  const blocks = new Map<string, BlockEntry>();
  const allow = new Map<string, AllowEntry>();
  const graces = new Map<string, GraceEntry>();
  const notes = new Map<string, Prefix & BlockNote>();
  const put = ({ address, bits }: Prefix, block: NewBlock, isNet: boolean) => {
    if (blocks.size >= room) return false;
    blocks.set(key({ address, bits }, isNet), { packets: 0n, bytes: 0n, ...block, source: address, bits, isNet });
    return true;
  };
  const ports: Lasting = {
    blocks: {
      entries: () => blocks.values(),
      get: (source) => blocks.get(key({ address: source, bits: 0 }, false)),
      add: (source, bits, block) => put({ address: source, bits }, block, false),
      remove: () => false,
      getNet: (net) => blocks.get(key(net)),
      addNet: (net, block) => put(net, block, true),
      removeNet: () => false,
      addAll: () => 0,
      removeAll: () => 0,
    },
    allow: {
      entries: () => allow.values(),
      add: (entry) => allow.set(key(entry), entry).size > 0,
      addAll: () => 0,
      remove: () => false,
    },
    graces: {
      entries: () => graces.values(),
      set: (entry) => graces.set(key(entry), entry).size > 0,
      remove: () => false,
    },
    notes: {
      entries: () => notes.values(),
      get: (prefix) => notes.get(key(prefix)),
      set: (prefix, note) => notes.set(key(prefix), { ...prefix, ...note }).size > 0,
      remove: () => false,
    },
  };
  return { blocks, allow, graces, notes, ports };
}

// Few addresses, so that some are on both sides.
const prefix = fc.tuple(fc.nat(2), fc.nat(2), fc.constantFrom(120, 128)).map(([net, last, bits]) => ({
  address: maskAddress(Uint8Array.of(...new Uint8Array(10), 255, 255, 10, 0, net, last), bits),
  bits,
}));
const big = fc.bigInt({ min: 0n, max: 1n << 40n });
const filling = fc.record({
  blocks: fc.array(
    fc.record({
      at: prefix,
      isNet: fc.boolean(),
      block: fc.record({
        startNs: big,
        expiryNs: big,
        packets: big,
        bytes: big,
        reason: fc.constantFrom('scan' as const, 'operator' as const),
      }),
    }),
  ),
  allow: fc.array(fc.tuple(prefix, fc.constantFrom('own' as const, 'operator' as const, 'command' as const))),
  graces: fc.array(fc.tuple(prefix, big)),
  notes: fc.array(fc.tuple(prefix, fc.string())),
});
type Filling = typeof filling extends fc.Arbitrary<infer T> ? T : never;

function filled({ blocks, allow, graces, notes }: Filling, room?: number) {
  const made = lasting(room);
  const { ports } = made;
  for (const { at, isNet, block } of blocks) {
    if (isNet) ports.blocks.addNet(at, block);
    else ports.blocks.add(at.address, at.bits, block);
  }
  for (const [at, reason] of allow) ports.allow.add({ ...at, reason });
  for (const [at, untilNs] of graces) ports.graces.set({ ...at, untilNs });
  for (const [at, text] of notes) ports.notes.set(at, { text, ports: [] });
  return made;
}

const merged = <T>(from: Map<string, T>, to: Map<string, T>, keep: (value: T) => boolean = () => true) =>
  new Map([...[...from].filter(([, value]) => keep(value)), ...to]);

test('all that lasts comes over as it is, what was there stays, and twice is as good as once', () => {
  fc.assert(
    fc.property(filling, filling, (old, young) => {
      const [from, to] = [filled(old), filled(young)];
      const blocks = merged(from.blocks, to.blocks);
      const allow = merged(from.allow, to.allow, ({ reason }) => reason === 'command');
      const notes = merged(from.notes, to.notes);
      for (let i = 0; i < 2; i++) {
        expect(carryOver(from.ports, to.ports)).toBe(0);
        expect(to.blocks).toEqual(blocks);
        expect(to.allow).toEqual(allow);
        expect(to.notes).toEqual(notes);
        expect([...to.graces.keys()]).toEqual(expect.arrayContaining([...from.graces.keys()]));
      }
    }),
  );
});

test('blocks that find no room are counted', () => {
  fc.assert(
    fc.property(filling, fc.nat(4), (old, room) => {
      const [from, to] = [filled(old), lasting(room)];
      expect(carryOver(from.ports, to.ports)).toBe(Math.max(0, from.blocks.size - room));
    }),
  );
});

test('what began before is not looked at again', () => {
  fc.assert(
    fc.property(filling, big, (old, sinceNs) => {
      const [from, to] = [filled(old), lasting()];
      carryOver(from.ports, to.ports, sinceNs);
      expect(to.blocks).toEqual(merged(from.blocks, new Map(), ({ startNs }) => startNs >= sinceNs));
    }),
  );
});
