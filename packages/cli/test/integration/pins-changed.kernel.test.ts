import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createPair, mountBpffs, repositoryFile, Scanward } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { layoutId } from '../../src/pins/layout-id.ts';
import { Place } from '../../src/pins/place.ts';
import { killed, programOn, scan } from './daemon-killed.ts';
import { droppedOf, pinsIn, shipped, withInstance } from './pinned.ts';

const small = repositoryFile('packages/loader-native/test/fixtures/fixture.bpfel.o');

test('a start that fails leaves the protection as it was', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { ns } = pair.victim;
  await killed(pair, bpffs.path, ['--allow', '192.0.2.9']);
  const [program, pins] = [await programOn(pair.victim), pinsIn(bpffs.path)];
  const rules = () =>
    withInstance(bpffs.path, ({ allow }, instance) => ({
      allowed: [...allow.entries()],
      policy: instance.map('policy').get(new Uint8Array(4)),
      program: instance.program.info().id,
    }));
  const was = rules();
  await ns.ip('link', 'add', 'second', 'type', 'veth', 'peer', 'name', 'other');
  await ns.ip('link', 'set', 'second', 'xdpgeneric', 'obj', small, 'sec', 'xdp');
  for (const more of [[], ['--max-blocks', '100'], ['--xdp', 'generic']]) {
    const args = ['--bpffs', bpffs.path, '-i', 'eth0', '-i', 'second', '-n', '9', '--allow', '192.0.2.8', ...more];
    await using failing = Scanward.spawn(ns, { args });
    expect(await failing.ended()).toMatchObject({ exitCode: 6 });
    expect(await programOn(pair.victim)).toBe(program);
    expect(await ns.ip('link', 'show', 'eth0')).toMatch(/ xdp /);
    expect(pinsIn(bpffs.path)).toEqual(pins);
    expect(rules()).toEqual(was);
  }
  await scan(pair, 3, 2_000);
  expect(droppedOf(bpffs.path)).toBe(3);
});

test('a start that fails where nothing was leaves nothing', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  await pair.victim.ns.ip('link', 'set', 'eth0', 'xdpgeneric', 'obj', small, 'sec', 'xdp');
  await using failing = Scanward.spawn(pair.victim.ns, { args: ['--bpffs', bpffs.path] });
  expect(await failing.ended()).toMatchObject({ exitCode: 6 });
  expect(pinsIn(bpffs.path)).toEqual([]);
});

test('other sizes: the blocks are carried over', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  await killed(pair, bpffs.path);
  await scan(pair, 10, 2_000);
  await using scanward = await Scanward.start(pair.victim.ns, {
    args: ['--bpffs', bpffs.path, '--max-blocks', '1000', '--max-sources', '5000'],
  });
  await scanward.stderr.wait(/other sizes than before: blocks are carried over/);
  const blocks = () => withInstance(bpffs.path, (stores) => [...stores.blocks.entries()]);
  expect(blocks()).toMatchObject([{ packets: 10n, reason: 'scan' }]);
  await scan(pair, 5, 3_000);
  expect(blocks()).toMatchObject([{ packets: 15n }]);
  expect(pinsIn(bpffs.path).filter((path) => /former|partial/.test(path))).toEqual([]);
});

test('a daemon died between two sets, and the next start, with a third size, fails: what runs is what is pinned', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { ns } = pair.victim;
  await killed(pair, bpffs.path);
  await ns.ip('link', 'add', 'second', 'type', 'veth', 'peer', 'name', 'other');
  const sized = ['--bpffs', bpffs.path, '--no-state', '--max-blocks', '1000', '--name', 'other', '-i', 'second'];
  await using other = await Scanward.start(ns, { args: sized });
  await other.kill();
  const [place, sibling] = [new Place(bpffs.path, 'default'), new Place(bpffs.path, 'other')];
  const layout = layoutId(shipped);
  renameSync(place.set(layout), place.former(layout));
  renameSync(sibling.set(layout), place.set(layout));
  rmSync(join(sibling.links, 'second'));

  await ns.ip('link', 'set', 'second', 'xdpgeneric', 'obj', small, 'sec', 'xdp');
  const args = ['--bpffs', bpffs.path, '--no-state', '-i', 'eth0', '-i', 'second', '--max-blocks', '2000'];
  await using failing = Scanward.spawn(ns, { args });
  expect(await failing.ended()).toMatchObject({ exitCode: 6 });
  expect(await programOn(pair.victim)).toBe(withInstance(bpffs.path, (_, { program }) => String(program.info().id)));
  await scan(pair, 4, 1_000, '10.77.0.52');
  await scan(pair, 3, 2_000);
  const blocks = withInstance(bpffs.path, (stores) => [...stores.blocks.entries()]);
  expect(blocks.map(({ packets }) => packets).sort()).toEqual([0n, 3n]);
});

