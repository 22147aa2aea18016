import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FreshPage } from './fresh-page.ts';

test('however often it is asked for, a page is made four times a second at most, and none is older than that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }), async (waitsMs) => {
      let nowMs = 0;
      const made: number[] = [];
      const text = () => {
        made.push(nowMs);
        return Promise.resolve(String(nowMs));
      };
      const page = new FreshPage({ contentType: 'x', text }, () => BigInt(nowMs) * 1_000_000n);
      for (const waitMs of waitsMs) {
        nowMs += waitMs;
        expect(nowMs - Number(await page.text())).toBeLessThan(250);
      }
      for (const [i, at] of made.entries()) if (i > 0) expect(at - made[i - 1]!).toBeGreaterThanOrEqual(250);
    }),
  );
});

test('what fails is not asked again at once', async () => {
  let tries = 0;
  const text = () => Promise.reject(new Error(`try ${++tries}`));
  const page = new FreshPage({ contentType: 'x', text }, () => 0n);
  await expect(page.text()).rejects.toThrow('try 1');
  await expect(page.text()).rejects.toThrow('try 1');
});
