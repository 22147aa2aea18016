import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { allowEntry, type FakeWorld, ip, SECOND } from '../test/fakes.ts';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import { ListedPrefixes } from './listed-prefixes.ts';
import type { PolicyOptions } from './policy.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const HOUR_MS = 3_600_000;
const HOUR_NS = 3_600n * SECOND;
const windowed: PolicyOptions = { ...POLICY, windowLimits: [{ windowS: 3_600, limit: 15 }] };

function started(policy: PolicyOptions = windowed, prepare?: (world: FakeWorld) => void) {
  const { world, daemon } = startDaemon({ policy }, prepare);
  const reload = (change: Partial<PolicyOptions> = {}, periods = {}, allowed = new ListedPrefixes()) => {
    const { trackingPeriodMs, blockingPeriodMs } = OPTIONS;
    daemon.reload({ policy: { ...policy, ...change }, trackingPeriodMs, blockingPeriodMs, ...periods }, allowed);
  };
  const told = (what: RegExp): string[] => world.lines.lines.filter((line) => what.test(line));
  return { world, daemon, reload, told };
}

const touch = (world: FakeWorld, source: string, first: number, count: number) => {
  for (let port = first; port < first + count; port++) world.connect(source, port);
};

describe('what is told anew holds from then on', () => {
  test('for the program', () => {
    const { world, reload } = started();
    reload({ threshold: 9, windowMs: 5_000, blockTtlMs: 7_000, response: 'log', evidence: 'closed', maxNewBlocks: 8 });
    expect(world.policies).toHaveLength(2);
    expect(world.policies[1]).toMatchObject({
      ...{ threshold: 9, windowNs: 5n * SECOND, blockTtlNs: 7n * SECOND, response: 1, evidence: 1, blocksPerMinute: 8 },
    });
  });

  test('for slow scans, with what was remembered', () => {
    const { world, reload, told } = started();
    touch(world, '192.0.2.56', 1_000, 8);
    world.clock.advance(120_000);
    expect(told(/Port scan/)).toEqual([]);
    reload({ windowLimits: [{ windowS: 3_600, limit: 8 }] });
    touch(world, '192.0.2.56', 2_000, 1);
    world.clock.advance(120_000);
    expect(told(/Port scan detected: 192\.0\.2\.56 .*slow/)).toHaveLength(1);
    expect(told(/Blocked 192\.0\.2\.56/)).toHaveLength(1);
  });

  test('for windows that were not there before', () => {
    const { world, reload, told } = started(POLICY);
    reload({ addressLimit: { windowS: 600, limit: 3 }, protect: [{ address: ip('198.51.100.0'), bits: 120 }] });
    for (let n = 0; n < 4; n++) world.connect('192.0.2.56', 22, { destination: ip(`198.51.100.${n}`) });
    world.clock.advance(60_000);
    expect(told(/Port scan detected: 192\.0\.2\.56 .*horizontal/)).toHaveLength(1);
    reload({ addressLimit: undefined });
    for (let n = 0; n < 9; n++) world.connect('192.0.2.57', 22, { destination: ip(`198.51.100.${n}`) });
    world.clock.advance(60_000);
    expect(told(/Port scan detected: 192\.0\.2\.57/)).toEqual([]);
  });

  test('for what the daemon itself blocks, and how long', () => {
    const { world, reload, told } = started();
    reload({ response: 'log' });
    touch(world, '192.0.2.56', 1_000, 20);
    world.clock.advance(60_000);
    expect(told(/Port scan detected/)).toHaveLength(1);
    expect(told(/Blocked/)).toEqual([]);
    reload({ blockTtlMs: 10_000, probationMs: 10_000 });
    touch(world, '192.0.2.57', 1_000, 20);
    world.clock.advance(60_000);
    expect(told(/Blocked 192\.0\.2\.57/)).toHaveLength(1);
    world.clock.advance(11_000);
    expect(told(/Unblocked 192\.0\.2\.57/)).toHaveLength(1);
  });

  test('for when a scan is over', () => {
    const { world, reload, told } = started();
    reload({ windowMs: 5_000, response: 'log' });
    world.scan('192.0.2.56', [80, 81, 82, 83]);
    world.clock.advance(4_000);
    expect(told(/Port scan ended/)).toEqual([]);
    world.clock.advance(3_000);
    expect(told(/Port scan ended/)).toHaveLength(1);
  });

  test('for the watchers', () => {
    const { world, reload, told } = started();
    reload({}, { trackingPeriodMs: 5_000 });
    world.connect('192.0.2.56', 22);
    world.clock.advance(4_000);
    expect(told(/New connection/)).toEqual([]);
    world.clock.advance(1_000);
    expect(told(/New connection/)).toHaveLength(1);
  });

  test('for who is allowed', () => {
    const { world, reload, told } = started();
    world.scan('192.0.2.56', [80, 81, 82, 83], {}, HOUR_NS);
    world.clock.advance(1_000);
    expect(told(/Blocked/)).toHaveLength(1);
    world.network = { ...world.network, allow: [allowEntry('192.0.2.56', 'operator')] };
    reload();
    expect(world.log.infos.at(-1)).toBe('allowed 192.0.2.56 (operator)');
    expect(told(/Unblocked 192\.0\.2\.56/)).toHaveLength(1);
  });
});

