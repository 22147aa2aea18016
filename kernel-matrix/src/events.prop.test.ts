import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guestEvent } from '../test/arbitrary.ts';
import { parseEvent } from './events.ts';

it('reads what a guest writes, also with the carriage return of a serial line', () => {
  fc.assert(
    fc.property(guestEvent, (event) => {
      expect(parseEvent(JSON.stringify(event))).toEqual(event);
      expect(parseEvent(` ${JSON.stringify(event)}\r`)).toEqual(event);
    }),
  );
});

it('takes a torn line for none', () => {
  fc.assert(
    fc.property(guestEvent, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (event, where) => {
      const line = JSON.stringify(event);
      expect(parseEvent(line.slice(0, Math.floor(line.length * where)))).toBeUndefined();
    }),
  );
});

it('never throws, and what it takes it takes again', () => {
  const lines = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record({ event: fc.constantFrom('boot', 'test', 'toString', '__proto__'), ms: fc.jsonValue() })
      .map((fields) => JSON.stringify(fields)),
  );
  fc.assert(
    fc.property(lines, (line) => {
      const event = parseEvent(line);
      if (event) expect(parseEvent(JSON.stringify(event))).toEqual(event);
    }),
  );
});

it('refuses a line of which one field is missing or of another kind', () => {
  fc.assert(
    fc.property(guestEvent, fc.nat(), fc.constantFrom(undefined, null, [], { a: 1 }), (event, which, wrong) => {
      const names = Object.keys(event).filter((name) => name !== 'why' || event.event !== 'test');
      const broken = { ...event, [names[which % names.length]!]: wrong };
      expect(parseEvent(JSON.stringify(broken))).toBeUndefined();
    }),
  );
});