test('what another version has pinned is refused by commands and replaced by a start', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  await killed(pair, bpffs.path);
  const place = new Place(bpffs.path, 'default');
  renameSync(place.set(layoutId(shipped)), place.set('0123456789ab'));
  expect(() => withInstance(bpffs.path, () => 0)).toThrow(
    expect.objectContaining({ exitCode: 4, message: expect.stringContaining('layout 0123456789ab') as string }),
  );
  await using scanward = await Scanward.start(pair.victim.ns, { args: ['--bpffs', bpffs.path] });
  await scanward.stderr.wait(/warning: .*layout 0123456789ab/);
  await scanward.stderr.wait(/attached to eth0 \(native\): taken over/);
  expect(pinsIn(bpffs.path).filter((path) => path.includes('0123456789ab'))).toEqual([]);
  expect(withInstance(bpffs.path, ({ blocks }) => [...blocks.entries()])).toEqual([]);
});

test('two daemons: of one name, and of two names on one interface', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { ns } = pair.victim;
  const args = ['--bpffs', bpffs.path];
  await using first = await Scanward.start(ns, { args });
  await using second = Scanward.spawn(ns, { args });
  expect(await second.ended()).toMatchObject({ exitCode: 10 });
  expect(second.stderr.texts).toEqual([
    `scanward: taking instance default: another process (pid ${first.pid}) runs it: stop that one first, or choose another --name`,
  ]);
  await using third = Scanward.spawn(ns, { args: [...args, '--name', 'v1.2'] });
  expect(await third.ended()).toMatchObject({ exitCode: 6 });
  expect(third.stderr.texts).toEqual([
    `scanward: attaching to eth0: instance default (pid ${first.pid}) watches it: stop that one, or take it off with scanward detach --name default`,
  ]);
  await ns.ip('link', 'add', 'a.100', 'type', 'veth', 'peer', 'name', 'other');
  await using fourth = await Scanward.start(ns, { args: [...args, '--name', 'v1.2', '-i', 'a.100'] });
  expect(pinsIn(bpffs.path)).toContain(join('v1%2e2', 'links', 'a%2e100'));
  expect(await fourth.stop()).toMatchObject({ exitCode: 0 });
  expect(await first.stop()).toMatchObject({ exitCode: 0 });
  expect(pinsIn(bpffs.path)).toEqual([]);
});

test('links: another mode, an interface that is gone, one that is no longer asked for, one that was renamed', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { ns } = pair.victim;
  const addSecond = () => ns.ip('link', 'add', 'second', 'type', 'veth', 'peer', 'name', 'other');
  const args = ['--bpffs', bpffs.path];
  await addSecond();
  await killed(pair, bpffs.path, ['-i', 'eth0', '-i', 'second']);

  await using generic = await Scanward.start(ns, { args: [...args, '-i', 'eth0', '-i', 'second', '--xdp', 'generic'] });
  await generic.stderr.wait(/attached to second \(generic\): it was native, and unwatched for a moment/);
  await generic.kill();
  expect(await programOn(pair.victim)).toBeDefined();

  await ns.ip('link', 'del', 'second');
  await addSecond();
  await using again = await Scanward.start(ns, { args: [...args, '-i', 'second'] });
  await again.stderr.wait(/attached to second \(native\)$/);
  await again.stderr.wait(/eth0 is no longer asked for: detached/);
  await again.kill();
  expect(await programOn(pair.victim)).toBeUndefined();

  await ns.ip('link', 'set', 'second', 'name', 'third');
  await using renamed = await Scanward.start(ns, { args: [...args, '-i', 'third'] });
  await renamed.stderr.wait(/attached to third \(native\): taken over/);
  expect(pinsIn(bpffs.path).filter((path) => path.includes('links/'))).toEqual(['default/links/third']);
  expect(await renamed.stop()).toMatchObject({ exitCode: 0 });
  expect(pinsIn(bpffs.path)).toEqual([]);
});

test('an interface of another network namespace that has the same number is not taken for this one', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  await killed(pair, bpffs.path);
  const before = await programOn(pair.victim);
  const name = ['--bpffs', bpffs.path, '--name', 'other'];
  await using other = await Scanward.start(pair.attacker.ns, { args: name });
  await other.stderr.wait(/attached to eth0 \(native\)$/);
  expect(await programOn(pair.victim)).toBe(before);
  await using same = await Scanward.start(pair.victim.ns, { args: ['--bpffs', bpffs.path] });
  await same.stderr.wait(/attached to eth0 \(native\): taken over/);
});
