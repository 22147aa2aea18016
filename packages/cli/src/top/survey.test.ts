import { expect, test } from 'vitest';
import { blockOf, fakeInstance, NOW, sourceOf } from '../../test/fake-instance.ts';
import { hastyClock } from '../../test/fake-top.ts';
import { USUAL_ORDERS } from './orders.ts';
import { ROWS_MAX } from './rows.ts';
import { survey } from './survey.ts';

const SECOND = 1_000_000_000n;

test('what becomes of a source: allowed before blocked, blocked by itself or within a net, over the threshold, none', async () => {
  const fake = fakeInstance();
  const ports = [1, 2, 3, 4];
  for (const name of ['192.0.2.1', '192.0.2.2', '198.51.100.3', '192.0.2.4']) fake.seen.push(sourceOf(name, ports));
  fake.seen.push(sourceOf('192.0.2.5', [1, 2]), sourceOf('192.0.2.6', []), sourceOf('192.0.2.7', [9]));
  for (const name of ['192.0.2.1', '192.0.2.2']) fake.block(blockOf(name));
  fake.block(blockOf('198.51.100.0/24', { isNet: true, reason: 'operator' }));
  fake.block(blockOf('192.0.2.4', { expiryNs: NOW.monotonicNs }));
  fake.allow('192.0.2.1', 'command');
  const { sources, blocks } = await survey(fake.instance, USUAL_ORDERS, undefined, hastyClock());
  expect(new Map(sources.rows.map(({ name, state }) => [name, state]))).toEqual(
    new Map([
      ['192.0.2.1', 'allowed'],
      ['192.0.2.2', 'blocked'],
      ['198.51.100.3', 'blocked'],
      ['192.0.2.4', 'over'],
      ['192.0.2.5', 'passes'],
      ['192.0.2.7', 'passes'],
    ]),
  );
  expect([sources.count, blocks.sources, blocks.nets]).toEqual([6, 2, 1]);
});

test('drops per second are since the survey before; of a block that was not there nothing is known, unless it is new', async () => {
  const fake = fakeInstance();
  const clock = hastyClock();
  const dropRates = async (before?: Awaited<ReturnType<typeof survey>>) => {
    const after = await survey(fake.instance, USUAL_ORDERS, before, clock);
    return { after, rates: new Map(after.blocks.rows.map(({ name, dropRate }) => [name, dropRate])) };
  };
  fake.block(blockOf('192.0.2.1', { packets: 10n }));
  const first = await dropRates();
  expect(first.rates).toEqual(new Map([['192.0.2.1', undefined]]));
  await new Promise<void>((resolve) => clock.after(2_000, resolve));
  fake.block(blockOf('192.0.2.1', { packets: 30n }));
  fake.block(blockOf('192.0.2.2', { packets: 8n, startNs: NOW.monotonicNs + SECOND }));
  fake.block(blockOf('192.0.2.3', { packets: 50n }));
  expect((await dropRates(first.after)).rates).toEqual(
    new Map([
      ['192.0.2.3', undefined],
      ['192.0.2.1', 10],
      ['192.0.2.2', 4],
    ]),
  );
  // It was lifted, and made anew.
  fake.block(blockOf('192.0.2.1', { packets: 6n, startNs: NOW.monotonicNs + SECOND }));
  expect((await dropRates(first.after)).rates.get('192.0.2.1')).toBe(3);
});

test('of very many the first are kept, in the order that was asked for, and others have their turn meanwhile', async () => {
  const fake = fakeInstance();
  const blocks = Array.from({ length: 20_000 }, (_, i) =>
    blockOf(`10.${i >> 14}.${(i >> 7) & 127}.${i & 127}`, { packets: BigInt((i * 7_919) % 20_000) }),
  );
  let ns = NOW.monotonicNs;
  let turns = 0;
  const clock = {
    // Each look at it takes a millisecond.
    monotonicNs: () => (ns += 1_000_000n),
    wallMs: () => NOW.wallMs,
    after: (_ms: number, callback: () => void) => {
      turns++;
      setImmediate(callback);
      return () => undefined;
    },
  };
  const target = { ...fake.instance, blocks: { ...fake.instance.blocks, entries: () => blocks } };
  const reversed = { ...USUAL_ORDERS, blocks: { by: 'packets', reverse: true } } as const;
  const found = await survey(target, reversed, undefined, clock);
  expect(found.blocks.sources).toBe(20_000);
  expect(found.blocks.rows.map(({ block }) => block.packets)).toEqual(
    Array.from({ length: ROWS_MAX }, (_, i) => BigInt(i)),
  );
  expect(turns).toBeGreaterThan(1);
});
