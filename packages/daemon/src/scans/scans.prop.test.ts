import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FakeSink, FakeWorld, ip, SECOND } from '../../test/fakes.ts';
import { OPTIONS, startDaemon } from '../../test/start.ts';
import { Blocklist } from '../blocklist.ts';
import type { DaemonEvent, ScanEndEvent, ScanEvent } from '../events.ts';
import { Output } from '../output.ts';
import { WallClock } from '../wall-clock.ts';
import { Scans } from './scans.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const WINDOW_MS = 10_000;

/** The reports alone; what they tell is kept as it is. */
function reports(scansMax?: number) {
  const world = new FakeWorld();
  const events: DaemonEvent[] = [];
  const wall = new WallClock(world.clock);
  const format = (event: DaemonEvent) => {
    events.push(event);
    return '';
  };
  const output = new Output(new FakeSink(), format, () => 0);
  const scans = new Scans(world.ports(), output, wall, { ...OPTIONS, windowMs: WINDOW_MS, ipv6Prefix: 64, scansMax });
  return { world, scans, wall, list: new Blocklist(output, wall, undefined, scans), events };
}

type Reports = ReturnType<typeof reports>;

const isScan = (event: DaemonEvent): event is ScanEvent => event.kind === 'scan';
const isEnd = (event: DaemonEvent): event is ScanEndEvent => event.kind === 'scan end';

type Step =
  | { do: 'connect' | 'cross'; host: number; port: number }
  | { do: 'block'; host: number; ttlMs: number }
  | { do: 'drop' | 'lift'; host: number }
  | { do: 'wait'; ms: number };

const host = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('connect' as const, 'cross' as const), host, port: fc.nat(65_535) }),
  fc.record({ do: fc.constant('block' as const), host, ttlMs: fc.constantFrom(0, 3_000, 30_000) }),
  fc.record({ do: fc.constantFrom('drop' as const, 'lift' as const), host }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(500), fc.nat(14_000)) }),
);
const story = fc.array(step, { maxLength: 60, size: 'max' });

function play({ world, scans, list }: Reports, now: Step): void {
  const source = 'host' in now ? ip(`192.0.2.${now.host}`) : ip('0.0.0.0');
  const { nowNs } = world.clock;
  const entry = world.blocks.get(source);
  switch (now.do) {
    case 'connect':
      scans.connected(source, 0, now.port, Number(nowNs));
      break;
    case 'cross':
      cross(scans, source, now.port, Number(nowNs));
      break;
    case 'block': {
      const expiryNs = now.ttlMs === 0 ? 0n : nowNs + BigInt(now.ttlMs) * 1_000_000n;
      const block = { source, bits: 128, isNet: false, startNs: nowNs, expiryNs, reason: 'scan' as const };
      world.blocks.put({ ...block, packets: 0n, bytes: 0n });
      list.begin(block);
      break;
    }
    case 'drop':
      if (entry) world.blocks.put({ ...entry, packets: entry.packets + 1n, bytes: entry.bytes + 60n });
      break;
    case 'lift':
      world.blocks.remove(source);
      if (entry) list.end(entry, nowNs, entry);
      break;
    case 'wait':
      world.clock.advance(now.ms);
      scans.pass();
      break;
  }
}

function cross(scans: Scans, source: Uint8Array, port: number, timeNs: number): void {
  scans.crossed({
    ...{ timeNs, source, sourceBits: 128, address: source, destination: ip('10.0.0.5'), ports: [port] },
    ...{ interface: 'eth0', blockStartNs: undefined },
  });
}

describe('reports', () => {
  it('each scan that is told has one end, after it and before the next of its source', () => {
    let told = 0;
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 6 }), (steps, max) => {
        const all = reports(max);
        for (const now of steps) play(all, now);
        all.scans.endAll();
        expect(all.scans.size).toBe(0);
        for (let last = 0; last <= 5; last++) {
          const mine = all.events.filter((event) => isScan(event) || isEnd(event));
          const kinds = mine.filter(({ source }) => source === `192.0.2.${last}`).map(({ kind }) => kind);
          expect(kinds).toEqual(kinds.map((_, i) => (i % 2 === 0 ? 'scan' : 'scan end')));
          expect(kinds.length % 2).toBe(0);
        }
        expect(all.events.filter(isScan)).toHaveLength(all.scans.count);
        told += all.scans.count;
      }),
    );
    expect(told).toBeGreaterThan(200);
  });

  it('without blocks, a scan ends a window after the last that its source did, and says all that it did', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(calmStep, { maxLength: 80, size: 'max' }), (steps) => {
        const all = reports();
        const slow = new SlowReports(() => all.wall.ms(all.world.clock.nowNs));
        for (const now of steps) {
          if (now.do === 'cross') play(all, { ...now, do: 'connect' }); // the packet that crossed passes
          play(all, now);
          slow.play(now);
        }
        const ends = all.events.filter(isEnd).map((event) => ({
          ...{ source: event.source, firstMs: event.firstMs, lastMs: event.lastMs, timeMs: event.timeMs },
          ...{ ports: event.ports, portsCount: event.portsCount },
        }));
        const order = (a: SlowReport, b: SlowReport) => a.lastMs - b.lastMs || a.source.localeCompare(b.source);
        expect(ends.sort(order)).toEqual(slow.ended.sort(order));
        told += ends.length;
      }),
    );
    expect(told).toBeGreaterThan(100);
  });

  it('a flood of forged scans takes no more room than it may, and each of them has its end', () => {
    const all = reports(100);
    for (let i = 0; i < 5_000; i++) {
      cross(all.scans, Uint8Array.of(...ip('10.0.0.0').slice(0, 13), i >> 16, i >> 8, i), 80, i * 1e5);
      expect(all.scans.size).toBe(Math.min(i + 1, 100));
    }
    // The end of the one that made room was told at once: it is the one that was quiet longest.
    expect(all.scans.count).toBe(5_000);
    expect(all.events.filter(isEnd).map(({ source }) => source)).toEqual(
      all.events
        .filter(isScan)
        .slice(0, 4_900)
        .map(({ source }) => source),
    );
  });
});

