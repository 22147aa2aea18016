/** Who hears of events besides the reader of stdout: the socket, the history of scans, the journal. */
import { readEvent } from '@scanward/daemon';
import {
  type CommandResult,
  createPair,
  frameTo,
  type Host,
  Lines,
  mountBpffs,
  patience,
  Scanward,
  scanwardBin,
  send,
  syn,
} from '@scanward/testkit';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'scanward-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

const soon = { timeout: patience(5_000) };
const MALLORY = '10.77.0.51';
/** More than one client may have waiting. */
const MANY = 8_000;

const touch = (from: Host, to: Host, source: string, ports: readonly number[]): Promise<void> =>
  send(
    from.ns,
    ports.map((port) => frameTo(from, to, syn(port, 7_000), { source })),
  );
const knocks = (from: Host, to: Host, count: number): Promise<void> =>
  send(
    from.ns,
    Array.from({ length: count }, (_, i) => frameTo(from, to, syn(80, 1_024 + i))),
  );
const scanward = ({ ns }: Host, ...args: string[]): Promise<CommandResult> =>
  ns.run(process.execPath, [scanwardBin, ...args], { tolerant: true });
/** Connections that were told, or told to be lost, in lines of JSON. */
function connectionsIn(lines: readonly string[]): number {
  const counts = lines.map((line) => {
    const event = readEvent(line);
    if (event?.kind === 'lost' && event.what === 'connections') return event.count;
    return event?.kind === 'connection' ? 1 : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

test('the socket tells what stdout tells, a client that never reads holds nobody up, and scans outlive kill -9', async () => {
  await using bpffs = await mountBpffs();
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const [socket, state] = [join(folder, 'run/e.sock'), join(folder, 'state.json')];
  const where = ['--bpffs', bpffs.path, '--state', state, '--events', socket];
  const args = [...where, '-t', '50ms', '-d', '200ms', '--window', '1s', '--block-ttl', '1s'];
  const start = () => Scanward.start(victim.ns, { args });
  await using daemon = await start();
  expect([socket, join(folder, 'run')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700]);

  await touch(attacker, victim, MALLORY, [1, 2, 3, 4, 5]);
  await daemon.stdout.wait(/Port scan ended/);
  await daemon.stdout.wait(/Unblocked/);
  const remembered = await scanward(victim, 'events', '--events', socket);
  expect(remembered).toMatchObject({ exitCode: 0, stderr: '', stdout: daemon.stdout.texts.join('\n') });
  const some = await scanward(victim, 'events', '--events', socket, '--json', '--kind', 'block', '--kind', 'scan-end');
  expect(some.stdout.split('\n').map((line) => readEvent(line)?.kind)).toEqual(['block', 'scan end']);

  const asleep = connect(socket);
  await new Promise((resolve) => asleep.once('readable', resolve));
  const follower = victim.ns.spawn(process.execPath, [scanwardBin, 'events', '-f', '--json', '--events', socket]);
  const [heard, said] = [new Lines(follower.stdout), new Lines(follower.stderr)];
  await heard.wait(/"action":"unblock"/);
  const before = connectionsIn(heard.texts);
  await knocks(attacker, victim, MANY);
  await expect.poll(() => daemon.stdout.matching(/New connection/).length, soon).toBe(before + MANY);
  await touch(attacker, victim, '10.77.0.52', [1, 2, 3, 4]);
  await heard.wait(/"ip":"10\.77\.0\.52"}.*"scan":/);
  expect(connectionsIn(heard.texts)).toBe(before + MANY + 3);
  const late = new Lines(asleep);
  await late.wait(/"ip":"10\.77\.0\.52"}.*"scan":|"cause":"slow reader"/);
  await expect.poll(() => connectionsIn(late.texts), soon).toBe(before + MANY + 3);
  expect(late.matching(/"cause":"slow reader"/)).not.toEqual([]);
  await daemon.stdout.wait(/Port scan ended: 10\.77\.0\.52/);

  // Written a moment after it is told.
  const history = join(folder, 'scans.jsonl');
  await expect.poll(() => readFileSync(history, 'utf8'), soon).toContain('10.77.0.52');
  await daemon.kill();
  expect(await follower).toMatchObject({ exitCode: 0 });
  expect(said.texts).toEqual(['scanward: the daemon has ended']);
  expect(await scanward(victim, 'events', '--events', socket)).toMatchObject({
    exitCode: 9,
    stdout: '',
    stderr: `scanward: reading events at ${socket}: no daemon tells any there: start one with scanward run, or name its socket with --events`,
  });
  const scans = async () => {
    const { stdout, stderr, exitCode } = await scanward(victim, 'scans', '--state', state, '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout.split('\n').map((line) => (JSON.parse(line) as { source: { ip: string } }).source.ip);
  };
  expect(await scans()).toEqual([MALLORY, '10.77.0.52']);
  await using again = await start();
  await touch(attacker, victim, '10.77.0.53', [1, 2, 3, 4]);
  await again.stdout.wait(/Port scan detected: 10\.77\.0\.53/);
  await again.stop();
  expect(await scans()).toEqual([MALLORY, '10.77.0.52', '10.77.0.53']);
  expect(statSync(history).mode & 0o777).toBe(0o600);
  expect(statSync(socket, { throwIfNoEntry: false })).toBeUndefined();
  const table = await scanward(victim, 'scans', '--state', state, '--limit', '1');
  expect(table.stdout).toMatch(/^WHEN .*\n[\d-]{10} [\d:]{5} 10\.77\.0\.53 +syn +vertical +4: 1,2,3 +none +\d+$/);
});

test('where somebody else has the usual socket it is warned of; where it was named the start is refused', async () => {
  await using one = await mountBpffs();
  await using two = await mountBpffs();
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const name = `events-${process.pid}`;
  const path = `/run/scanward/${name}.sock`;
  const usual = (bpffs: string) => ['--name', name, '--bpffs', bpffs, '--no-state'];
  await using first = await Scanward.start(victim.ns, { args: usual(one.path), usualSocket: true });
  await using second = await Scanward.start(attacker.ns, { args: usual(two.path), usualSocket: true });
  expect(second.stderr.matching(/warning: events/)).toEqual([
    `scanward: warning: events are told on stdout only, not at ${path}: another daemon listens there: name another with --events, or say --no-events`,
  ]);
  await second.stop();
  expect(await scanward(victim, 'events', '--name', name)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  const refused = Scanward.spawn(attacker.ns, { args: ['--events', path] });
  expect(await refused.ended()).toMatchObject({ exitCode: 10 });
  expect(refused.stderr.texts).toEqual([
    `scanward: telling events at ${path}: another daemon listens there: name another with --events, or say --no-events`,
  ]);
  await first.stop();
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test('more lines of connections than the limit are counted and told, and the rest of the books is right', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  await using daemon = await Scanward.start(victim.ns, { args: ['-t', '50ms', '--max-connection-lines', '10'] });
  await knocks(attacker, victim, 30);
  await daemon.stdout.wait(/New connection/);
  await touch(attacker, victim, MALLORY, [1, 2, 3, 4]);
  await daemon.stdout.wait(/Blocked/);
  await daemon.stop();
  expect(daemon.stdout.matching(/New connection/)).toHaveLength(10);
  expect(daemon.stdout.matching(/Lost 23 connections \(line limit\)$/)).toHaveLength(1);
  expect(daemon.stderr.matching(/saw 33 connections .* lost 23 connections \(line limit\), in/)).toHaveLength(1);
});

test('lines that the journal reads begin with their priority, and no others', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const file = join(folder, 'journal');
  writeFileSync(file, '');
  const { dev, ino } = statSync(file, { bigint: true });
  const env = { JOURNAL_STREAM: `${dev}:${ino}` };
  const shell = (line: string) =>
    victim.ns.spawn('sh', ['-c', `exec ${process.execPath} ${scanwardBin} ${line}`], { env, timeoutMs: 30_000 });
  const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);

  const running = shell(`run -i eth0 -t 50ms --no-pin --no-events >>${file} 2>>${file}`);
  await expect
    .poll(lines, { timeout: patience(20_000) })
    .toContainEqual(expect.stringMatching(/^<6>scanward: attached to eth0/));
  await touch(attacker, victim, MALLORY, [1, 2, 3, 4]);
  await expect.poll(lines, soon).toContainEqual(expect.stringContaining('Blocked'));
  running.kill('SIGTERM');
  expect(await running).toMatchObject({ exitCode: 0 });
  const marks = lines().map((line) => /^<\d>|^/.exec(line)![0]);
  expect(marks).not.toContain('');
  const markOf = (text: string) =>
    lines()
      .filter((line) => line.includes(text))
      .map((line) => line.slice(0, 3));
  expect(['New connection', 'Port scan detected', 'Blocked', 'Port scan ended', 'saw '].map(markOf)).toEqual([
    ...[['<6>', '<6>', '<6>'], ['<4>'], ['<5>'], ['<5>'], ['<6>']],
  ]);

  const refused = shell(`run -i nope 2>>${file}`);
  expect(await refused).toMatchObject({ exitCode: 5 });
  expect(lines().at(-1)).toMatch(/^<3>scanward: attaching to nope: no such interface/);
  const elsewhere = shell('run -i nope');
  const said = new Lines(elsewhere.stderr);
  await elsewhere;
  expect(said.texts).toEqual([expect.stringMatching(/^scanward: attaching to nope: /)]);
});
