import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { endianness } from 'node:os';
import { expect, test } from 'vitest';
import { parseAddress } from '../flags/prefix.ts';
import { systemClock } from '../system/clock.ts';
import { fileLines } from '../system/file-lines.ts';
import { ProcListeningPorts } from './listening-ports.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const REST = ' 00000000:00000000 00:00000000 00000000     0        0 163 1 000000009ed86299 100 0 0 10 0\n';
const line = (local: string, peer: string, state: string) => `   0: ${local} ${peer} ${state}${REST}`;
const NOBODY = '00000000:0000';
const NOBODY6 = `${'0'.repeat(32)}:0000`;

const FILES: Record<string, string[]> = {
  '/proc/self/net/tcp': [
    HEAD,
    line('00000000:0016', NOBODY, '0A'),
    line('0100007F:1538', NOBODY, '0A'),
    line('0500000A:0050', NOBODY, '0A'),
    line('0500000A:0050', '380200C0:1755', '01'),
    line('00000000:270F', NOBODY, '0A'), // none is behind those that are connected
  ],
  '/proc/self/net/tcp6': [
    HEAD,
    line(`${'0'.repeat(32)}:01BB`, NOBODY6, '0A'),
    line('B80D0120000000000000000005000000:1F90', NOBODY6, '0A'),
    line('0000000000000000FFFF00000500000A:0051', NOBODY6, '0A'),
  ],
  '/proc/self/net/udp': [
    HEAD,
    line('00000000:0035', NOBODY, '07'),
    line('0500000A:8000', '350200C0:0035', '01'),
    'nonsense\n',
    line('0500000A:0043', NOBODY, '07'),
  ],
};

function proc(files = FILES, endian: 'little' | 'big' = 'little') {
  const fake = { nowNs: 0n, reads: 0 };
  const read = (path: string) => {
    fake.reads++;
    const lines = files[path];
    if (!lines) throw new Error('ENOENT');
    return lines;
  };
  const ports = new ProcListeningPorts(read, { monotonicNs: () => fake.nowNs }, endian);
  const at = (address: string, transport: 'tcp' | 'udp' = 'tcp') =>
    ports.at(parseAddress(address)!, transport)?.sort((a, b) => a - b);
  return { fake, at };
}

test('those of the address itself, and those of all addresses', () => {
  const { at } = proc();
  expect(at('10.0.0.5')).toEqual([22, 80, 81, 443]);
  expect(at('10.0.0.6')).toEqual([22, 443]);
  expect(at('127.0.0.1')).toEqual([22, 443, 5432]);
  expect(at('2001:db8::5')).toEqual([443, 8080]);
  expect(at('2001:db8::6')).toEqual([443]);
});

test('of UDP those without a peer; without a file of IPv6 there is none', () => {
  const { at } = proc();
  expect(at('10.0.0.5', 'udp')).toEqual([53, 67]);
  expect(at('2001:db8::5', 'udp')).toEqual([]);
});

test('of a big-endian machine too', () => {
  const files = { '/proc/self/net/tcp': [HEAD, line('0A000005:0050', NOBODY, '0A')] };
  expect(proc(files, 'big').at('10.0.0.5')).toEqual([80]);
});

test('nobody can say where nothing can be read', () => {
  expect(proc({}).at('10.0.0.5')).toBeUndefined();
});

test('they are read once a second at most', () => {
  const { fake, at } = proc();
  at('10.0.0.5');
  fake.nowNs = 999_999_999n;
  expect(at('10.0.0.6')).toEqual([22, 443]);
  expect(fake.reads).toBe(2);
  fake.nowNs = 1_000_000_000n;
  at('10.0.0.5');
  expect(fake.reads).toBe(4);
});

test('of this machine: a server and a socket of UDP, and not when they are closed', async () => {
  const here = () => {
    const lines = (path: string) => fileLines(path, () => undefined);
    return new ProcListeningPorts(lines, systemClock, endianness() === 'LE' ? 'little' : 'big');
  };
  const server = createServer().listen(0, '127.0.0.1');
  const socket = createSocket('udp6').bind(0, '::1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  const [tcp, udp] = [(server.address() as AddressInfo).port, socket.address().port];
  expect(here().at(parseAddress('127.0.0.1')!, 'tcp')).toContain(tcp);
  expect(here().at(parseAddress('127.0.0.2')!, 'tcp')).not.toContain(tcp);
  expect(here().at(parseAddress('::1')!, 'udp')).toContain(udp);
  server.close();
  socket.close();
  await Promise.all([once(server, 'close'), once(socket, 'close')]);
  expect(here().at(parseAddress('127.0.0.1')!, 'tcp')).not.toContain(tcp);
});
