import { type DaemonEvent, jsonFormat, liveLine } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { fakeSystem } from '../../test/fake-system.ts';
import { ExitCode } from '../exit-codes.ts';
import { tellEvents } from './events.ts';
import type { EventsOptions } from './events-options.ts';
import { ForeignSocketError } from './told-events.ts';

process.env['TZ'] = 'UTC';

const told = { source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const unblock = (timeMs: number): DaemonEvent => ({ kind: 'unblock', timeMs, ...told, reason: 'scan' });
const scan: DaemonEvent = { kind: 'scan', timeMs: 0, ...told, destination: '10.0.0.5', ports: [1], interface: 'e' };
const json = jsonFormat();
const LATER = '{"event":{"action":"of a later version"}}';
const REMEMBERED = [json(unblock(0)), json(scan), LATER, json(unblock(1_000))];
const LIVE = json(unblock(2_000));
const options: EventsOptions = { path: '/x.sock', follow: false, json: false, limit: undefined, kinds: [] };

async function said(given: Partial<EventsOptions>, lines = [...REMEMBERED, liveLine(0), LIVE]) {
  const fake = fakeSystem();
  let cancelled = false;
  const open = async (_path: string, cancel: AbortSignal) => {
    cancel.addEventListener('abort', () => (cancelled = true));
    return Promise.resolve(streamOf(lines));
  };
  await tellEvents({ ...options, ...given }, fake.host, open);
  expect([cancelled, fake.listening()]).toEqual([true, 0]);
  return { stdout: fake.stdout.text.split('\n').slice(0, -1), stderr: fake.stderr.text };
}

async function* streamOf(lines: readonly string[]) {
  for (const line of lines) yield await Promise.resolve(line);
}

test('what is remembered, as text; what this version has no words for only as JSON', async () => {
  expect(await said({})).toEqual({
    stdout: [
      '1970-01-01 00:00:00: Unblocked 192.0.2.56',
      '1970-01-01 00:00:00: Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 1',
      '1970-01-01 00:00:01: Unblocked 192.0.2.56',
    ],
    stderr: '',
  });
  expect((await said({ json: true })).stdout).toEqual(REMEMBERED);
});

test('the last ones, those of some kinds, and what follows until the daemon ends', async () => {
  const { stdout, stderr } = await said({ json: true, limit: 1, kinds: ['unblock'], follow: true });
  expect(stdout).toEqual([REMEMBERED[3], LIVE]);
  expect(stderr).toBe('scanward: the daemon has ended\n');
  expect((await said({ limit: 9, kinds: ['lost'] })).stdout).toEqual([]);
  expect((await said({ kinds: ['scan', 'lost'] })).stdout).toHaveLength(1);
});

test('a signal ends it without a word', async () => {
  const fake = fakeSystem();
  const open = async (_path: string, cancel: AbortSignal) =>
    Promise.resolve(
      (async function* () {
        yield liveLine(0);
        yield LIVE;
        await new Promise((resolve) => cancel.addEventListener('abort', resolve));
      })(),
    );
  const running = tellEvents({ ...options, follow: true }, fake.host, open);
  await expect.poll(() => fake.stdout.text).toContain('Unblocked');
  fake.signal('SIGINT');
  await running;
  expect(fake.stderr.text).toBe('');
});

test.each([
  ['ENOENT', ExitCode.absent, /no daemon tells any there: start one with scanward run/],
  ['ECONNREFUSED', ExitCode.absent, /no daemon tells any there/],
  ['EACCES', ExitCode.capability, /it is not for this user: run it as root/],
  ['ENOTSOCK', ExitCode.runtime, /ENOTSOCK: name another with --events/],
])('%s', async (code, exitCode, message) => {
  const open = () => Promise.reject(Object.assign(new Error(code), { code }));
  await expect(tellEvents(options, fakeSystem().host, open)).rejects.toMatchObject({
    exitCode,
    message: expect.stringMatching(message) as string,
  });
});

test('a socket of another user is not believed, and a daemon with too many readers is told of', async () => {
  const foreign = () => Promise.reject(new ForeignSocketError('it belongs to another user'));
  await expect(tellEvents(options, fakeSystem().host, foreign)).rejects.toMatchObject({ exitCode: 3 });
  await expect(said({}, [])).rejects.toMatchObject({
    exitCode: 10,
    message: 'reading events at /x.sock: the daemon takes 16 readers at a time: end another one',
  });
});
