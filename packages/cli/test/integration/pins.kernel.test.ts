/** What outlives a daemon, on any kernel; pins-changed.kernel.test.ts has what may be different at the next start. */
import { atPace, brief, createPair, leakSnapshot, leaksSince, mountBpffs, Scanward } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { OwnedInstance } from '../../src/pins/owned-instance.ts';
import { Place } from '../../src/pins/place.ts';
import { killed, programOn, scan } from './daemon-killed.ts';
import { droppedOf, pinsIn, synsOf, withInstance } from './pinned.ts';

/** Sent at a time, by one source each. */
const FRAMES = atPace(2_000, 300);

test('after kill -9 the blocked stay blocked; the next start goes on where it was; a signal leaves nothing', async () => {
  // The kernel matrix looks for leaks once, after all tests.
  const before = brief ? undefined : await leakSnapshot();
  {
    await using bpffs = await mountBpffs();
    await using pair = await createPair();
    await killed(pair, bpffs.path);
    const program = await programOn(pair.victim);
    expect(program).toBeDefined();
    expect(droppedOf(bpffs.path)).toBe(0);
    await scan(pair, 10, 2_000);
    expect(droppedOf(bpffs.path)).toBe(10);

    await using scanward = await Scanward.start(pair.victim.ns, { args: ['--bpffs', bpffs.path] });
    expect(scanward.stderr.texts.join('\n')).toMatch(/attached to eth0 \(native\): taken over, no packet missed/);
    expect(await programOn(pair.victim)).not.toBe(program);
    expect(droppedOf(bpffs.path)).toBe(10);
    await scan(pair, 5, 3_000);
    expect(droppedOf(bpffs.path)).toBe(15);
    expect(withInstance(bpffs.path, ({ blocks }) => [...blocks.entries()].length)).toBe(1);
    const { daemon, links } = withInstance(bpffs.path, (_, instance) => ({
      daemon: instance.daemon(),
      links: instance.links(),
    }));
    expect(daemon).toEqual({ pid: scanward.pid });
    expect(links).toMatchObject([{ interface: 'eth0', programId: Number(await programOn(pair.victim)) }]);

    expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
    expect(pinsIn(bpffs.path)).toEqual([]);
    expect(await programOn(pair.victim)).toBeUndefined();
  }
  if (before !== undefined) expect(await leaksSince(before)).toEqual([]);
});

test('while the program is exchanged no packet is unseen; killed and detached, nothing is left', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const args = ['--bpffs', bpffs.path];
  await using first = await Scanward.start(pair.victim.ns, { args });
  const before = synsOf(bpffs.path);
  let sent = 0;
  const over = new AbortController();
  const flow = (async () => {
    for (let round = 0; round < 200 && !over.signal.aborted; round++) {
      await scan(pair, FRAMES, 1_000, `198.51.${round}.7`);
      sent += FRAMES;
    }
  })();
  let last = first;
  for (let round = 0; round < atPace(4, 1); round++) {
    if (round % 2 === 0) await last.kill();
    else expect(await last.stop()).toMatchObject({ exitCode: 0 });
    last = await Scanward.start(pair.victim.ns, { args: [...args, '--keep-on-exit'] });
  }
  over.abort();
  await flow;
  expect(sent).toBeGreaterThan(FRAMES);
  expect(synsOf(bpffs.path) - before).toBe(sent);
  await last.kill();
  using owned = OwnedInstance.take(new Place(bpffs.path, 'default'));
  expect(owned.detach()).toEqual(['eth0']);
  owned.close();
  expect(pinsIn(bpffs.path)).toEqual([]);
  expect(await programOn(pair.victim)).toBeUndefined();
});
