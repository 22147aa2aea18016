import { command, leakSnapshot, leaksSince, patience, scanwardBin } from '@scanward/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Guarded, guarded } from './commands.ts';
import { Tmux } from './tmux.ts';

const MALLORY = '10.77.0.51';
const CURIOUS = '10.77.0.61';

let place: Guarded;
let tmux: Tmux;
let before: string;
beforeAll(async () => {
  before = await leakSnapshot();
  place = await guarded('running');
  tmux = await Tmux.start(place.victim, 80, 24);
});
afterAll(async () => {
  await tmux[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  expect(await leaksSince(before)).toEqual([]);
});

const blocked = async () => (await place.objects('blocks')).map(({ address }) => address);
const allowed = async () =>
  (await place.objects('allow')).filter(({ reason }) => reason === 'command').map(({ address }) => address);

async function start(): Promise<void> {
  const flags = `--interval 200ms --bpffs ${place.bpffs} --state ${place.statePath}`;
  await tmux.keys(`clear; '${process.execPath}' '${scanwardBin}' top ${flags}; echo ended $?`, 'Enter');
  await tmux.shows(/^scanward default {2}daemon running/m);
}

/** What it said last, and a terminal on which one can work. */
async function ended(code: number): Promise<void> {
  await tmux.shows(new RegExp(`^ended ${code}$`, 'm'));
  expect(await tmux.modes()).toEqual({ alternate: false, cursor: true, wraps: true });
  await tmux.keys('clear; stty -a', 'Enter');
  await tmux.shows(/(?<!-)icanon/);
  expect(await tmux.screen()).toMatch(/(?<!-)\becho\b/);
}

/** The picture has as many lines as the terminal, and none is wider. */
async function fits(columns: number, rows: number): Promise<void> {
  const lines = (await tmux.screen()).split('\n');
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(columns);
  expect(lines[0]).toMatch(/^scanward default/);
  expect(lines.at(-1)).toMatch(/^q quit/);
}

test('a scan is seen; keys sort, block, unblock, allow, pause; q gives the terminal back', async () => {
  await start();
  await tmux.shows(/nobody is blocked/);
  expect(await tmux.modes()).toEqual({ alternate: true, cursor: false, wraps: false });
  await place.syns(MALLORY, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await place.syns(CURIOUS, [80, 8080]);
  await tmux.shows(new RegExp(`^>${MALLORY} +4 BLOCKED .* █·`, 'm'));
  await tmux.shows(new RegExp(`^ ${CURIOUS} +2 .* ·▃·+▃·+$`, 'm'));
  await tmux.shows(new RegExp(`^ ${MALLORY} +59m\\d+s ━+ +5 +\\S+ scan 1,2,3,4$`, 'm'));
  await tmux.shows(/^drops\/s .*█/m);
  await fits(80, 24);

  await tmux.keys('s');
  await tmux.shows(/SEEN▼/);
  await tmux.keys('s', 'r');
  await tmux.shows(/SOURCES 2▲/);
  await tmux.shows(new RegExp(`${CURIOUS}[^]*${MALLORY}`));

  await tmux.keys('b');
  await tmux.shows(/^y\/n Block 10\.77\.0\.\d+ for 1h\?$/m);
  await tmux.keys('n', 'Home', 'b');
  await tmux.shows(new RegExp(`^y/n Block ${CURIOUS} for 1h\\?$`, 'm'));
  expect(await blocked()).toEqual([MALLORY]);
  await tmux.keys('y');
  await tmux.shows(new RegExp(`^Blocked ${CURIOUS} until .* \\(1h\\)$`, 'm'));
  expect(new Set(await blocked())).toEqual(new Set([MALLORY, CURIOUS]));
  await place.daemon.stdout.wait(/Blocked 10\.77\.0\.61 until .* \(operator\)/);

  await tmux.keys('Tab', 'End', 'u', 'y');
  await tmux.shows(new RegExp(`^Unblocked ${CURIOUS} `, 'm'));
  expect(await blocked()).toEqual([MALLORY]);

  await tmux.keys('a', 'y');
  await tmux.shows(new RegExp(`^Allowed ${MALLORY}: 1 block lifted$`, 'm'));
  expect([await blocked(), await allowed()]).toEqual([[], [MALLORY]]);
  await expect.poll(() => place.state().map(({ prefix }) => prefix), { timeout: patience(5_000) }).toContain(MALLORY);

  await tmux.keys('p');
  await tmux.shows(/PAUSED/);
  await place.syns('10.77.0.62', [1, 2, 3, 4, 5]);
  await tmux.resize(200, 60);
  await tmux.shows(/LAST PORTS/);
  await fits(200, 60);
  expect(await tmux.screen()).not.toContain('10.77.0.62');
  await tmux.keys('p');
  await tmux.shows(/^ 10\.77\.0\.62 +4 BLOCKED .* 4,3,2,1$/m);

  await tmux.resize(30, 6);
  await tmux.shows(/^too small: 30x6/);
  await tmux.keys('q');
  await tmux.resize(80, 24);
  await ended(0);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s gives the terminal back', async (signal) => {
  await start();
  process.kill(await tmux.foreground(), signal);
  await ended(0);
});

test('without a terminal: lines, and a reader that goes is no error', async () => {
  const line = `set -o pipefail; '${process.execPath}' '${scanwardBin}' top --interval 100ms --bpffs ${place.bpffs}`;
  const run = (rest: string) => command('ip', ['netns', 'exec', place.victim.ns.name, 'bash', '-c', `${line} ${rest}`]);
  const text = await run('| head -n 2');
  expect(text.stderr).toBe('');
  expect(text.stdout.split('\n')).toHaveLength(2);
  expect(text.stdout).toMatch(/: 0 connections\/s, 0 probes\/s, 0 drops\/s; 1 source, 1 block; lost nothing$/);
  const json = await run('--json --once');
  expect(JSON.parse(json.stdout)).toMatchObject({
    daemon: { running: true },
    blocks: { sources: 1, top: [{ address: '10.77.0.62' }] },
  });
});

test('an instance that goes is said, with code 9, on a terminal that was given back', async () => {
  await start();
  await place.daemon.stop();
  await tmux.shows(/^scanward: watching instance default: it is gone/m);
  await ended(9);
});
