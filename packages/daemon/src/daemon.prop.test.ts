import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { FakeWorld, ip, portsOf, SECOND } from '../test/fakes.ts';
import { startDaemon } from '../test/start.ts';
import { addressKey, formatAddress } from './addresses.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const host = fc.nat(5).map((last) => `192.0.2.${last}`);
type Step =
  | { do: 'connect'; host: string; port: number }
  | { do: 'scan'; host: string; ttlMs: number | undefined }
  | { do: 'lose'; connections: number; scans: number }
  | { do: 'lift'; host: string }
  | { do: 'wake' }
  | { do: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('connect' as const), host, port: fc.nat(65535) }),
  fc.record({
    ...{ do: fc.constant('scan' as const), host },
    ttlMs: fc.option(fc.constantFrom(0, 1, 700, 5_000, 20_000), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('lose' as const), connections: fc.nat(9), scans: fc.nat(9) }),
  fc.record({ do: fc.constant('lift' as const), host }),
  fc.constant({ do: 'wake' as const }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(20), fc.nat(8_000)) }),
);
const steps = fc.array(step, { maxLength: 40, size: 'max' });

/** What the program would have done, by its rule: a source with a block that has not ended gets no second one. */
async function play(world: FakeWorld, now: Step): Promise<void> {
  switch (now.do) {
    case 'connect':
      world.connect(now.host, now.port);
      break;
    case 'scan':
      playScan(world, now);
      break;
    case 'lose':
      world.count({
        connectionsLost: world.counters.connectionsLost + BigInt(now.connections),
        scansLost: world.counters.scansLost + BigInt(now.scans),
      });
      break;
    case 'lift':
      world.blocks.map.delete(addressKey(ip(now.host)));
      break;
    case 'wake':
      await world.events.wake();
      break;
    case 'wait':
      world.clock.advance(now.ms);
      break;
  }
}

function playScan(world: FakeWorld, { host: from, ttlMs }: { host: string; ttlMs: number | undefined }): void {
  const block = world.blocks.get(ip(from));
  if (block && (block.expiryNs === 0n || block.expiryNs > world.clock.nowNs)) return;
  world.clock.advance(1); // no two packets of a source have the same time
  world.scan(from, portsOf(from), {}, ttlMs === undefined ? undefined : BigInt(ttlMs) * 1_000_000n);
}

const count = (lines: readonly string[], pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
const lost = (lines: readonly string[], pattern: RegExp) =>
  lines.map((line) => Number(pattern.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b, 0);

it('printed + reported lost = offered, whatever the reader and the rings do', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.boolean()), async (story, mood) => {
      const { world, daemon } = startDaemon({ blockingPeriodMs: 10_000 });
      world.lines.takes = () => mood.next().value as boolean;
      for (const now of story) await play(world, now);
      world.lines.takes = () => true;
      const summary = daemon.stop();
      const { lines } = world.lines;
      const { connections, scans } = world.written;
      const detected = count(lines, /Port scan detected/) + lost(lines, /Lost (\d+) scans? \((?!ring full)/);
      const { connectionsLost, scansLost } = world.counters;
      expect(count(lines, /New connection/) + lost(lines, /Lost (\d+) connections?/)).toBe(
        connections + Number(connectionsLost),
      );
      expect(detected).toBeLessThanOrEqual(scans); // while one is in progress the next record is part of it
      expect(summary.scans).toBe(BigInt(detected) + scansLost);
      expect(lost(lines, /Lost (\d+) scans? \(ring full/)).toBe(Number(scansLost));
      expect(count(lines, /Port scan ended/) + lost(lines, /Lost (\d+) scan ends? \(/)).toBe(detected);
      expect(summary.lost.reduce((sum, entry) => sum + entry.count, 0)).toBe(lost(lines, /Lost (\d+)/));
    }),
  );
});

it('every block begins and ends in the lines exactly once, and none that is in force is deleted', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const { world, daemon } = startDaemon({ blockingPeriodMs: 10_000 });
      world.blocks.remove = (source) => {
        const entry = world.blocks.get(source);
        if (entry && (entry.expiryNs === 0n || entry.expiryNs > world.clock.nowNs)) throw new Error('still in force');
        return world.blocks.map.delete(addressKey(source));
      };
      for (const now of story) await play(world, now);
      world.clock.advance(60_000);
      daemon.stop();
      await expect(daemon.ended).resolves.toBeUndefined();
      for (let last = 0; last <= 5; last++) {
        const mine = world.lines.lines.filter((line) => new RegExp(`locked 192\\.0\\.2\\.${last}( |$)`).test(line));
        mine.forEach((line, i) => expect(line).toContain(i % 2 === 0 ? ': Blocked' : ': Unblocked'));
        const inForce = world.blocks.get(ip(`192.0.2.${last}`)) !== undefined;
        expect(mine.length % 2 === 1).toBe(inForce);
      }
    }),
  );
});

/** Everything that the daemon did, without what it printed. */
const decisions = (world: FakeWorld) => [
  ...world.calls,
  ...[...world.blocks.entries()].map(({ source, expiryNs }) => `${formatAddress(source)} ${expiryNs}`),
];

async function run(story: readonly Step[], wallStepMs = 0): Promise<FakeWorld> {
  const { world, daemon } = startDaemon({ blockingPeriodMs: 10_000 });
  for (const [i, now] of story.entries()) {
    if (i === story.length >> 1) world.clock.wallOffsetMs += wallStepMs;
    await play(world, now);
  }
  world.clock.advance(30_000);
  daemon.stop();
  return world;
}

it('replay of the same story prints the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      expect((await run(story)).lines.lines).toEqual((await run(story)).lines.lines);
    }),
    { numRuns: 50 },
  );
});

it('a step of the wall clock changes times in the lines and nothing else', async () => {
  const bare = (lines: readonly string[]) => lines.map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'T'));
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(-3_600_000, 3_600_000), async (story, wallStepMs) => {
      const [plain, stepped] = [await run(story), await run(story, wallStepMs)];
      expect(decisions(stepped)).toEqual(decisions(plain));
      expect(bare(stepped.lines.lines)).toEqual(bare(plain.lines.lines));
    }),
    { numRuns: 50 },
  );
});

it('a step of an hour shows at once after the next tick', () => {
  const { world } = startDaemon();
  world.clock.advance(10_000);
  world.clock.wallOffsetMs -= 3_600_000;
  world.connect('192.0.2.56', 80);
  world.clock.advance(1_000);
  expect(world.lines.lines).toEqual(['2021-04-28 14:28:15: New connection: 192.0.2.56:5973 -> 10.0.0.5:80']);
  expect(world.clock.nowNs).toBe(1011n * SECOND);
});