const calmStep = fc.oneof(
  fc.record({ do: fc.constantFrom('connect' as const, 'cross' as const), host, port: fc.nat(65_535) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(500), fc.nat(14_000)) }),
);

interface SlowReport {
  readonly source: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly timeMs: number;
  readonly ports: readonly number[];
  readonly portsCount: number;
}

/** The rule without any cleverness: remembers everything. */
class SlowReports {
  readonly ended: SlowReport[] = [];
  readonly #did: { host: number; ms: number; port: number }[] = [];
  /** Since when they are in progress. */
  readonly #open = new Map<number, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  play(now: Exclude<Step, { do: 'block' | 'drop' | 'lift' }>): void {
    if (now.do === 'wait') this.#endQuiet();
    else this.#did.push({ host: now.host, ms: this.#nowMs(), port: now.port });
    if (now.do === 'cross' && !this.#open.has(now.host)) this.#open.set(now.host, this.#nowMs());
  }

  #endQuiet(): void {
    for (const [from, since] of this.#open) {
      const mine = this.#did.filter((one) => one.host === from && one.ms > since - WINDOW_MS);
      const lastMs = mine.at(-1)!.ms;
      if (lastMs + WINDOW_MS > this.#nowMs()) continue;
      this.#open.delete(from);
      const ports = [...new Set(mine.map(({ port }) => port))].sort((a, b) => a - b);
      this.ended.push({
        ...{ source: `192.0.2.${from}`, firstMs: mine[0]!.ms, lastMs, timeMs: lastMs + WINDOW_MS },
        ...{ ports: ports.slice(0, 32), portsCount: ports.length },
      });
    }
  }
}

describe('of the daemon', () => {
  it('no minute has more lines than the limits, and nothing is left out uncounted', () => {
    let left = 0;
    const crossing = fc.record({ last: fc.nat(9), waitMs: fc.nat(9_000) });
    fc.assert(
      fc.property(
        ...[fc.array(crossing, { maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 5 }), fc.nat(12)],
        (crossings, perSource, total) => {
          const told: { atMs: number; line: string }[] = [];
          const { world, daemon } = startDaemon({ lineLimits: { perSource, total } }, (fresh) => {
            const write = fresh.lines.write.bind(fresh.lines);
            fresh.lines.write = (line) => {
              told.push({ atMs: Number(fresh.clock.nowNs) / 1e6, line });
              return write(line);
            };
          });
          for (const { last, waitMs } of crossings) {
            const block = world.blocks.get(ip(`192.0.2.${last}`));
            world.clock.advance(waitMs + 1);
            if (!block) world.scan(`192.0.2.${last}`, [1, 2, 3, 4], {}, 2n * SECOND);
          }
          world.clock.advance(200_000);
          daemon.stop();
          const lines = told.filter(({ line }) => !line.includes(': Lost '));
          for (const { atMs, line } of lines) {
            const minute = lines.filter((other) => other.atMs >= atMs && other.atMs < atMs + 60_000);
            expect(minute.length).toBeLessThanOrEqual(total);
            const source = /192\.0\.2\.\d/.exec(line)![0];
            expect(minute.filter((other) => other.line.includes(source)).length).toBeLessThanOrEqual(perSource);
          }
          const lost = (what: string) =>
            told.reduce(
              (sum, { line }) => sum + Number(new RegExp(`Lost (\\d+) ${what}s? \\(`).exec(line)?.[1] ?? 0),
              0,
            );
          const count = (pattern: RegExp) => lines.filter(({ line }) => pattern.test(line)).length;
          const { scans } = world.written;
          expect(count(/scan detected/) + lost('scan')).toBe(scans);
          expect(count(/scan ended/) + lost('scan end')).toBe(scans);
          expect(count(/: Blocked/) + lost('block')).toBe(scans);
          expect(count(/: Unblocked/) + lost('unblock')).toBe(scans);
          left += lost('scan');
        },
      ),
    );
    expect(left).toBeGreaterThan(100);
  });
});

it('an IPv6 source is its prefix', () => {
  const { scans, events, world } = reports();
  const source = ip('2001:db8:bad::');
  const timeNs = Number(world.clock.nowNs);
  scans.crossed({
    ...{ timeNs, source, sourceBits: 64, address: ip('2001:db8:bad::4'), destination: ip('2001:db8::5') },
    ...{ ports: [1, 2, 3, 4], interface: 'eth0', blockStartNs: undefined },
  });
  scans.connected(ip('2001:db8:bad::9'), 0, 9, timeNs);
  scans.connected(ip('2001:db8:bad:1::9'), 0, 10, timeNs);
  scans.endAll();
  expect(events).toMatchObject([
    { kind: 'scan', source: '2001:db8:bad::4', sourcePrefix: '2001:db8:bad::/64' },
    { kind: 'scan end', source: '2001:db8:bad::4', sourcePrefix: '2001:db8:bad::/64', ports: [1, 2, 3, 4, 9] },
  ]);
});
