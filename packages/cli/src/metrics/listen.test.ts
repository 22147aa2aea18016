import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Request } from './answer.ts';
import { listener, type Listening } from './listen.ts';
import type { MetricsWhere } from './where.ts';

const LOOPBACK = { kind: 'tcp', address: '127.0.0.1', port: 0 } as const;
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

const asked: Request[] = [];
const listen = async (where: MetricsWhere, umask = (mask: number) => process.umask(mask)): Promise<Listening> => {
  asked.length = 0;
  const listening = await listener(umask)(where, (request) => {
    asked.push({ method: request.method, url: request.url });
    return Promise.resolve({ status: 200, headers: { 'content-type': 'text/x' }, body: 'all\n' });
  });
  undo.push(() => listening.close());
  return listening;
};
const portOf = ({ where }: Listening): number => (where.kind === 'tcp' ? where.port : 0);
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'scanward-metrics-'));
  undo.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
};
const fetched = (options: object): Promise<{ status: number | undefined; headers: object; body: string }> =>
  new Promise((resolve, reject) => {
    httpRequest(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
/** Sends bytes, and returns all that comes back. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });

test('port 0 becomes a real one; GET has a body, HEAD has none, and each connection one request', async () => {
  const listening = await listen(LOOPBACK);
  const port = portOf(listening);
  expect(port).toBeGreaterThan(0);
  const at = { port, path: '/metrics', agent: false };
  expect(await fetched(at)).toMatchObject({ status: 200, body: 'all\n', headers: { connection: 'close' } });
  expect(await fetched({ ...at, method: 'HEAD' })).toMatchObject({
    status: 200,
    body: '',
    headers: { 'content-length': '4' },
  });
  const twice = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2);
  expect(await raw(port, twice)).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nall\n(?!.*all\n)/s);
  expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(2);
});

test('headers of more than 4 KiB and what is no HTTP are refused', async () => {
  const port = portOf(await listen(LOOPBACK));
  const long = `GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(5_000)}\r\n\r\n`;
  expect(await raw(port, long)).toMatch(/^HTTP\/1\.1 431 /);
  expect(await raw(port, 'rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(asked).toEqual([]);
});

test('of too many connections some are turned away, and all of them end', async () => {
  const port = portOf(await listen(LOOPBACK));
  const sockets: Socket[] = [];
  undo.push(() => sockets.forEach((socket) => socket.destroy()));
  const ended = Array.from({ length: 12 }, () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    return new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now())));
  });
  const begun = performance.now();
  const times = (await Promise.all(ended)).map((at) => at - begun).sort((a, b) => a - b);
  expect(times.filter((ms) => ms < 4_000)).toHaveLength(4);
  expect(times.at(-1)).toBeLessThan(8_000);
  expect((await fetched({ port, path: '/metrics', agent: false })).status).toBe(200);
}, 20_000);

test('a port in use is an error with its code', async () => {
  const port = portOf(await listen(LOOPBACK));
  await expect(listen({ ...LOOPBACK, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a socket is for its owner alone from the first moment on, and gone at the end', async () => {
  const path = join(folder(), 'm.sock');
  const masks: number[] = [];
  const before = process.umask(0o000);
  undo.push(() => void process.umask(before));
  const listening = await listen({ kind: 'unix', path }, (mask) => {
    masks.push(mask);
    return process.umask(mask);
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(masks).toEqual([0o177, 0o000]);
  expect((await fetched({ socketPath: path, path: '/metrics', agent: false })).body).toBe('all\n');
  listening.close();
  expect(existsSync(path)).toBe(false);
});

test('a socket of a dead process is replaced; one that is listened on, and what is no socket, are not', async () => {
  const path = join(folder(), 'm.sock');
  // As a killed process leaves it: the folder still has it when its owner is gone.
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  expect(() => execFileSync(process.execPath, ['-e', script])).toThrow();
  expect(statSync(path).isSocket()).toBe(true);
  await listen({ kind: 'unix', path });
  await expect(listen({ kind: 'unix', path })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect((await fetched({ socketPath: path, path: '/metrics', agent: false })).status).toBe(200);

  const file = join(folder(), 'file');
  writeFileSync(file, 'mine');
  await expect(listen({ kind: 'unix', path: file })).rejects.toMatchObject({ code: 'ENOTSOCK' });
  expect(statSync(file).size).toBe(4);
  await expect(listen({ kind: 'unix', path: join(file, 'x') })).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(listen({ kind: 'unix', path: '/none/x.sock' })).rejects.toMatchObject({ code: /ENOENT|EACCES/ });
});

test('closing ends those who are connected', async () => {
  const listening = await listen(LOOPBACK);
  const socket = connect(portOf(listening), '127.0.0.1').on('error', () => undefined);
  await new Promise((resolve) => socket.on('connect', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  listening.close();
  await new Promise((resolve) => socket.on('close', resolve));
  await expect(new Promise((_, reject) => get({ port: portOf(listening) }).on('error', reject))).rejects.toThrow();
});
