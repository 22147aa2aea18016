import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { host, policy, SOURCE_SECRET } from '../test/sample.ts';
import { Sweeps, type SweepsOptions } from './sweeps.ts';

const SECOND = 1e9 / 1024;
/** Ours are 10.0.1.0 to 10.0.1.255. */
const ours = (n: number): Uint8Array => {
  const address = host(n);
  address[14] = 1;
  return address;
};
const isOurs = (bytes: Uint8Array, offset: number): boolean => bytes[offset + 14] === 1;

function sweeps(more: Partial<SweepsOptions> = {}): Sweeps {
  return new Sweeps({
    maxSources: 4_096,
    window: { windowS: 600, limit: 16 },
    sourceKeys: SOURCE_SECRET,
    policy: policy({}),
    isOurs,
    allowed: () => false,
    ...more,
  });
}

function probe(watch: Sweeps, destination: Uint8Array, port: number, timeS: number, source = host(9)): void {
  const bytes = new Uint8Array(32);
  bytes.set(source);
  bytes.set(destination, 16);
  watch.probe(bytes, 0, 16, port, timeS * SECOND);
}

test('more addresses than the limit, with the same port, are a sweep, and are told once', () => {
  const watch = sweeps();
  for (let i = 0; i < 16; i++) probe(watch, ours(i), 22, 100 + i);
  expect(watch.takeScans()).toEqual([]);
  for (let i = 16; i < 40; i++) probe(watch, ours(i), 22, 100 + i);
  const found = watch.takeScans();
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ source: host(9), ports: [22], addressesCount: 17, windowS: 600, limit: 16 });
  expect(found[0]).toMatchObject({ address: host(9), destination: ours(16), timeTicks: 116 * SECOND });
});

describe('no sweep', () => {
  test.each([
    ['addresses that are not ours', (i: number) => [host(i), 100] as const],
    ['few addresses, many times', (i: number) => [ours(i % 16), 100] as const],
    ['slower than the window', (i: number) => [ours(i % 250), 100 + 38 * i] as const],
  ])('%s', (_what, of) => {
    const watch = sweeps();
    for (let i = 0; i < 200; i++) {
      const [destination, timeS] = of(i);
      probe(watch, destination, 443, timeS);
    }
    expect(watch.takeScans()).toEqual([]);
  });

  test('who is allowed', () => {
    const watch = sweeps({ allowed: (bytes, offset) => bytes[offset + 15] === 9 });
    for (let i = 0; i < 60; i++) probe(watch, ours(i), 22, 100);
    expect(watch.takeScans()).toEqual([]);
    for (let i = 0; i < 60; i++) probe(watch, ours(i), 22, 100, host(10));
    expect(watch.takeScans()).toHaveLength(1);
  });
});

test('a block ends: what was before it does not count; a source that is forgotten begins anew', () => {
  const watch = sweeps();
  for (let i = 0; i < 17; i++) probe(watch, ours(i), 22, 100);
  expect(watch.takeScans()).toHaveLength(1);
  watch.settle(host(9), 200_000_000_000n);
  for (let i = 0; i < 16; i++) probe(watch, ours(i), 22, 210);
  expect(watch.takeScans()).toEqual([]);
  expect(watch.forget(host(9))).toBe(true);
  probe(watch, ours(99), 22, 211);
  expect(watch.takeScans()).toEqual([]);
  expect(watch.count(host(9), ours(99), 211 * SECOND)).toBe(1);
});

test('how many addresses of ours a source has touched', () => {
  const watch = sweeps();
  for (let i = 0; i < 5; i++) probe(watch, ours(i), i, 100);
  expect(watch.count(host(9), ours(4), 100 * SECOND)).toBe(5);
  expect(watch.count(host(9), ours(5), 100 * SECOND)).toBe(6);
  expect(watch.count(host(9), host(5), 100 * SECOND)).toBe(0);
  expect(watch.count(host(8), ours(5), 100 * SECOND)).toBe(1);
});

test('agrees with one who forgets nothing, but for addresses that look alike', () => {
  let sweepsSeen = 0;
  fc.assert(
    fc.property(
      fc.array(fc.record({ source: fc.nat(3), address: fc.nat(20), afterS: fc.nat(4) }), {
        maxLength: 80,
        size: 'max',
      }),
      fc.integer({ min: 1, max: 9 }),
      (steps, limit) => {
        const watch = sweeps({ window: { windowS: 30, limit } });
        const last = new Map<string, number>();
        const until = new Map<number, number>();
        let now = 1_000;
        for (const { source, address, afterS } of steps) {
          now += afterS;
          probe(watch, ours(address), 22, now, host(source));
          last.set(`${source} ${address}`, now);
          const since = Math.max(now - 30 + 1, (until.get(source) ?? 0) + 1);
          const mine = [...last].filter(([key, at]) => key.startsWith(`${source} `) && at >= since);
          const isFound = mine.length > limit && (until.get(source) ?? 0) < now;
          if (isFound) until.set(source, now + 30);
          sweepsSeen += Number(isFound);
          const found = watch.takeScans().map((scan) => [scan.source, scan.addressesCount]);
          expect(found).toEqual(isFound ? [[host(source), mine.length]] : []);
        }
      },
    ),
  );
  expect(sweepsSeen).toBeGreaterThan(20);
});
