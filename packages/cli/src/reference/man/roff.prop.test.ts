import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeRoff } from './roff.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('.', "'", '\\', '-', '\n', 'a') }),
);

test('no text is a request, an escape of its own, or more than a line; all is ASCII', () => {
  fc.assert(
    fc.property(text, (any) => {
      const escaped = escapeRoff(any);
      expect(escaped).not.toMatch(/^[.']/);
      expect(escaped).toMatch(/^(?:[ -[\]-~]|\\(?:[-e&]|\([a-z]{2}|\[u[0-9A-F]{4,6}\]))*$/);
    }),
  );
});
