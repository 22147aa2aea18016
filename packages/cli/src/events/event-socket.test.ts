import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connectTo } from '../system/connect.ts';
import { CLIENTS_MAX, EventHub } from './event-hub.ts';
import { EventMemory } from './event-memory.ts';
import { listenForClients } from './event-socket.ts';
import { openEvents } from './open-events.ts';

const umask = (mask: number) => process.umask(mask);

const folder = mkdtempSync(join(tmpdir(), 'scanward-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

const newHub = () => new EventHub(new EventMemory(), () => 0);
const unblock = { kind: 'unblock', timeMs: 0, source: '192.0.2.1', sourcePrefix: '192.0.2.1', reason: 'scan' } as const;
const said = async (socket: Socket): Promise<string> => {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
};

test('the socket and a folder that is missing are for this user alone; at the end the socket is gone', async () => {
  const path = join(folder, 'a/b/x.sock');
  const hub = newHub();
  const socket = await listenForClients(path, hub, umask);
  expect([path, join(folder, 'a/b')].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o700]);
  const client = await connectTo(path);
  const heard = said(client);
  client.write('unblock --all\n');
  await expect.poll(() => client.bytesRead).toBeGreaterThan(0);
  hub.take(unblock);
  await socket.close();
  expect((await heard).split('\n')).toEqual([
    expect.stringContaining('"action":"live"') as string,
    expect.stringContaining('"action":"unblock"') as string,
    '',
  ]);
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test('a socket that a dead process left is replaced, one that somebody listens at is not', async () => {
  const path = join(folder, 'stale.sock');
  const dead = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', dead, path]);
  expect(statSync(path).isSocket()).toBe(true);
  const socket = await listenForClients(path, newHub(), umask);
  await expect(listenForClients(path, newHub(), umask)).rejects.toThrow('another daemon listens there');
  (await connectTo(path)).destroy();
  await socket.close();
});

test('there are so many clients; the place of one that has gone is free', async () => {
  const path = join(folder, 'many.sock');
  const socket = await listenForClients(path, newHub(), umask);
  const clients = await Promise.all(Array.from({ length: CLIENTS_MAX }, () => connectTo(path)));
  await expect.poll(() => clients.every(({ bytesRead }) => bytesRead > 0)).toBe(true);
  expect(await said(await connectTo(path))).toBe('');
  clients[3]!.destroy();
  await expect
    .poll(async () => {
      const late = await connectTo(path);
      await new Promise((resolve) => late.once('readable', resolve).once('close', resolve));
      const { bytesRead } = late;
      late.destroy();
      return bytesRead;
    })
    .toBeGreaterThan(0);
  for (const client of clients) client.destroy();
  await socket.close();
});

test('a client that reads nothing holds up neither events nor the end', async () => {
  const path = join(folder, 'asleep.sock');
  const hub = newHub();
  const socket = await listenForClients(path, hub, umask);
  const client = await connectTo(path);
  client.pause();
  await expect.poll(() => client.bytesRead).toBeGreaterThan(0);
  for (let n = 0; n < 20_000; n++) hub.take(unblock);
  const start = performance.now();
  await socket.close();
  expect(performance.now() - start).toBeLessThan(2_000);
  client.destroy();
});

test('what cannot be had is warned of, and refused if it was named', async () => {
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const open = (events: string | false | undefined, name = 'x') => openEvents({ events, name }, () => 0, log, umask);
  expect(await open(false)).toBeUndefined();
  await expect(open(file)).rejects.toMatchObject({
    exitCode: 1,
    message: `telling events at ${file}: it is there and no socket: name another with --events, or say --no-events`,
  });
  await expect(open(join(file, 'x'))).rejects.toMatchObject({ exitCode: 1 });
  await expect(open(join(folder, 'x'.repeat(120)))).rejects.toThrow(/: its path is longer than 107 bytes: /);
  const socket = await open(join(folder, 'named.sock'));
  await expect(open(join(folder, 'named.sock'))).rejects.toMatchObject({ exitCode: 10 });
  await socket!.close();
  expect(warnings).toEqual([]);
});
