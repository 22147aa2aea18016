import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atPace, frameTo, leakSnapshot, leaksSince, patience, Scanward, send, syn } from '@scanward/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Guarded, guarded } from './commands.ts';
import { KillRounds } from './kill-rounds.ts';
import { pinOtherLayout } from './other-layout.ts';
import { pinsIn, withInstance } from './pinned.ts';
import { Random } from './random.ts';
import { literally } from './seen.ts';
import { mountTinyDisk } from './tiny-disk.ts';
import { changed, inFile, leftBeside, Remains } from './what-lasts.ts';

const SCANNER = '10.77.0.51';

let before: string;
beforeEach(async () => (before = await leakSnapshot()));
afterEach(async () => expect(await leaksSince(before)).toEqual([]));

const start = ({ victim, bpffs, statePath }: Guarded): Promise<Scanward> =>
  Scanward.start(victim.ns, { args: ['--bpffs', bpffs, '--state', statePath, '-t', '50ms'] });

const scan = (place: Guarded, source: string, firstPort = 1_000): Promise<number> =>
  place.syns(
    source,
    [0, 1, 2, 3].map((i) => firstPort + i),
  );

async function done(place: Guarded, ...lines: string[]): Promise<void> {
  for (const line of lines) expect(await place.run(line), line).toMatchObject({ exitCode: 0, stderr: '' });
}

const inForce = (place: Guarded): string[] => [...(new Remains(place.bpffs).lasting()?.keys() ?? [])].sort();
const kept = (place: Guarded): string[] => [...(inFile(place.statePath)?.keys() ?? [])].sort();
const brokenBeside = ({ statePath }: Guarded): string[] =>
  readdirSync(dirname(statePath)).filter((name) => name.startsWith(`${basename(statePath)}.broken-`));

test('a block that is lost, or that comes back, would be noticed', async () => {
  await using place = await guarded('dead');
  await done(place, 'block 10.77.0.60 --forever');
  const killing = new KillRounds(place, new Random(1));
  killing.look();
  const [block] = withInstance(place.bpffs, ({ blocks }) => [...blocks.entries()]);
  withInstance(place.bpffs, ({ blocks }) => blocks.remove(block!.source));
  expect(() => killing.look()).toThrow('block 10.77.0.60');
  withInstance(place.bpffs, ({ blocks }) => blocks.add(block!.source, 128, { ...block!, expiryNs: 10n ** 15n }));
  expect(() => killing.look()).toThrow('its times');
});

test('kill -9 under a scan: not one packet of the blocked host arrives', async () => {
  await using place = await guarded('running');
  const { attacker, victim, daemon } = place;
  await scan(place, SCANNER);
  await daemon.stdout.wait(new RegExp(`Blocked ${literally(SCANNER)}`));
  const remains = new Remains(place.bpffs);
  const was = remains.dropped();
  const frames = Array.from({ length: 3_000 }, (_, i) =>
    frameTo(attacker, victim, syn(1 + (i % 60_000), i), { source: SCANNER }),
  );
  const flow = send(attacker.ns, frames, { gapUs: 200 });
  await expect.poll(() => remains.dropped(), { timeout: patience(5_000), interval: 5 }).toBeGreaterThan(was);
  await daemon.kill();
  const atKill = remains.dropped() - was;
  await flow;
  expect(atKill).toBeLessThan(frames.length);
  expect(remains.dropped() - was).toBe(frames.length);
});

