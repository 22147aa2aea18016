import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AHEAD_BYTES, AHEAD_NS, AHEAD_PACKETS, type Held, Lookahead } from './lookahead.ts';

const played = (packets: readonly Held[]) => {
  const ahead = new Lookahead<Held>();
  const turns = packets.map((packet) => [...ahead.add(packet)]);
  return { turns, rest: [...ahead.rest()] };
};

test('a packet has its turn when one more than a second later is there', () => {
  const packets = [0n, AHEAD_NS, AHEAD_NS + 1n].map((timeNs) => ({ timeNs, bytes: 60 }));
  expect(played(packets)).toEqual({ turns: [[], [], [packets[0]]], rest: packets.slice(1) });
});

test('it does not wait for a time that was set back', () => {
  const packets = [10n * AHEAD_NS, 0n].map((timeNs) => ({ timeNs, bytes: 60 }));
  expect(played(packets).turns[1]).toEqual([packets[0]]);
});

test('it holds no more than it has room for', () => {
  const many = Array.from({ length: 3 * AHEAD_PACKETS }, () => ({ timeNs: 0n, bytes: 60 }));
  expect(played(many).rest).toHaveLength(AHEAD_PACKETS);
  const large = Array.from({ length: 100 }, () => ({ timeNs: 0n, bytes: AHEAD_BYTES / 10 }));
  expect(played(large).rest).toHaveLength(10);
});

test('every packet has its turn once, in order', () => {
  const times = fc.array(fc.bigInt({ min: 0n, max: 4n * AHEAD_NS }), { maxLength: 50 });
  fc.assert(
    fc.property(times, (given) => {
      const packets = given.map((timeNs) => ({ timeNs, bytes: 60 }));
      const { turns, rest } = played(packets);
      expect([...turns.flat(), ...rest]).toEqual(packets);
    }),
  );
});
