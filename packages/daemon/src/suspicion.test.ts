import { blockExpiryNs } from '@scanward/map-codec';
import { beforeAll, expect, test } from 'vitest';
import { FakeWorld, ip, SECOND } from '../test/fakes.ts';
import { POLICY, startDaemon } from '../test/start.ts';
import type { PolicyOptions } from './policy.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const HOUR = 3_600n * SECOND;
const PROBATION = 30n * SECOND;

function started(policy: Partial<PolicyOptions> = {}) {
  return startDaemon({ policy: { ...POLICY, probationMs: 30_000, ...policy } }).world;
}

/** How long the block of a source lasts. */
function lasts(world: FakeWorld, source: string): bigint | undefined {
  const block = world.blocks.get(ip(source));
  return block && (block.expiryNs === 0n ? 0n : block.expiryNs - block.startNs);
}

const isProbation = (span: bigint | undefined): boolean =>
  span !== undefined && span <= blockExpiryNs(PROBATION) + SECOND;

test('a lone scanner is blocked for the whole time', () => {
  const world = started();
  world.scan('192.0.2.1', [4, 3, 2, 1], {}, HOUR);
  world.clock.advance(1_000);
  expect(lasts(world, '192.0.2.1')).toBeGreaterThanOrEqual(HOUR);
  expect(world.lines.lines.join('\n')).not.toMatch(/decoy|uncertain/);
});

test('of a group in lock-step all are on probation, the first one too, and that is told', () => {
  const world = started();
  for (const last of [1, 2, 3]) world.scan(`192.0.2.${last}`, [4, 3, 2, 1], {}, HOUR);
  world.clock.advance(1_000);
  for (const last of [1, 2, 3]) expect(isProbation(lasts(world, `192.0.2.${last}`))).toBe(true);
  const lines = world.lines.lines;
  expect(lines.filter((line) => line.includes('(decoy, uncertain)'))).toHaveLength(2);
  const blocks = lines.filter((line) => line.includes('Blocked 192.0.2.1 until'));
  expect(blocks).toHaveLength(2);
  expect(blocks[1]).toMatch(/until 2021-04-28 15:28:3\d/);
  expect(world.sources.calls.filter((call) => call === 'forget').length).toBeGreaterThanOrEqual(3);
  world.clock.advance(60_000);
  expect([...world.blocks.entries()]).toEqual([]);
  const ends = world.lines.lines.filter((line) => /scan ended: 192\.0\.2\.1 .*\(decoy, uncertain\)$/.test(line));
  expect(ends).toHaveLength(1);
});

test('who scans alone, and later among others, is told so when his scan ends', () => {
  const world = started({ response: 'log' });
  world.scan('192.0.2.1', [4, 3, 2, 1]);
  world.clock.advance(5_000);
  for (const last of [2, 1]) world.scan(`192.0.2.${last}`, [8, 7, 6, 5]);
  world.clock.advance(200_000);
  const ends = world.lines.lines.filter((line) => line.includes('Port scan ended'));
  expect(ends).toHaveLength(2);
  for (const end of ends) expect(end).toMatch(/\(decoy, uncertain\)$/);
});

test('for ever becomes the probation too; a block that is shorter stays as it is', () => {
  const world = started();
  world.scan('192.0.2.1', [4, 3, 2, 1], {}, 0n);
  world.scan('192.0.2.2', [4, 3, 2, 1], {}, 5n * SECOND);
  world.clock.advance(1_000);
  expect(isProbation(lasts(world, '192.0.2.1'))).toBe(true);
  expect(lasts(world, '192.0.2.2')).toBeLessThan(6n * SECOND);
});

test('a flood of scanners with ports of their own is on probation', () => {
  const world = started();
  for (let n = 1; n <= 40; n++) world.scan(`192.0.2.${n}`, [n, n + 1, n + 2, n + 3], {}, HOUR);
  world.clock.advance(1_000);
  for (let n = 1; n <= 40; n++) expect(isProbation(lasts(world, `192.0.2.${n}`)), String(n)).toBe(true);
});

test('a block that the operator made in the place of a doubted one stays', () => {
  const world = started();
  world.scan('192.0.2.1', [4, 3, 2, 1], {}, HOUR);
  world.clock.advance(100);
  const block = world.blocks.get(ip('192.0.2.1'))!;
  world.blocks.put({ ...block, reason: 'operator', expiryNs: 0n });
  world.scan('192.0.2.2', [4, 3, 2, 1], {}, HOUR);
  world.clock.advance(1_000);
  expect(lasts(world, '192.0.2.1')).toBe(0n);
});

test('in user mode too: a lone one for the whole time, a group on probation', () => {
  const world = started({ mode: 'user' });
  for (const port of [1, 2, 3, 4]) world.connect('192.0.2.9', port);
  world.clock.advance(60_000);
  for (const port of [5, 6, 7, 8]) for (const last of [1, 2, 3]) world.connect(`192.0.2.${last}`, port);
  world.clock.advance(60_000);
  expect(lasts(world, '192.0.2.9')).toBeGreaterThanOrEqual(HOUR);
  const told = world.lines.lines.filter((line) => /Blocked 192\.0\.2\.[123] until/.test(line));
  expect(told.length).toBeGreaterThanOrEqual(3);
  world.clock.advance(35_000);
  expect([...world.blocks.entries()].map(({ source }) => source.at(-1))).toEqual([9]);
});
