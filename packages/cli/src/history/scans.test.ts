import { type DaemonEvent, jsonFormat } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { fakeSystem } from '../../test/fake-system.ts';
import { tellScans } from './scans.ts';
import type { ScansOptions } from './scans-options.ts';

process.env['TZ'] = 'UTC';

const DAY_MS = Date.UTC(2026, 10, 23);
const scanEnd = (n: number, more: object = {}): DaemonEvent => ({
  ...{ kind: 'scan end', timeMs: DAY_MS + n * 60_000, source: `192.0.2.${n}`, sourcePrefix: `192.0.2.${n}` },
  ...{ destination: '10.0.0.5', firstMs: DAY_MS, lastMs: DAY_MS, ports: [80, 81, 82], portsCount: 3 },
  ...{ open: [], openCount: 0, dropped: { packets: 12_345_678n, bytes: 1n }, probeKind: 'syn', shape: 'vertical' },
  ...more,
});
const MANY = Array.from({ length: 32 }, (_, i) => 60_000 + i);
const KEPT: DaemonEvent[] = [
  scanEnd(1),
  scanEnd(2, { ports: MANY, portsCount: 1_024, open: MANY, openCount: 40, probeKind: 'fragment' }),
  scanEnd(3, { sourcePrefix: '2001:db8:1234:5678::/64', open: undefined, dropped: undefined, shape: undefined }),
  { kind: 'distributed scan', timeMs: DAY_MS, ports: MANY, portsCount: 70, sourcesCount: 1_234, windowS: 600 },
  scanEnd(4, { probeKind: undefined, shape: 'horizontal', open: [443], openCount: 1 }),
];
const LINES = KEPT.map((event) => `${jsonFormat()(event)}\n`);
const options: ScansOptions = { path: '/x/scans.jsonl', json: false, limit: undefined, since: undefined };

async function said(given: Partial<ScansOptions> = {}, lines: Iterable<string> | undefined = LINES) {
  const fake = fakeSystem();
  const system = { clock: { wallMs: () => DAY_MS + 5 * 60_000 }, read: () => lines };
  await tellScans({ ...options, ...given }, fake.host, system);
  return fake.stdout.text;
}

test('a table of 80 columns', async () => {
  const text = await said();
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  await expect(text).toMatchFileSnapshot('golden/scans.txt');
});

test('as JSON, the last ones, those since then; lines that are none are left out', async () => {
  const torn = [LINES[0]!.slice(0, 40), '\n', ...LINES, LINES[1]!.slice(0, -20)];
  expect(await said({ json: true }, torn)).toBe(LINES.join(''));
  expect(await said({ json: true, limit: 2 })).toBe(LINES.slice(-2).join(''));
  expect(await said({ json: true, since: { agoMs: 120_000 } })).toBe([LINES[2], LINES[4]].join(''));
  expect(await said({ json: true, since: { atMs: DAY_MS + 240_000 } })).toBe(LINES[4]);
});

test('none', async () => {
  expect(await said({}, [])).toBe('no scan was recorded\n');
  expect(await said({ json: true }, [])).toBe('');
  const fake = fakeSystem();
  await tellScans(options, fake.host, { clock: { wallMs: () => 0 }, read: () => undefined });
  expect(fake.stdout.text).toBe('no scan was recorded\n');
});

test.each([
  ['EACCES', 3, 'it is not for this user: run it as root (sudo), or as the user that the daemon runs as'],
  [undefined, 1, 'others may write to it: see who wrote it, or name another with --state'],
])('what cannot be read: %s', async (code, exitCode, todo) => {
  const system = {
    clock: { wallMs: () => 0 },
    read: () => {
      throw Object.assign(new Error('others may write to it'), { code });
    },
  };
  await expect(tellScans(options, fakeSystem().host, system)).rejects.toMatchObject({
    exitCode,
    message: `reading the scans in /x/scans.jsonl: ${todo}`,
  });
});
