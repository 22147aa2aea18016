import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { anyFrame, frameDescription } from '../test/arbitrary.ts';
import { patienceMs, runs } from '../test/scale.ts';
import { BRANCHES, buildFrame, parseFrame, type Branch, type FrameClass } from './index.ts';

vi.setConfig({ testTimeout: patienceMs });

/** The same rules once more, in one piece and without any of the parser's code. */
function slowClass(bytes: number[], frameLength: number): FrameClass {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const has = (end: number) => end <= bytes.length;
  let at = 14;
  if (!has(14)) return 'malformed';
  for (let tags = 0; tags < 2 && [0x8100, 0x88a8].includes(view.getUint16(at - 2)); tags++) {
    at += 4;
    if (!has(at)) return 'malformed';
  }
  const type = view.getUint16(at - 2);
  const network = at;
  let next: number;
  let end: number;
  let cut = false;
  if (type === 0x0800) {
    if (!has(at + 20) || bytes[at]! >> 4 !== 4) return 'malformed';
    const header = (bytes[at]! % 16) * 4;
    end = at + view.getUint16(at + 2);
    if (header < 20 || end < at + header || end > frameLength || !has(at + header)) return 'malformed';
    if (view.getUint16(at + 6) % 0x2000 > 0) return 'fragment';
    cut = view.getUint16(at + 6) % 0x4000 >= 0x2000;
    next = bytes[at + 9]!;
    at += header;
  } else if (type === 0x86dd) {
    if (!has(at + 40) || bytes[at]! >> 4 !== 6) return 'malformed';
    end = at + 40 + view.getUint16(at + 4);
    if (end === at + 40 && bytes[at + 6] === 0) end = frameLength;
    if (end === at + 40 || end > frameLength) return 'malformed';
    if (bytes.slice(at + 8, at + 20).join() === '0,0,0,0,0,0,0,0,0,0,255,255') return 'malformed';
    next = bytes[at + 6]!;
    at += 40;
    for (let count = 1; [0, 43, 44, 51, 60, 135, 139, 140].includes(next); count++) {
      if (count > 8 || !has(at + 8)) return 'malformed';
      const length = next === 44 ? 8 : next === 51 ? bytes[at + 1]! * 4 + 8 : bytes[at + 1]! * 8 + 8;
      if (!has(at + length) || at + length > end) return 'malformed';
      if (next === 44 && view.getUint16(at + 2) >= 8) return 'fragment';
      if (next === 44) cut = view.getUint16(at + 2) % 2 === 1;
      next = bytes[at]!;
      at += length;
    }
  } else return 'not-ip';
  if (next !== 6) return 'not-tcp';
  const isSyn = () => (bytes[at + 13]! & 0x17) === 2;
  if (cut && end - at < 16) return end - at >= 8 && has(at + 8) ? 'syn' : 'malformed';
  if (cut) {
    if (!has(at + 16) || bytes[at + 12]! < 80) return 'malformed';
    return isSyn() ? 'syn' : 'not-syn';
  }
  if (!has(at + 20) || at + 20 > end) return 'malformed';
  const header = (bytes[at + 12]! >> 4) * 4;
  if (header < 20 || at + header > end) return 'malformed';
  if (!isSyn()) return 'not-syn';
  if (end - at > 512 || !has(end)) return 'syn';
  // The addresses stand before the transport header, or before what extends the IP header.
  const words: number[] = [6, end - at];
  const [first, bytesOfBoth] = type === 0x0800 ? [network + 12, 8] : [network + 8, 32];
  for (let i = first; i < first + bytesOfBoth; i += 2) words.push(view.getUint16(i));
  const half = words.reduce((sum, word) => sum + word) % 0xffff;
  for (let i = at; i < end; i += 2) words.push(i + 1 < end ? view.getUint16(i) : bytes[i]! * 256);
  const field = view.getUint16(at + 16);
  // A sum of words that are not all zero is zero only as 0xffff.
  const isRight = words.reduce((sum, word) => sum + word) % 0xffff === 0 || (half || 0xffff) === field;
  return isRight ? 'syn' : 'not-syn';
}

const reached = new Map<Branch, number>(BRANCHES.map((branch) => [branch, 0]));

describe('parseFrame', () => {
  it('agrees with the slow reading, whatever the frame and however much of it can be read', () => {
    fc.assert(
      fc.property(anyFrame(), fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, fc.nat()), (frame, cut) => {
        const linear = cut === undefined ? frame : frame.subarray(0, cut % (frame.length + 1));
        const parsed = parseFrame(linear, frame.length);
        for (const branch of parsed.branches) reached.set(branch, reached.get(branch)! + 1);
        expect(parsed.class).toBe(slowClass([...linear], frame.length));
        const isTcp = parsed.class === 'syn' || parsed.class === 'not-syn';
        expect(parsed.sourcePort !== undefined).toBe(isTcp || parsed.kind === 'udp');
        expect(parsed.sequence !== undefined).toBe(isTcp);
        if (parsed.class === 'syn') expect(['syn', 'fragment']).toContain(parsed.kind);
        if (parsed.class !== 'malformed' && parsed.class !== 'not-ip') expect(parsed.source).toHaveLength(16);
        if (parsed.class === 'not-ip') expect(parsed.source).toBeUndefined();
      }),
      runs(10_000),
    );
  });

  it('never reads what it was not given', () => {
    fc.assert(
      fc.property(anyFrame(), fc.uint8Array({ minLength: 64, maxLength: 64 }), (frame, behind) => {
        const larger = Uint8Array.from([...frame, ...behind]);
        expect(parseFrame(larger.subarray(0, frame.length))).toEqual(parseFrame(frame));
      }),
      runs(2000),
    );
  });

  it('reads back what was built', () => {
    fc.assert(
      fc.property(frameDescription(), (description) => {
        const parsed = parseFrame(buildFrame(description));
        if (parsed.class !== 'syn' || description.transport?.kind !== 'tcp') return;
        if (description.network.kind === 'raw' || parsed.extensionHeaders > 0) return;
        if (Object.keys(description.network).some((key) => /version|next|protocol|[lL]ength|Words/.test(key))) return;
        const { sourcePort, destinationPort, sequence } = description.transport;
        expect(parsed).toMatchObject({ sourcePort, destinationPort, sequence });
      }),
      runs(5000),
    );
  });

  afterAll(() => {
    const missed = [...reached].filter(([, count]) => count === 0).map(([branch]) => branch);
    expect(missed).toEqual([]);
  });
});
