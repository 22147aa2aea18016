import { buildNative, flood, frameTo, send, syn } from '@scanward/testkit';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Guarded, guarded } from './commands.ts';

/** A daemon that reads a configuration file. */
async function configured(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-config-'));
  const config = join(folder, 'scanward.yaml');
  const write = (content: string) => {
    writeFileSync(config, content, { mode: 0o600 });
  };
  write(text);
  const place = await guarded('running', ['--config', config, '--max-connection-lines', '0']);
  const said = place.daemon.stderr;
  /** What is said of a reload, up to the line that `last` finds. */
  const reload = async (content: string, last = /reloaded/) => {
    write(content);
    const before = said.texts.length;
    place.daemon.signal('SIGHUP');
    while (!said.texts.slice(before).some((line) => last.test(line))) await sleep(5);
    return said.texts.slice(before);
  };
  const dispose = async () => {
    await place[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  };
  return { ...place, folder, config, write, reload, [Symbol.asyncDispose]: dispose };
}

const status = async (place: Guarded) =>
  (await place.objects('status'))[0] as {
    readonly policy: Record<string, unknown>;
    readonly interfaces: readonly Record<string, unknown>[];
    readonly connections: number;
    readonly blocks: Record<string, unknown>;
  };

test('reload under load: no packet is unseen, no connection untold, nothing detached, no block lost', async () => {
  await using tool = await buildNative('flood');
  await using place = await configured('threshold: 3\n');
  const { victim, attacker, daemon } = place;
  await place.syns('10.77.0.66', [1, 2, 3, 4]);
  await daemon.stdout.wait(/Blocked 10\.77\.0\.66/);
  const before = await status(place);

  const load = new AbortController();
  let reloads = 0;
  const reloading = (async () => {
    for (; !load.signal.aborted; reloads++)
      await place.reload(`threshold: ${5 + (reloads % 2)}\nwindow: ${2 + reloads}m\n`);
  })();
  const [floods, each] = [20, 5_000];
  for (let round = 0; round < floods; round++) {
    await flood(tool, attacker, victim, each, round);
    await sleep(50);
  }
  load.abort();
  await reloading;

  const after = await status(place);
  process.stdout.write(`${reloads} reloads while ${floods * each} SYNs came\n`);
  expect(reloads).toBeGreaterThan(5);
  expect(after.policy).toMatchObject({ threshold: 5 + ((reloads - 1) % 2), window_seconds: (1 + reloads) * 60 });
  expect(after.interfaces).toEqual(before.interfaces);
  expect(after.connections - before.connections).toBe(floods * each);
  expect(after.blocks['sources']).toBe(1);
  expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
  expect(daemon.stdout.matching(/: New connection: /)).toHaveLength(3 + floods * each);
  // A few of so many forged sources find no room, which is told.
  expect(daemon.stderr.texts.at(-1)).not.toMatch(/lost .*(?:connections|scans)/);
});

const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['an unknown key', 'threshhold: 5\n', /:1: 'threshhold' is no key: did you mean threshold\?$/],
  ['no number', 'threshold: many\n', /:1: threshold: 'many' is not a whole number/],
  ['a number out of bounds', '\nthreshold: 9999\n', /:2: threshold: '9999' .* 0 to 1024/],
  ['one that the kernel cannot count', 'threshold: 99\n', /--threshold: '99' is more than 31/],
  ['a wrong word', 'mode: kernal\n', /:1: mode: 'kernal' must be kernel or user \(did you mean kernel\?\)$/],
  ['a time without unit', 'window: 60\n', /:1: window: '60' is not a duration: it has no unit: write 60s or 60ms$/],
  ['no address', 'allow: [192.0.2.999]\n', /:1: allow: '192\.0\.2\.999' is not an address/],
  ['a contradiction', 'response: log\nblock-ttl: 1h\n', /--block-ttl: it contradicts --response log/],
  ['a key given twice', 'threshold: 1\nthreshold: 2\n', /:2: Map keys must be unique$/],
  ['no YAML', 'threshold: [1\n', /:2: Flow sequence/],
  [
    'a list that is not there',
    'block-list: /nowhere/list\n',
    /reading block list \/nowhere\/list: there is no such file$/,
  ],
];

