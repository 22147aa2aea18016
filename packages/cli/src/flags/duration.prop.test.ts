import fc from 'fast-check';
import { test } from 'vitest';
import { BadValue } from './bad-value.ts';
import { formatDuration, parseDuration } from './duration.ts';

const limits = { min: '1ms', max: '87600h' };

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 87_600n * 3_600_000n), (ms) => {
      const ns = ms * 1_000_000n;
      return parseDuration(formatDuration(ns), limits) === ns;
    }),
  );
});

test('any text is a duration within the limits or a named refusal, never 0 by accident', () => {
  const nearly = fc.stringMatching(/^[0-9hms. +-]{0,12}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      try {
        const ns = parseDuration(text, limits);
        return ns >= 1_000_000n && ns <= 87_600n * 3_600_000_000_000n;
      } catch (error) {
        return error instanceof BadValue && error.message.includes(`'${text}'`);
      }
    }),
    { numRuns: 2_000 },
  );
});
