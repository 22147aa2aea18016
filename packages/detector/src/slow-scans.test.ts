import { expect, test } from 'vitest';
import { host, policy, SOURCE_SECRET } from '../test/sample.ts';
import type { WindowLimit } from './distinct.ts';
import { SlowScans } from './slow-scans.ts';

const SECOND = 1e9 / 1024;
/** What the command has by default. */
const WINDOWS: readonly WindowLimit[] = [
  { windowS: 600, limit: 6 },
  { windowS: 3_600, limit: 15 },
  { windowS: 86_400, limit: 40 },
];

function scans(more: Partial<ConstructorParameters<typeof SlowScans>[0]> = {}): SlowScans {
  return new SlowScans({
    maxSources: 4_096,
    windows: WINDOWS,
    sourceKeys: SOURCE_SECRET,
    policy: policy({}),
    allowed: () => false,
    ...more,
  });
}

const bytes = new Uint8Array([...host(1), ...host(2)]);

/** One probe each so many seconds, of a new port; when the first report comes, in seconds. */
function firstReport(watch: SlowScans, everyS: number, count: number): number | undefined {
  for (let i = 0; i < count; i++) {
    watch.probe(bytes, 0, 16, 1_000 + i, (100 + i * everyS) * SECOND);
    if (watch.takeScans().length > 0) return i * everyS;
  }
  return undefined;
}

test('one probe every 96 s is reported within the hour, one every five minutes within the day', () => {
  expect(firstReport(scans(), 96, 40)).toBeLessThan(3_600);
  expect(firstReport(scans(), 300, 300)).toBeLessThan(86_400);
  expect(firstReport(scans(), 230, 300)).toBe(15 * 230);
  expect(firstReport(scans(), 300, 300)).toBe(40 * 300);
});

test('slower than the slowest limit is not seen: 40 ports a day, each day', () => {
  expect(firstReport(scans(), 2_160, 400)).toBeUndefined();
});

test('a few services used all day are no scan', () => {
  const watch = scans();
  for (let i = 0; i < 5_000; i++)
    watch.probe(bytes, 0, 16, [22, 25, 53, 80, 143, 443][i % 6]!, (100 + i * 10) * SECOND);
  expect(watch.takeScans()).toEqual([]);
});

test('once found it is quiet until its block is over; then only what comes after counts', () => {
  const watch = scans();
  expect(firstReport(watch, 10, 100)).toBe(60);
  watch.settle(host(1), 1_000_000_000_000n);
  for (let i = 0; i < 100; i++) watch.probe(bytes, 0, 16, i, (300 + i) * SECOND);
  expect(watch.takeScans()).toEqual([]);
  for (let i = 0; i < 6; i++) watch.probe(bytes, 0, 16, 5_000 + i, (1_010 + i) * SECOND);
  expect(watch.takeScans()).toEqual([]);
  watch.probe(bytes, 0, 16, 6_000, 1_020 * SECOND);
  expect(watch.takeScans()).toMatchObject([{ windowS: 600, ports: [5_000, 5_001, 5_002, 5_003, 5_004, 5_005, 6_000] }]);
});

test('who is forgotten begins anew, in either table', () => {
  for (const ports of [3, 6]) {
    const watch = scans();
    for (let i = 0; i < ports; i++) watch.probe(bytes, 0, 16, i, 100 * SECOND);
    expect(watch.forget(host(1))).toBe(true);
    expect(watch.forget(host(1))).toBe(false);
    for (let i = 10; i < 16; i++) watch.probe(bytes, 0, 16, i, 110 * SECOND);
    expect(watch.takeScans()).toEqual([]);
  }
});

test('of four sources in a set the one that was quiet longest makes room', () => {
  const watch = scans({ maxSources: 4, windows: [{ windowS: 600, limit: 2 }] });
  const from = (source: number, port: number, second: number) => {
    watch.probe(new Uint8Array([...host(source), ...host(9)]), 0, 16, port, second * SECOND);
  };
  for (const source of [1, 2, 3, 4]) from(source, 1, 100 + source);
  from(1, 2, 200);
  from(5, 1, 201); // in the place of 2
  from(1, 3, 202);
  from(2, 2, 203);
  from(2, 3, 204);
  expect(watch.takeScans().map(({ address }) => address[15])).toEqual([host(1)[15]]);
});

test('more scans than may wait are found again later; nobody has an address of zeros', () => {
  const watch = scans({ scansMax: 1, windows: [{ windowS: 600, limit: 1 }] });
  for (const source of [1, 2]) {
    for (const port of [1, 2]) watch.probe(new Uint8Array([...host(source), ...host(9)]), 0, 16, port, 100 * SECOND);
  }
  expect(watch.takeScans()).toHaveLength(1);
  watch.probe(new Uint8Array([...host(2), ...host(9)]), 0, 16, 2, 101 * SECOND);
  expect(watch.takeScans()).toHaveLength(1);
  for (const port of [1, 2, 3]) watch.probe(new Uint8Array(32), 0, 16, port, 100 * SECOND);
  expect(watch.takeScans()).toEqual([]);
});

test('a window or a limit out of bounds is refused', () => {
  expect(() => scans({ windows: [{ windowS: 0, limit: 1 }] })).toThrow('seconds of a window');
  expect(() => scans({ windows: [{ windowS: 1, limit: 256 }] })).toThrow('limit of a window');
});