test('what is wrong gives its message and changes nothing; so does a file that others may write to', async () => {
  await using place = await configured('threshold: 7\n');
  const before = await status(place);
  expect(before.policy).toMatchObject({ threshold: 7 });
  for (const [what, content, message] of WRONG) {
    const said = await place.reload(content);
    expect(said, what).toHaveLength(1);
    expect(said[0], what).toMatch(/^scanward: warning: not reloaded, all stays as it was: /);
    expect(said[0], what).toMatch(message);
  }
  place.write('threshold: 9\n');
  chmodSync(place.config, 0o666);
  place.daemon.signal('SIGHUP');
  await place.daemon.stderr.wait(/others may write to it: chmod go-w/);
  expect(await status(place)).toEqual(before);
  chmodSync(place.config, 0o600);
  expect(await place.reload('threshold: 9\nmax-blocks: 5\n', /restart/)).toEqual([
    expect.stringMatching(/^scanward: reloaded: threshold 7 -> 9, window-limit /),
    'scanward: warning: max-blocks 5 needs a restart: it stays 65536',
  ]);
  expect((await status(place)).policy).toMatchObject({ threshold: 9 });
});

test('lists block and allow from the first packet on, and follow their files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-lists-'));
  const [bad, good] = [join(folder, 'bad.netset'), join(folder, 'good')];
  try {
    writeFileSync(bad, '# FireHOL has such files\n10.77.0.66\n10.77.1.0/24 ; a net\n2001:db8::/32\n1.2.3\n');
    writeFileSync(good, '10.77.0.70\n');
    const text = `block-list: ${bad}\nallow-list: [${good}]\n`;
    await using place = await configured(text);
    const { victim, attacker, daemon } = place;
    expect(daemon.stderr.texts).toContain('scanward: block lists: 3 blocked, 3 of them new, 0 no more');
    expect(daemon.stderr.matching(/bad\.netset:5: '1\.2\.3' is not an address/)).toHaveLength(1);
    const scan = (source: string) =>
      send(
        attacker.ns,
        [1, 2, 3, 4, 5].map((port) => frameTo(attacker, victim, syn(port, 1_000 + port), { source })),
      );
    const packets = async (): Promise<object> =>
      Object.fromEntries(
        (await place.objects('blocks')).map(({ address, packets: count }) => [String(address), count]),
      );

    for (const source of ['10.77.0.66', '10.77.1.9', '10.77.0.70', '10.77.0.71']) await scan(source);
    await daemon.stdout.wait(/Blocked 10\.77\.0\.71/);
    expect(await packets()).toEqual({ '10.77.0.66': 5, '10.77.1.0/24': 5, '2001:db8::/32': 0, '10.77.0.71': 1 });
    expect((await place.objects('blocks --filter reason=list')).map(({ address }) => address)).toHaveLength(3);
    expect(daemon.stdout.matching(/locked 10\.77\.(?:0\.66|1\.0)/)).toEqual([]);

    writeFileSync(bad, '10.77.0.71\n');
    writeFileSync(good, '10.77.0.72\n');
    await place.reload(text);
    for (const source of ['10.77.0.66', '10.77.0.72', '10.77.0.71']) await scan(source);
    await daemon.stdout.wait(/Blocked 10\.77\.0\.66/);
    const blocks = await place.objects('blocks');
    expect(blocks.map(({ address, reason }) => [address, reason]).sort()).toEqual([
      ['10.77.0.66', 'scan'],
      ['10.77.0.71', 'list'],
    ]);
    // The state file follows within a second or two.
    const kept = () => place.state().some(({ prefix }) => prefix === '10.77.0.71');
    for (let tries = 0; tries < 100 && kept(); tries++) await sleep(100);
    expect(kept()).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