test('the disk of the state file is full: warned of once, the old file stays, nothing is lost', async () => {
  await using place = await guarded('dead');
  await using disk = await mountTinyDisk(dirname(place.statePath));
  await done(place, 'block 10.77.1.0');
  disk.fill();
  const file = readFileSync(place.statePath);
  const expected = ['block 10.77.1.0'];
  for (let round = 1; round <= atPace(3, 1); round++) {
    await using daemon = await start(place);
    await daemon.stderr.wait(/warning: cannot write state file/);
    await done(place, `block 10.77.1.${round} --forever`);
    await scan(place, `10.77.2.${round}`);
    await daemon.stdout.wait(new RegExp(`Blocked 10.77.2.${round} `));
    await sleep(1_200); // it tries again each second
    await daemon.kill();
    expect(daemon.stderr.matching(/warning/)).toHaveLength(1);
    expect(await place.run(`block 10.77.3.${round}`)).toMatchObject({
      exitCode: 11,
      stdout: expect.stringContaining(`Blocked 10.77.3.${round} `) as string,
      stderr: expect.stringMatching(/^scanward: writing the state file .* what was asked for is done, but/) as string,
    });
    expected.push(...[1, 2, 3].map((net) => `block 10.77.${net}.${round}`));
    expect(inForce(place)).toEqual(expected.sort());
    expect(readFileSync(place.statePath)).toEqual(file);
    expect(leftBeside(place.statePath).length).toBeLessThanOrEqual(1);
  }
  await using daemon = await start(place);
  await daemon.stderr.wait(/warning: cannot write state file/);
  disk.makeRoom();
  await daemon.stderr.wait(/wrote state file/);
  expect(kept(place)).toEqual(expected);
  expect(leftBeside(place.statePath)).toEqual([]);
  expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
});

test('a stop that cannot write the state file: the maps stay for the next start, and nothing is attached', async () => {
  await using place = await guarded('dead');
  await using disk = await mountTinyDisk(dirname(place.statePath));
  await done(place, 'block 10.77.1.0');
  {
    await using daemon = await start(place);
    await daemon.stderr.wait(/attached to/);
    disk.fill();
    await scan(place, '10.77.2.1');
    await daemon.stderr.wait(/warning: cannot write state file/);
    expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
    expect(daemon.stderr.matching(/warning: the state file is not up to date: the maps stay pinned/)).toHaveLength(1);
  }
  expect(new Remains(place.bpffs).isAttached()).toBe(false);
  expect(inForce(place)).toEqual(['block 10.77.1.0', 'block 10.77.2.1']);
  disk.makeRoom();
  await using daemon = await start(place);
  expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
  expect(pinsIn(place.bpffs)).toEqual([]);
  expect(kept(place)).toEqual(['block 10.77.1.0', 'block 10.77.2.1']);
});

test.each(
  atPace<[string, (file: Buffer) => Buffer][]>(
    [
      ['cut', (file) => file.subarray(0, file.length / 2)],
      ['empty', () => Buffer.alloc(0)],
      ['with a byte flipped', (file) => Buffer.from(file.map((byte, i) => (i === file.length >> 1 ? byte ^ 1 : byte)))],
      ['without its end', (file) => file.subarray(0, -1)],
    ],
    [['cut', (file) => file.subarray(0, file.length / 2)]],
  ),
)('a state file %s is set aside, and is no reason not to start', async (_, tear) => {
  await using place = await guarded('dead');
  await done(place, 'block 10.77.1.1 --forever', 'detach');
  const torn = tear(readFileSync(place.statePath));
  writeFileSync(place.statePath, torn);
  await using daemon = await start(place);
  expect(daemon.stderr.matching(/warning/)).toEqual([
    expect.stringMatching(/state file .* cannot be used \(.*\): set aside as .*; nothing is restored/),
  ]);
  const [aside, ...more] = brokenBeside(place);
  expect(more).toEqual([]);
  expect(readFileSync(join(dirname(place.statePath), aside!))).toEqual(torn);
  await scan(place, SCANNER);
  await daemon.stdout.wait(new RegExp(`Blocked ${literally(SCANNER)}`));
  expect(await daemon.stop()).toEqual({ exitCode: 0, signal: undefined });
  expect(kept(place)).toEqual([`block ${SCANNER}`]);
});

