import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded } from '../test/guard.ts';
import { mutatedObject } from '../test/mutate.ts';
import { hold, outcome } from '../test/outcome.ts';
import { runs } from '../test/scale.ts';
import { readObject } from './index.ts';

describe('any byte string gives a spec or a named error', () => {
  const mutated = runs(5_000);

  it(
    'of a changed object',
    () => {
      const seen = new Map<string, number>();
      const seed = Number(process.env['TEST_SEED'] ?? Date.now());
      const property = fc.property(mutatedObject, (bytes) => {
        const result = outcome(bytes);
        seen.set(result, (seen.get(result) ?? 0) + 1);
      });
      fc.assert(property, { numRuns: mutated.numRuns, seed });
      const shown = [...seen].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
      process.stdout.write(`${mutated.numRuns} mutated objects (seed ${seed}): ${shown.join(', ')}\n`);
      expect(seen.get('spec') ?? 0).toBeGreaterThan(mutated.numRuns / 100);
      expect(mutated.numRuns - (seen.get('spec') ?? 0)).toBeGreaterThan(mutated.numRuns / 100);
      expect(seen.size).toBeGreaterThan(10);
    },
    mutated.timeout,
  );

  it('of anything behind an ELF header', () => {
    const headed = fc
      .uint8Array({ maxLength: 400 })
      .map((tail) => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...tail));
    const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), headed), (bytes) => {
      expect(outcome(bytes)).not.toBe('spec');
    });
    fc.assert(property, { numRuns: runs(1_000).numRuns });
  });

  it('the same one each time', () => {
    const read = (bytes: Uint8Array): unknown => {
      try {
        return readObject(bytes);
      } catch (error) {
        return String(error);
      }
    };
    const property = fc.property(mutatedObject, (bytes) => {
      const before = bytes.slice();
      hold(isDeepStrictEqual(read(bytes), read(bytes.slice())), 'a second reading gives the same');
      hold(isDeepStrictEqual(bytes, before), 'the input is unchanged');
    });
    fc.assert(property, { numRuns: runs(200).numRuns });
  });

  it('and a loop without end would be seen', () => {
    expect(() =>
      guarded(50, () => {
        for (let turns = 0; ; turns += 1) if (turns < 0) return;
      }),
    ).toThrow(/timed out/);
  });
});
