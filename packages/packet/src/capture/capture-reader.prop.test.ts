import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readAll } from '../../test/read-all.ts';
import { patienceMs, runs } from '../../test/scale.ts';
import { parseFrame } from '../parse.ts';
import { completeFrame } from '../complete-frame.ts';
import { type BlockDescription, buildPcap, buildPcapng, type PacketDescription } from './build-capture.ts';
import { LinkType } from './link-type.ts';
import { toEthernet } from './to-ethernet.ts';

vi.setConfig({ testTimeout: patienceMs });

const bytes = fc.uint8Array({ maxLength: 80 });
const linkType = fc.constantFrom(...Object.values(LinkType));
const packet: fc.Arbitrary<PacketDescription> = fc.record({
  timeNs: fc.bigInt({ min: 0n, max: (1n << 32n) * 1_000_000_000n - 1n }),
  bytes,
  originalLength: fc.nat({ max: 300 }),
});
const pcap = fc
  .tuple(
    fc.array(packet, { maxLength: 6 }),
    fc.record({ little: fc.boolean(), resolution: fc.constantFrom('us', 'ns'), linkType }),
  )
  .map(([packets, description]) => buildPcap(packets, description as never));

const options = fc.array(fc.tuple(fc.constantFrom(1, 2, 9, 14, 77), fc.uint8Array({ maxLength: 9 })), { maxLength: 3 });
const units = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const interfaceId = fc.nat({ max: 2 });
const block: fc.Arbitrary<BlockDescription> = fc.oneof(
  fc.constant({ kind: 'section' as const }),
  fc.record({ kind: fc.constant('interface' as const), linkType, snapLength: fc.nat({ max: 99 }), options }),
  fc.record({ kind: fc.constantFrom('packet' as const, 'old-packet' as const), interfaceId, units, bytes, options }),
  fc.record({ kind: fc.constant('simple-packet' as const), bytes }),
  fc.record({ kind: fc.constant('raw' as const), type: fc.nat({ max: 12 }), body: bytes }),
);
const pcapng = fc
  .tuple(fc.array(block, { maxLength: 8 }), fc.boolean())
  .map(([blocks, little]) => buildPcapng([{ kind: 'section' }, { kind: 'interface' }, ...blocks], little));

/** Captures with some bytes changed, cut out or put in. */
const hostile = fc
  .tuple(
    fc.oneof(pcap, pcapng),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 })), { maxLength: 5 }),
  )
  .map(([capture, changes]) =>
    changes.reduce((now, [place, value, kind]) => {
      if (now.length === 0) return now;
      const at = place % now.length;
      if (kind === 0) return now.with(at, value);
      if (kind === 1) return now.slice(0, at);
      return Uint8Array.from([...now.slice(0, at), value, ...now.slice(at)]);
    }, capture),
  );
const any = fc.oneof({ arbitrary: hostile, weight: 8 }, fc.uint8Array({ maxLength: 200 }));
const chunks = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });

describe('whatever the bytes are, a capture', () => {
  it('is read or refused by name, with a place within it', () => {
    fc.assert(
      fc.property(any, (capture) => {
        const { packets, error } = readAll(capture);
        if (error) expect(error.offset).toBeLessThanOrEqual(capture.length);
        for (const one of packets) {
          expect(one.offset).toBeLessThan(capture.length);
          expect(one.originalLength).toBeGreaterThanOrEqual(one.bytes.length);
        }
        const offsets = packets.map(({ offset }) => offset);
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      }),
      runs(5_000),
    );
  });

  it('is the same in chunks of any size', () => {
    fc.assert(
      fc.property(any, chunks, (capture, sizes) => {
        expect(readAll(capture, sizes)).toEqual(readAll(capture));
      }),
      runs(2_000),
    );
  });

  it('gives packets that the parser reads, cut or whole', () => {
    fc.assert(
      fc.property(any, (capture) => {
        for (const one of readAll(capture).packets) {
          const { bytes: frame, frameLength } = toEthernet(one);
          parseFrame(frame, frameLength);
          expect(completeFrame(frame, frameLength)).toHaveLength(frameLength);
        }
      }),
      runs(2_000),
    );
  });

  it('that was cut anywhere gives the same packets up to there', () => {
    fc.assert(
      fc.property(fc.oneof(pcap, pcapng), fc.nat(), (capture, cut) => {
        const whole = readAll(capture);
        const part = readAll(capture.subarray(0, cut % (capture.length + 1)));
        expect(part.packets).toEqual(whole.packets.slice(0, part.packets.length));
      }),
      runs(2_000),
    );
  });
});

it('a pcap gives back the packets that it was built of', () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 6 }), fc.boolean(), chunks, (packets, little, sizes) => {
      const { packets: read, error } = readAll(buildPcap(packets, { little, resolution: 'ns' }), sizes);
      expect(error).toBeUndefined();
      const expected = packets.map(({ timeNs, bytes: kept, originalLength = 0 }) => ({
        ...{ timeNs, bytes: kept, originalLength: Math.max(originalLength, kept.length) },
      }));
      expect(read.map(({ timeNs, bytes: kept, originalLength }) => ({ timeNs, bytes: kept, originalLength }))).toEqual(
        expected,
      );
    }),
    runs(1_000),
  );
});
