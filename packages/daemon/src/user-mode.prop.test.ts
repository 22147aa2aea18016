import { compilePolicy, Moment, slotValue, SOURCES_PER_SET, Sources, ticksOf } from '@scanward/detector';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allowEntry, EPHEMERAL, ip, SECOND, source } from '../test/fakes.ts';
import type { FakeWorld } from '../test/fakes.ts';
import { OPTIONS, POLICY, startDaemon } from '../test/start.ts';
import { formatAddress } from './addresses.ts';
import { detectorPolicy } from './policy.ts';
import type { PolicyOptions } from './policy.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const user = (change: Partial<PolicyOptions> = {}) => ({ policy: { ...POLICY, mode: 'user' as const, ...change } });

/** The daemon of user mode with the real detector. */
describe('user mode', () => {
  it('blocks a scanner at the tick of the blocking watcher, and lets it in again', () => {
    const { world, daemon } = startDaemon({ ...user({ blockTtlMs: 5_000 }), blockingPeriodMs: 5_000 });
    world.clock.advance(2_000);
    for (const port of [83, 82, 81, 80]) world.connect('192.0.2.56', port);
    world.clock.advance(3_000);
    expect(world.lines.lines.slice(4)).toEqual([
      '2021-04-28 15:28:07: Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
      '2021-04-28 15:28:10: Blocked 192.0.2.56 until 2021-04-28 15:28:15 (port scan)',
    ]);
    world.clock.advance(5_067); // and the unit that blocks are counted in
    expect(world.lines.lines.at(-1)).toBe('2021-04-28 15:28:15: Unblocked 192.0.2.56');
    for (const port of [90, 91, 92]) world.connect('192.0.2.56', port);
    world.clock.advance(10_000);
    expect(world.blocks.map.size).toBe(0);
    expect(daemon.stop()).toMatchObject({ scans: 1n, blocks: 1n });
  });

  it('takes an IPv6 scanner that changes its address as one source', () => {
    const { world } = startDaemon({ ...user(), blockingPeriodMs: 5_000 });
    for (let i = 1; i <= 4; i++) world.connect(`2001:db8:bad::${i}`, i);
    world.clock.advance(5_000);
    expect(world.lines.lines.slice(4).map((line) => line.slice(21))).toEqual([
      'Port scan detected: 2001:db8:bad::/64 -> 2001:db8::5 on ports 1,2,3,4',
      'Blocked 2001:db8:bad::/64 until 2021-04-28 16:28:10 (port scan)',
    ]);
  });

  it('takes neighbours whole', () => {
    const { world } = startDaemon({ ...user(), blockingPeriodMs: 5_000 }, (fresh) => {
      fresh.network = { ...fresh.network, allow: [], onlink: [{ address: ip('2001:db8:bad::'), bits: 64 }] };
    });
    for (let i = 1; i <= 4; i++) world.connect(`2001:db8:bad::${i}`, i);
    world.clock.advance(5_000);
    expect(world.lines.lines).toHaveLength(4);
  });

  it.each([0, 3, 10, 11, 31, 100, 1024])('has an exact threshold of %i', (threshold) => {
    const { world } = startDaemon({ ...user({ threshold }), blockingPeriodMs: 5_000 });
    for (let port = 1; port <= threshold + 1; port++) {
      world.connect('192.0.2.57', port);
      if (port <= threshold) world.connect('192.0.2.56', port);
    }
    world.clock.advance(5_000);
    expect([...world.blocks.entries()].map((entry) => formatAddress(entry.source))).toEqual(['192.0.2.57']);
  });
});

/** No touch is as old as the window but for less than 16.8 ms, by which a source's first port may count less. */
const tenths = fc.nat(90).map((tenth) => tenth * 100);
const probe = fc.record({ host: fc.nat(3), port: fc.nat(9), waitMs: fc.oneof(fc.constant(0), tenths) });
const probes = fc.array(probe, { maxLength: 80, size: 'max' });

function run(story: readonly { host: number; port: number; waitMs: number }[], wallStepMs = 0) {
  const { world, daemon } = startDaemon(
    { ...user({ windowMs: 20_000, blockTtlMs: 15_000 }), blockingPeriodMs: 5_000 },
    (fresh) => {
      fresh.network = {
        ephemeral: EPHEMERAL,
        allow: [allowEntry('192.0.2.0', 'operator'), allowEntry('10.0.0.5', 'own')],
        onlink: [],
      };
    },
  );
  const blocked: string[] = [];
  const add = world.blocks.add.bind(world.blocks);
  world.blocks.add = (source, bits, block) => {
    blocked.push(`${formatAddress(source)} ${block.startNs / SECOND} ${block.expiryNs / SECOND}`);
    return add(source, bits, block);
  };
  for (const [i, { host, port, waitMs }] of story.entries()) {
    if (i === story.length >> 1) world.clock.wallOffsetMs += wallStepMs;
    // The program drops what comes from a blocked source, unless it is allowed.
    if (!world.blocks.get(ip(`192.0.2.${host}`))) world.connect(`192.0.2.${host}`, port);
    world.clock.advance(waitMs);
  }
  world.clock.advance(40_000);
  daemon.stop();
  return { lines: world.lines.lines, blocked, left: world.blocks.map.size };
}