test('who was allowed by a rule and is by a list now is allowed throughout', () => {
  const { world, reload } = started(windowed, (fresh) => {
    fresh.network = { ...fresh.network, allow: [allowEntry('192.0.2.56', 'operator')] };
  });
  world.network = { ...world.network, allow: [] };
  const removed: string[] = [];
  const remove = world.allow.remove.bind(world.allow);
  world.allow.remove = (prefix) => (removed.push(prefix.address.join('.')), remove(prefix));
  reload({}, {}, new ListedPrefixes([{ address: ip('192.0.2.56'), bits: 128 }]));
  expect([...world.allow.entries()].map(({ reason }) => reason)).toEqual(['list']);
  expect(removed).toEqual([]);
});

test('mode and IPv6 prefix stay: the tables are made for them', () => {
  const { world, reload } = started();
  reload({ mode: 'user', ipv6Prefix: 48 });
  expect(world.policies[1]).toMatchObject({ mode: world.policies[0]!.mode, ipv6Prefix: 64 });
});

test('blocks and scans in progress go on', () => {
  const { world, reload, told } = started();
  world.scan('192.0.2.56', [80, 81, 82, 83], {}, HOUR_NS);
  world.clock.advance(1_000);
  const before = world.blocks.map.size;
  reload({ threshold: 5 });
  expect(world.blocks.map.size).toBe(before);
  expect(told(/Unblocked|ended/)).toEqual([]);
  world.clock.advance(HOUR_MS);
  expect(told(/Unblocked/)).toHaveLength(1);
  expect(told(/Port scan ended/)).toHaveLength(1);
});

test('the same rules again change nothing that is told, whenever they come', () => {
  const step = fc.record({ host: fc.nat(1), port: fc.nat(30), waitMs: fc.nat(3_000), reload: fc.boolean() });
  let scans = 0;
  fc.assert(
    fc.property(fc.constantFrom('kernel', 'user'), fc.array(step, { minLength: 5, maxLength: 60 }), (mode, steps) => {
      const [plain, reloaded] = [started({ ...windowed, mode }), started({ ...windowed, mode })];
      for (const { host, port, waitMs, reload } of steps) {
        for (const each of [plain, reloaded]) {
          each.world.connect(`192.0.2.${host}`, 1_000 + port);
          each.world.clock.advance(waitMs);
        }
        if (reload) reloaded.reload();
      }
      for (const each of [plain, reloaded]) {
        each.world.clock.advance(60_000);
        each.daemon.stop();
      }
      expect(reloaded.world.lines.lines).toEqual(plain.world.lines.lines);
      scans += plain.told(/Port scan detected/).length;
    }),
    { numRuns: 60 },
  );
  expect(scans).toBeGreaterThan(10);
});

test('before the start and after the end nothing happens', () => {
  const { world, daemon, reload } = started();
  daemon.stop();
  reload({ threshold: 9 });
  expect(world.policies).toHaveLength(1);
});
