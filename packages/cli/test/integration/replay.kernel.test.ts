/**
 * What the real nmap and hping3 do to a host, and what ordinary hosts do, is recorded there; the program and its model in
 * TypeScript must say the same of each recording, line by line.
 */
import { buildFrame, buildPcap } from '@scanward/packet';
import { command, createPair, listen, record, scanwardBin } from '@scanward/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAddress } from '../../src/flags/prefix.ts';
import type { ReplayOptions } from '../../src/replay/replay-options.ts';
import { type Replayed, replayed } from '../replayed.ts';
import { CORPUS, OPEN_PORTS, type Recording } from './corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-corpus-'));
let pair: Awaited<ReturnType<typeof createPair>>;
let servers: AsyncDisposable[] = [];

beforeAll(async () => {
  pair = await createPair();
  // Else a host refuses UDP once a second only.
  await pair.victim.ns.sysctl({ 'net.ipv4.icmp_ratelimit': 0, 'net.ipv6.icmp.ratelimit': 0 });
  servers = [await listen(pair.victim.ns, OPEN_PORTS), await listen(pair.attacker.ns, [80, 443])];
});
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const planted = process.env['SCANWARD_TEST_OBJECT'];
const object = planted === undefined ? {} : { object: planted };

const scansOf = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('Port scan detected'));

async function recorded({ name, link, act }: Recording): Promise<string> {
  const path = join(folder, `${name.replace(/[^\w-]+/g, '_')}.pcap`);
  await record(pair.victim.ns, path, link, () => act(pair));
  return path;
}

/** Both engines; what they print must be the same. */
async function both(options: Partial<ReplayOptions>): Promise<readonly string[]> {
  const model = await replayed({ ...options, engine: 'ts' });
  const program = await replayed({ ...options, ...object, engine: 'kernel' });
  // The allowlist of the program has an order of its own.
  const sorted = (replay: Replayed) => ({ ...replay, stderr: replay.stderr.toSorted() });
  expect(sorted(program)).toEqual(sorted(model));
  expect(program.exitCode).toBe(0);
  return program.stdout;
}

test.each(CORPUS)('$name ($link)', async (recording) => {
  const path = await recorded(recording);
  const { victim, attacker } = pair;
  const lines = await both({ files: [path] });
  const scans = scansOf(lines);
  if (!recording.isScan) expect(scans).toEqual([]);
  else expect(scans.some((line) => /10\.77\.0\.2 ->|fd77::/.test(line))).toBe(true);
  // And with other rules.
  const local = [victim.ipv4, victim.ipv6].map((text) => ({ address: parseAddress(text)!, bits: 128 }));
  await both({ files: [path], local, threshold: 1, mode: 'user', detectScanPeriodMs: 1_000, json: true });
  await both({ files: [path], response: 'log', threshold: 0, windowNs: 500_000_000n });
  const allow = [attacker.ipv4, attacker.ipv6].map((text) => ({ address: parseAddress(text)!, bits: 128 }));
  await both({ files: [path], allow });
  await both({ files: [path], evidence: 'closed', keepEstablished: false });
});

test('the command reads standard input, packed, and ends with 12 where it breaks off', async () => {
  const packets = [80, 81, 82, 83].map((port) => ({
    timeNs: 0n,
    bytes: buildFrame({
      network: { kind: 'ipv4', source: '192.0.2.56', destination: '10.0.0.5' },
      transport: { kind: 'tcp', sourcePort: 5973, destinationPort: port },
    }),
  }));
  const whole = buildPcap(packets);
  const replay = (input: Uint8Array) =>
    command(process.execPath, [scanwardBin, 'replay', '-'], { input: gzipSync(input), tolerant: true });
  const right = await replay(whole);
  expect([right.exitCode, scansOf(right.stdout.split('\n'))]).toEqual([0, [expect.stringContaining('80,81,82,83')]]);
  const broken = await replay(whole.subarray(0, whole.length - 1));
  expect([broken.exitCode, broken.stderr.split('\n').at(-1)]).toEqual([
    ...[12, 'scanward: reading standard input: the capture ends within a packet (at byte 234)'],
  ]);
});