test('new maps from the state file, as after a reboot: what has time left is back, and nothing else', async () => {
  await using place = await guarded('running');
  await scan(place, '10.77.1.1');
  await scan(place, '10.77.1.2');
  await scan(place, '10.77.1.3');
  await place.daemon.stdout.wait(/Blocked 10\.77\.1\.3 /);
  await done(
    place,
    'block 10.77.1.4 --for 1h --reason why',
    'block 10.77.1.5 --forever',
    'block 10.77.4.0/24 --forever',
    'block 10.77.5.0/24 --for 1h',
    'unblock 10.77.1.2',
  );
  await place.daemon.kill();
  await done(
    place,
    'block 10.77.1.6 --for 1s',
    'block 10.77.6.0/24 --for 1s',
    'unblock 10.77.1.3 --grace 10m',
    'allow add 10.77.1.7',
  );
  const lasting = [
    ...['allow 10.77.1.7', 'grace 10.77.1.3'],
    ...['1.1', '1.4', '1.5', '4.0/24', '5.0/24'].map((end) => `block 10.77.${end}`),
  ].sort();
  const was = new Remains(place.bpffs).lasting()!;
  await done(place, 'detach');
  expect(pinsIn(place.bpffs)).toEqual([]);
  await sleep(1_100);

  await using daemon = await start(place);
  await daemon.stderr.wait(/restored 5 blocks, 1 allowed and 1 grace from/);
  expect(inForce(place)).toEqual(lasting);
  const now = new Remains(place.bpffs).lasting()!;
  for (const name of lasting) expect(changed(was.get(name)!, now.get(name)), name).toBeUndefined();
  expect(now.get('block 10.77.1.1')).toMatchObject({ ports: [1_000, 1_001, 1_002, 1_003] });
  const remains = new Remains(place.bpffs);
  const drops = async (source: string) => {
    const before = remains.dropped();
    await scan(place, source, 2_000);
    return remains.dropped() - before;
  };
  for (const source of ['10.77.1.1', '10.77.1.4', '10.77.1.5', '10.77.4.9', '10.77.5.9']) {
    expect(await drops(source), source).toBe(4);
  }
  for (const source of ['10.77.1.3', '10.77.1.7']) expect(await drops(source), source).toBe(0);
  expect(inForce(place)).toEqual(lasting);
  // They are nobody special: four ports block them anew.
  for (const source of ['10.77.1.2', '10.77.1.6', '10.77.6.9']) expect(await drops(source), source).toBe(0);
});

test('maps of another shape: no command reads them, a start replaces them and takes their link over', async () => {
  const layout = '0f1e2d3c4b5a';
  await using place = await guarded('dead');
  await done(place, 'block 10.77.1.1 --forever');
  const programOn = async () => /prog\/xdp id (\d+)/.exec(await place.victim.ns.ip('-d', 'link', 'show', 'eth0'))?.[1];
  const other = pinOtherLayout(place.bpffs, layout, 'eth0');
  expect(await programOn()).toBe(String(other));
  const file = readFileSync(place.statePath);
  const lines = [
    'status',
    'status --json',
    'blocks',
    'blocks --json',
    'sources',
    'allow',
    'block 10.77.1.2',
    'unblock --all',
  ];
  for (const line of lines) {
    expect(await place.run(line), line).toMatchObject({
      exitCode: 4,
      stdout: '',
      stderr: expect.stringContaining(`made by another version of scanward (layout ${layout})`) as string,
    });
  }
  expect(readFileSync(place.statePath)).toEqual(file);
  {
    await using daemon = await start(place);
    expect(daemon.stderr.matching(/attached to eth0 \(native\): taken over, no packet missed/)).toHaveLength(1);
    expect(daemon.stderr.matching(/warning/)).toEqual([expect.stringContaining(`(layout ${layout})`)]);
    expect(pinsIn(place.bpffs).filter((path) => path.includes(layout))).toEqual([]);
    expect(await programOn()).not.toBe(String(other));
    expect(inForce(place)).toEqual(['block 10.77.1.1']);
    await daemon.kill();
  }
  pinOtherLayout(place.bpffs, layout, 'eth0');
  await done(place, 'detach');
  expect(pinsIn(place.bpffs)).toEqual([]);
  expect(await programOn()).toBeUndefined();
});