describe('always', () => {
  it('an allowed source never gets a block', () => {
    let blocks = 0;
    fc.assert(
      fc.property(probes, (story) => {
        const { lines, blocked } = run(story);
        blocks += blocked.length;
        expect(blocked.filter((text) => text.startsWith('192.0.2.0 '))).toEqual([]);
        expect(lines.filter((line) => /scan detected: 192\.0\.2\.0 /.test(line))).toEqual([]);
      }),
    );
    expect(blocks).toBeGreaterThan(100); // it is the allowlist that keeps them away, not the quiet
  });

  it('every block is told to begin and to end, once', () => {
    fc.assert(
      fc.property(probes, (story) => {
        const { lines, blocked, left } = run(story);
        expect(left).toBe(0);
        expect(lines.filter((line) => line.includes(': Blocked '))).toHaveLength(blocked.length);
        expect(lines.filter((line) => line.includes(': Unblocked '))).toHaveLength(blocked.length);
        expect(lines.filter((line) => line.includes(': Port scan '))).toHaveLength(blocked.length);
      }),
    );
  });

  it('the same story gives the same bytes, and a step of the wall clock changes no decision', () => {
    fc.assert(
      fc.property(probes, fc.constantFrom(-3_600_000, 3_600_000), (story, wallStepMs) => {
        const plain = run(story);
        expect(run(story)).toEqual(plain);
        expect(run(story, wallStepMs).blocked).toEqual(plain.blocked);
      }),
    );
  });
});

/** The program of user mode: it remembers every touch, also that of a record that it lost. Says who is over the threshold. */
function program(world: FakeWorld, policy: PolicyOptions) {
  const rules = compilePolicy(detectorPolicy(policy, []));
  const sets = OPTIONS.maxSources / SOURCES_PER_SET;
  const sources = new Sources({ sets, singleLines: 2 * OPTIONS.maxSources, keys: OPTIONS.sourceKeys });
  const { table } = sources;
  const tick = () => ticksOf(world.clock.nowNs);
  world.sources.forget = (key) => void sources.forget(key);
  world.sources.sweep = () => table.sweep(tick(), rules);
  world.sources.visit = (visit) => {
    for (let slot = 0; slot < table.slots; slot++) {
      if (!table.isEmpty(slot)) visit(source.encode(slotValue(table, slot), new Uint8Array(source.size + 16), 16), 16);
    }
  };
  return (from: string, port: number, isLost: boolean): boolean => {
    sources.select(ip(from), 0);
    const slot = sources.probe(port, new Moment().set(tick(), 0), rules);
    if (isLost) world.count({ connectionsLost: world.counters.connectionsLost + 1n });
    else world.connect(from, port);
    return slot >= 0 && table.over;
  };
}

describe('lost records', () => {
  it('hide no scan, whichever they are', () => {
    let scanners = 0;
    let lost = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(probe, fc.boolean()), { maxLength: 80, size: 'max' }), (story) => {
        const policy = { ...POLICY, mode: 'user' as const, windowMs: 20_000, blockTtlMs: 0 };
        const { world } = startDaemon({ policy, blockingPeriodMs: 5_000 });
        const touch = program(world, policy);
        const over = new Set<string>();
        for (const [{ host, port, waitMs }, isLost] of story) {
          const from = `192.0.2.${host}`;
          if (!world.blocks.get(ip(from)) && touch(from, port, isLost)) over.add(from);
          if (isLost) lost++;
          world.clock.advance(waitMs);
        }
        world.clock.advance(5_000);
        scanners += over.size;
        const blocked = [...world.blocks.entries()].map((entry) => formatAddress(entry.source));
        expect(blocked.sort()).toEqual([...over].sort());
      }),
    );
    expect(scanners).toBeGreaterThan(50);
    expect(lost).toBeGreaterThan(500);
  });
});

it('a threshold that no table can hold is refused before anything starts', () => {
  expect(() => startDaemon(user({ threshold: 1025 }))).toThrow(RangeError);
  expect(OPTIONS.maxSources).toBe(1024);
});
