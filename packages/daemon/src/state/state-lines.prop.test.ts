import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateEntry } from '../../test/arbitrary-state.ts';
import { sha256 } from '../../test/fake-state.ts';
import type { StateEntry } from './state-entry.ts';
import { StateError } from './state-error.ts';
import { stateLines } from './state-lines.ts';
import { readState } from './state-reader.ts';

const entries = fc.array(stateEntry);
const header = { writtenMs: Date.UTC(2026, 10, 23) };
const written = (all: Iterable<StateEntry>): string => [...stateLines(header, all, sha256())].join('');
const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));
const read = (text: string): StateEntry[] => [...readState(linesOf(text), sha256())];
const refusal = (text: string): unknown => {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('the state file', () => {
  it('gives back any entries', () => {
    fc.assert(
      fc.property(entries, (all) => {
        expect(read(written(all))).toEqual(all);
      }),
    );
  });

  it('is JSON, ASCII, one entry a line', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const text = written(all);
        expect(text).toMatch(/^[\n\x20-\x7e]*$/);
        expect(linesOf(text)).toHaveLength(all.length + 3);
        const value = JSON.parse(text) as { entries: unknown[] };
        expect(Object.keys(value).at(-1)).toBe('sha256');
        expect(value.entries).toHaveLength(all.length);
      }),
    );
  });

  it('is refused at any cut', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, seed) => {
        const text = written(all);
        expect(refusal(text.slice(0, seed % text.length))).toBeInstanceOf(StateError);
      }),
    );
  });

  it('is refused at any flipped bit', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(7), (all, seed, bit) => {
        const bytes = Buffer.from(written(all), 'latin1');
        bytes[seed % bytes.length]! ^= 1 << bit;
        expect(refusal(bytes.toString('latin1'))).toBeInstanceOf(StateError);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused with anything behind it, or with a line missing, doubled or moved', () => {
    fc.assert(
      fc.property(fc.array(stateEntry, { minLength: 1 }), fc.nat(), fc.nat(), (all, from, to) => {
        const lines = linesOf(written(all));
        const [line] = lines.slice(from % lines.length);
        const others = lines.toSpliced(from % lines.length, 1);
        expect(refusal(`${lines.join('')}\n`)).toBeInstanceOf(StateError);
        expect(refusal(others.join(''))).toBeInstanceOf(StateError);
        expect(refusal(lines.toSpliced(to % lines.length, 0, line!).join(''))).toBeInstanceOf(StateError);
        const moved = others.toSpliced(to % lines.length, 0, line!);
        if (moved.join('') !== lines.join('')) expect(refusal(moved.join(''))).toBeInstanceOf(StateError);
      }),
    );
  });

  it('may have fields, and kinds of entries, that this version does not know', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const old = linesOf(written(all)).slice(0, -1);
        const newer = [old[0]!.replace('"entries"', '"host":"a","entries"'), '{"kind":"sight","of":[1]},\n'];
        newer.push(...old.slice(1).map((line) => line.replace(/^\{/, '{"colour":{"r":1},')));
        const hash = sha256();
        for (const line of newer) hash.update(line);
        expect(read(`${newer.join('')}"sha256":"${hash.digest()}"}\n`)).toEqual(all);
      }),
    );
  });
});

describe('a state file that is refused says why', () => {
  const text = written([{ kind: 'allow', address: new Uint8Array(16), bits: 0 }]);
  const code = (changed: string) => {
    const error = refusal(changed) as StateError;
    return `${error.code} ${error.line ?? ''}: ${error.message}`.trim();
  };

  it.each([
    [text.replace('"version":1', '"version":2'), 'version 1: line 1: version 2, not 1'],
    [text.replace('"version":1,', ''), 'version 1: line 1: version unknown, not 1'],
    [text.replace('scanward-state', 'x'), 'syntax 1: line 1: not a state file of Scanward'],
    ['# notes\n', 'syntax 1: line 1: not JSON of ours'],
    ['', 'torn : it is empty'],
    [text.slice(0, -1), 'torn 4: line 4: it ends within this line'],
    [linesOf(text).slice(0, 2).join(''), 'torn 2: line 2: it ends after this line'],
    [text.replace('allow', 'alloy'), 'checksum : the checksum is that of other lines'],
    [text.replace('"::/0"', '"::1/0"'), 'syntax 2: line 2: not an entry'],
    [text.replace('"sha256":"', '"sha256":"x'), 'syntax 4: line 4: not a checksum'],
    [`${text}{}\n`, 'syntax 5: line 5: there is more after the end'],
  ])('%#', (changed, said) => {
    expect(code(changed)).toBe(said);
  });
});

it('a block for ever has no expiry, and a number of no more than JSON is sure of', () => {
  const block = { kind: 'block', isNet: false, startMs: 0, expiryMs: undefined, reason: 'operator' } as const;
  const lines = written([
    { ...block, address: new Uint8Array(16), bits: 128, packets: 2n ** 60n, bytes: 7n, ports: [], text: 'café' },
  ]);
  expect(lines.split('\n')[1]).toBe(
    '{"kind":"block","prefix":"::","reason":"operator","start":"1970-01-01T00:00:00.000Z",' +
      '"packets":9007199254740991,"bytes":7,"text":"caf\\u00e9"}',
  );
});
