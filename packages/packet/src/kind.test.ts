import { describe, expect, it } from 'vitest';
import { kindOf, type ProbeKind } from './kind.ts';

/** As in the RFC, from the highest bit on. */
const BITS = 'CEUAPRSF';
const flagsOf = (letters: string): number =>
  Array.from(letters).reduce((flags, letter) => flags | (0x80 >> BITS.indexOf(letter)), 0);

describe('the flags', () => {
  it.each<[string, ProbeKind | undefined]>([
    ['S', 'syn'],
    ['SP', 'syn'],
    ['SU', 'syn'],
    ['F', 'fin'],
    ['', 'null'],
    ['FPU', 'xmas'],
    ['FA', 'maimon'],
    ['FAP', 'maimon'],
    ['A', 'ack'],
    ['AP', 'ack'],
    ['SF', 'odd'],
    ['SR', 'odd'],
    ['SFA', 'odd'],
    ['SRA', 'odd'],
    ['RF', 'odd'],
    ['P', 'odd'],
    ['U', 'odd'],
    ['PU', 'odd'],
    ['FP', 'odd'],
    ['FU', 'odd'],
    ['FAU', 'odd'],
    // Answers.
    ['SA', undefined],
    ['SAP', undefined],
    ['R', undefined],
    ['RA', undefined],
    ['RAP', undefined],
  ])('%s are of %s, whatever ECN says', (letters, kind) => {
    for (const ecn of ['', 'E', 'C', 'EC']) expect(kindOf(flagsOf(letters + ecn), false)).toBe(kind);
  });

  it('ACK with payload is a stream, also its last segment', () => {
    for (const letters of ['A', 'AP', 'FA', 'FAP', 'FAU']) expect(kindOf(flagsOf(letters), true)).toBeUndefined();
  });

  it('payload changes nothing else', () => {
    for (let flags = 0; flags < 256; flags++) {
      const isStream = (flags & flagsOf('SRA')) === flagsOf('A');
      if (!isStream) expect(kindOf(flags, true)).toBe(kindOf(flags, false));
    }
  });
});
