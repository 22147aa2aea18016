import { beforeAll, expect, test } from 'vitest';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import type { PolicyOptions } from './policy.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const windowLimits = [
  { windowS: 600, limit: 6 },
  { windowS: 3_600, limit: 15 },
  { windowS: 86_400, limit: 40 },
];

/** One connection to a new port each so many seconds; how many seconds until somebody is told to scan. */
function until(everyS: number, count: number, policy: Partial<PolicyOptions> = {}) {
  const { world, daemon } = startDaemon({ policy: { ...POLICY, windowLimits, ...policy } });
  const told = () => world.lines.lines.filter((line) => line.includes('Port scan detected'));
  let seconds = 0;
  for (let i = 0; i < count && told().length === 0; i++, seconds += everyS) {
    world.connect('192.0.2.56', 1_000 + i);
    world.clock.advance(everyS * 1_000);
  }
  return { seconds, told: told(), lines: world.lines.lines, world, daemon };
}

test.each(['kernel', 'user'] as const)('%s mode: slow scans are found, told as slow, and blocked', (mode) => {
  const fast = until(96, 60, { mode });
  expect(fast.seconds).toBeLessThan(3_600);
  expect(fast.told).toHaveLength(1);
  expect(fast.told[0]).toMatch(/192\.0\.2\.56 -> 10\.0\.0\.5 on ports 1000,1001,1002,1003,1004,1005,1006 \(slow\)$/);
  expect(fast.lines.join('\n')).toContain('Blocked 192.0.2.56 until');
  const slow = until(300, 100, { mode });
  expect(slow.seconds).toBeLessThan(86_400);
  expect(slow.told).toHaveLength(1);
});

test('in kernel mode without longer windows nobody looks', () => {
  expect(until(96, 60, { windowLimits: [] }).told).toEqual([]);
});

test('an allowed source is never told; with --response log nobody is blocked', () => {
  const { world } = startDaemon({ policy: { ...POLICY, windowLimits, response: 'log' } }, (fresh) => {
    fresh.network = { ...fresh.network, allow: [{ address: ip4(192, 0, 2, 7), bits: 128, reason: 'operator' }] };
  });
  for (let i = 0; i < 50; i++) {
    for (const source of ['192.0.2.7', '192.0.2.8']) world.connect(source, i);
    world.clock.advance(10_000);
  }
  world.clock.advance(OPTIONS.blockingPeriodMs);
  const told = world.lines.lines.filter((line) => /Port scan detected|Blocked/.test(line));
  expect(told.length).toBeGreaterThan(0);
  expect(told.every((line) => line.includes('Port scan detected: 192.0.2.8 '))).toBe(true);
});

test('one that was unblocked by hand begins anew', () => {
  const { world, seconds } = until(96, 60);
  expect(seconds).toBeGreaterThan(0);
  const [entry] = [...world.blocks.entries()];
  world.blocks.remove(entry!.source);
  world.clock.advance(OPTIONS.blockingPeriodMs);
  const before = world.lines.lines.length;
  for (let i = 0; i < 6; i++) world.connect('192.0.2.56', 5_000 + i);
  world.clock.advance(OPTIONS.blockingPeriodMs);
  expect(world.lines.lines.slice(before).join('\n')).not.toContain('Port scan detected');
});

const ip4 = (...octets: number[]): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets);
