import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codecs, noteOf, NOTE_TEXT_BYTES, noteValue, PORTS_MAX } from './index.ts';

const ports = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 2 * PORTS_MAX });
const text = fc.string({ unit: 'binary', maxLength: 2 * NOTE_TEXT_BYTES });
const bytesOf = (of: string): number => Buffer.byteLength(of);

test.each(['little', 'big'] as const)(
  'a note is what was noted, always, as far as there is room (%s endian)',
  (endian) => {
    const { blockNote } = codecs(endian);
    fc.assert(
      fc.property(ports, text, (allPorts, allText) => {
        const note = noteOf(blockNote.decode(blockNote.encode(noteValue({ ports: allPorts, text: allText }))));
        expect(note.ports).toEqual(allPorts.slice(0, PORTS_MAX));
        expect(allText.startsWith(note.text)).toBe(true);
        const [next = ''] = allText.slice(note.text.length);
        expect(bytesOf(note.text)).toBeLessThanOrEqual(NOTE_TEXT_BYTES);
        expect(next === '' || bytesOf(note.text + next) > NOTE_TEXT_BYTES).toBe(true);
      }),
    );
  },
);

test('whole characters only, and a text of 64 bytes is whole', () => {
  const kept = (whole: string): string => noteOf(noteValue({ ports: [], text: whole })).text;
  expect(kept('x'.repeat(64))).toBe('x'.repeat(64));
  expect(kept(`${'x'.repeat(63)}é`)).toBe('x'.repeat(63));
  expect(kept(`${'x'.repeat(60)}\u{1f6ab}`)).toBe(`${'x'.repeat(60)}\u{1f6ab}`);
  expect(kept('\ufefforder')).toBe('\ufefforder');
});
