import fc from 'fast-check';
import { expect, it } from 'vitest';
import { event } from '../test/arbitrary-event.ts';
import { jsonFormat } from './format-json.ts';
import { textFormat } from './format-text.ts';
import { readEvent } from './read-event.ts';

it('what JSON tells of an event makes the same line of text and of JSON', () => {
  const [json, text] = [jsonFormat(), textFormat()];
  fc.assert(
    fc.property(event, (told) => {
      const read = readEvent(json(told))!;
      expect(read.kind).toBe(told.kind);
      expect(text(read)).toBe(text(told));
      expect(json(read)).toBe(json(told));
    }),
    { numRuns: 500 },
  );
});

it('of any other line it says that it is none, and never throws', () => {
  const json = jsonFormat();
  const spoilt = fc.tuple(event, fc.nat(), fc.constantFrom('', '"', '9', 'null', '}')).map(([told, at, by]) => {
    const line = json(told);
    const where = at % line.length;
    return line.slice(0, where) + by + line.slice(where + 1);
  });
  fc.assert(
    fc.property(fc.oneof(spoilt, fc.json(), fc.string()), (line) => {
      const read = readEvent(line);
      if (read) expect(textFormat()(read)).toContain(': ');
    }),
    { numRuns: 1_000 },
  );
  for (const line of ['', '1', 'null', '{}', '{"event":{"action":"later"}}', '{"event":{"action":"block"}}'])
    expect(readEvent(line)).toBeUndefined();
});
