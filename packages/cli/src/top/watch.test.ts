import { expect, test } from 'vitest';
import { blockOf, fakeInstance } from '../../test/fake-instance.ts';
import { fakeTop } from '../../test/fake-top.ts';
import { USUAL_ORDERS } from './orders.ts';
import { Watch } from './watch.ts';

const later = (fake: ReturnType<typeof fakeTop>, ms: number) =>
  new Promise<void>((resolve) => fake.system.clock.after(ms, resolve));

test('rates are differences of the counters over the time between; a look in between is none', async () => {
  const fake = fakeTop();
  const watch = new Watch(fake.request, fake.system);
  expect(watch.frame(true).history).toEqual([]);
  await later(fake, 2_000);
  fake.fake.counts.connections += 30n;
  fake.fake.counts.dropped += 5n;
  fake.fake.counts.droppedBytes += 600n;
  expect(watch.frame(false).history).toEqual([]);
  const rates = { connections: 15, probes: 0, dropped: 2.5, droppedBytes: 300 };
  expect(watch.frame(true).history).toEqual([rates]);
});

test('maps that others replaced are opened anew, and nothing is reckoned over the change', async () => {
  const fake = fakeTop();
  const other = fakeInstance();
  other.counts.connections = 3n;
  other.block(blockOf('192.0.2.9'));
  const open = () => (fake.fake.isThere ? fake.fake.instance : other.instance);
  const watch = new Watch(fake.request, { ...fake.system, open });
  watch.frame(true);
  await watch.walk(USUAL_ORDERS);
  await watch.follow();
  expect(fake.fake.done).not.toContain('close');
  fake.fake.isThere = false;
  await watch.follow();
  expect(fake.fake.done).toContain('close');
  expect(watch.frame(true)).toMatchObject({ history: [], survey: undefined });
  await later(fake, 1_000);
  other.counts.connections = 7n;
  await watch.walk(USUAL_ORDERS);
  const { history, survey } = watch.frame(true);
  expect(history.map(({ connections }) => connections)).toEqual([4]);
  expect(survey?.blocks.rows.map(({ name }) => name)).toEqual(['192.0.2.9']);
});

test('a walk that fails is told to whoever waits for it, or for the next one', async () => {
  const fake = fakeTop();
  const watch = new Watch(fake.request, fake.system);
  fake.fake.instance.blocks.entries = () => {
    throw new Error('torn');
  };
  await expect(watch.walk(USUAL_ORDERS)).rejects.toThrow('torn');
  await expect(watch.walkAnew(USUAL_ORDERS)).rejects.toThrow('torn');
});

test('after a long walk it rests, unless it is asked anew', async () => {
  const fake = fakeTop();
  let walks = 0;
  fake.fake.instance.blocks.entries = function* () {
    walks++;
    for (let i = 0; i < 2_048; i++) yield blockOf('192.0.2.1');
  };
  // Each look takes five milliseconds.
  let extraNs = 0n;
  const { clock } = fake.system;
  const slow = { ...clock, monotonicNs: () => clock.monotonicNs() + (extraNs += 5_000_000n) };
  const watch = new Watch(fake.request, { ...fake.system, clock: slow });
  await watch.walk(USUAL_ORDERS);
  await watch.walk(USUAL_ORDERS);
  expect(walks).toBe(1);
  await watch.walkAnew(USUAL_ORDERS);
  expect(walks).toBe(2);
  await later(fake, 60_000);
  await watch.walk(USUAL_ORDERS);
  expect(walks).toBe(3);
});
