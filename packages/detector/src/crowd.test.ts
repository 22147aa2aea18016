import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { host, policy, SOURCE_SECRET } from '../test/sample.ts';
import { Crowd, type CrowdOptions } from './crowd.ts';

const SECOND = 1e9 / 1024;

function crowd(more: Partial<CrowdOptions> = {}): Crowd {
  return new Crowd({
    window: { windowS: 600, limit: 64 },
    sourceKeys: SOURCE_SECRET,
    policy: policy({}),
    allowed: () => false,
    ...more,
  });
}

const probe = (watch: Crowd, source: number, port: number, timeS: number): void =>
  watch.probe(host(source), 0, port, timeS * SECOND);

test('many sources of three ports each are one scan, told once within the window', () => {
  const watch = crowd();
  for (let i = 0; i < 64; i++) probe(watch, i % 22, 1_000 + i, 100);
  expect(watch.look(101 * SECOND)).toBeUndefined();
  for (let i = 64; i < 90; i++) probe(watch, i % 30, 1_000 + i, 100);
  expect(watch.look(101 * SECOND)).toEqual({
    ...{ timeTicks: 101 * SECOND, windowS: 600, limit: 64, portsCount: 90, sourcesCount: 30 },
    ports: Array.from({ length: 32 }, (_, i) => 1_000 + i),
  });
  expect(watch.look(700 * SECOND)).toBeUndefined();
  for (let i = 0; i < 90; i++) probe(watch, i % 30, i, 701);
  expect(watch.look(701 * SECOND)).toMatchObject({ portsCount: 90 });
});

describe('no crowd', () => {
  test.each([
    ['few sources', (i: number) => [i % 16, i, 100]],
    ['few ports', (i: number) => [i % 200, i % 64, 100]],
    ['one scanner and some strangers', (i: number) => (i < 20 ? [20 + i, 60_000 + i, 100] : [1, i, 100])],
    ['slower than the window', (i: number) => [i % 200, i, 100 + i * 10]],
  ])('%s', (_what, of) => {
    const watch = crowd();
    for (let i = 0; i < 200; i++) {
      const [source, port, timeS] = of(i) as [number, number, number];
      probe(watch, source, port, timeS);
      expect(watch.look(timeS * SECOND)).toBeUndefined();
    }
  });

  test('clients of ports that somebody listens on, however many there are', () => {
    const watch = crowd();
    for (let i = 0; i < 500; i++) watch.listens(i, 100 * SECOND);
    for (let i = 0; i < 500; i++) probe(watch, i % 250, i, 200);
    expect(watch.look(200 * SECOND)).toBeUndefined();
    // An hour after the last handshake nobody knows.
    for (let i = 0; i < 500; i++) probe(watch, i % 250, i, 3_800);
    expect(watch.look(3_800 * SECOND)).toMatchObject({ portsCount: 500, sourcesCount: 250 });
  });

  test('who is allowed', () => {
    const watch = crowd({ allowed: (bytes, offset) => bytes[offset + 15]! < 100 });
    for (let i = 0; i < 90; i++) probe(watch, i, i, 100);
    expect(watch.look(100 * SECOND)).toBeUndefined();
    for (let i = 100; i < 190; i++) probe(watch, i, i, 100);
    expect(watch.look(100 * SECOND)).toMatchObject({ portsCount: 90, sourcesCount: 90 });
  });
});

const probes = fc.array(fc.record({ source: fc.nat(250), port: fc.nat(120) }), {
  minLength: 60,
  maxLength: 300,
  size: 'max',
});

it('does not depend on the order of packets that come at the same time', () => {
  let found = 0;
  fc.assert(
    fc.property(probes, fc.integer(), (all, seed) => {
      const options = { window: { windowS: 600, limit: 40 } };
      const [one, other] = [crowd(options), crowd(options)];
      const mixed = [...all].sort((a, b) => ((a.source * 31 + a.port) ^ seed) - ((b.source * 31 + b.port) ^ seed));
      for (const { source, port } of all) probe(one, source, port, 100);
      for (const { source, port } of mixed) probe(other, source, port, 100);
      const scan = one.look(100 * SECOND);
      expect(other.look(100 * SECOND)).toEqual(scan);
      found += Number(scan !== undefined);
    }),
  );
  expect(found).toBeGreaterThan(10);
});

it('never counts more ports or sources than there were, nor sources that ask for many', () => {
  let found = 0;
  fc.assert(
    fc.property(probes, (all) => {
      const watch = crowd({ window: { windowS: 600, limit: 20 }, portsOfOne: 3 });
      for (const { source, port } of all) probe(watch, source, port, 100);
      const scan = watch.look(100 * SECOND);
      if (!scan) return;
      found++;
      const last = new Map<number, Set<number>>();
      for (const { source, port } of all) last.set(port, (last.get(port) ?? new Set()).add(source));
      expect(scan.portsCount).toBeLessThanOrEqual(last.size);
      expect(scan.sourcesCount).toBeLessThanOrEqual(new Set(all.map(({ source }) => source)).size);
      for (const port of scan.ports) expect(last.has(port)).toBe(true);
    }),
  );
  expect(found).toBeGreaterThan(10);
});
