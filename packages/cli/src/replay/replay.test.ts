import { buildFrame, buildPcap, buildPcapng, LinkType, type PacketDescription, TcpFlag } from '@scanward/packet';
import { expect, test } from 'vitest';
import { replayed } from '../../test/replayed.ts';
import { parseAddress } from '../flags/prefix.ts';
import { nativeReplay } from './native-replay.ts';
import type { ReplayOptions } from './replay-options.ts';

process.env['TZ'] = 'UTC';
const SECOND = 1_000_000_000n;
/** 2021-04-28 15:28:05 UTC. */
const T = 1_619_623_685n * SECOND;
const [HOST, PEER] = ['10.0.0.5', '192.0.2.56'];
const mac = (n: number): Uint8Array => Uint8Array.of(2, 0, 0, 0, 0, n);

interface Segment {
  readonly at: bigint;
  readonly port: number;
  readonly flags?: number;
  readonly peer?: string;
  readonly payload?: number;
  readonly sequence?: number;
}

const to = ({
  at,
  port,
  flags = TcpFlag.syn,
  peer = PEER,
  payload = 0,
  sequence = port,
}: Segment): PacketDescription => ({
  timeNs: T + at,
  bytes: buildFrame({
    ethernet: { source: mac(2), destination: mac(1) },
    network: { kind: 'ipv4', source: peer, destination: HOST },
    transport: {
      ...{ kind: 'tcp', sourcePort: 5973, destinationPort: port, flags, sequence },
      payload: new Uint8Array(payload),
    },
  }),
});
const from = ({ at, port, flags = 0, peer = PEER, payload = 0, sequence = 9 }: Segment): PacketDescription => ({
  timeNs: T + at,
  bytes: buildFrame({
    ethernet: { source: mac(1), destination: mac(2) },
    network: { kind: 'ipv4', source: HOST, destination: peer },
    transport: {
      ...{ kind: 'tcp', sourcePort: port, destinationPort: 5973, flags, sequence },
      payload: new Uint8Array(payload),
    },
  }),
});
const SCAN = [80, 81, 82, 83, 84].map((port, i) => to({ at: BigInt(i) * SECOND, port }));

const play = (captures: readonly Uint8Array[] | Uint8Array, options: Partial<ReplayOptions> = {}) => {
  const all = captures instanceof Uint8Array ? [captures] : captures;
  const files = all.map((_, i) => `c${i}.pcap`);
  const open = () =>
    async function* (file: string) {
      await Promise.resolve();
      yield all[files.indexOf(file)]!;
    };
  return replayed({ files, ...options }, { open });
};
const scans = (lines: readonly string[]) => lines.filter((line) => line.includes('scan detected'));
const DETECTED = '2021-04-28 15:28:08: Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83';

test('a scan is reported as if it happened now, at the times of the capture', async () => {
  const { stdout, stderr, exitCode } = await play(
    buildPcap([...SCAN, to({ at: 7_200n * SECOND, port: 80, peer: '192.0.2.9' })]),
  );
  expect(exitCode).toBe(0);
  expect(stdout).toEqual([
    '2021-04-28 15:28:05: New connection: 192.0.2.56:5973 -> 10.0.0.5:80',
    '2021-04-28 15:28:06: New connection: 192.0.2.56:5973 -> 10.0.0.5:81',
    '2021-04-28 15:28:07: New connection: 192.0.2.56:5973 -> 10.0.0.5:82',
    DETECTED,
    '2021-04-28 15:28:08: Blocked 192.0.2.56 until 2021-04-28 16:28:08 (port scan)',
    '2021-04-28 15:29:10: Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 5 s, dropped 1 packet (54 bytes)',
    '2021-04-28 16:28:08: Unblocked 192.0.2.56',
    '2021-04-28 17:28:05: New connection: 192.0.2.9:5973 -> 10.0.0.5:80',
  ]);
  expect(stderr).toEqual([
    'scanward: the host is 10.0.0.5: guessed, by the hardware address that most frames have; if that is wrong, name it with --local',
    'scanward: allowed 10.0.0.5 (own address)',
    'scanward: saw 4 connections and 1 scans, made 1 blocks, dropped 2 packets (108 bytes), lost nothing, in 7200.0 s',
    'scanward: replayed 6 packets: 6 received, 0 sent',
    'scanward: warning: the capture holds no TCP segment that the host sent: which ports are open, and who is connected, is not known',
  ]);
});

test('the flags of `run` mean the same', async () => {
  const capture = buildPcap(SCAN);
  expect(scans((await play(capture, { threshold: 5 })).stdout)).toEqual([]);
  expect(scans((await play(capture, { windowNs: 2n * SECOND })).stdout)).toEqual([]);
  const allow = [{ address: parseAddress('192.0.2.0')!, bits: 120 }];
  expect(scans((await play(capture, { allow })).stdout)).toEqual([]);
  const logged = await play(capture, { response: 'log' });
  expect([scans(logged.stdout), logged.stdout.some((line) => line.includes('Blocked'))]).toEqual([[DETECTED], false]);
  const user = await play(buildPcap([...SCAN, to({ at: 90n * SECOND, port: 1, peer: '192.0.2.9' })]), { mode: 'user' });
  expect(scans(user.stdout)[0]).toContain('192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83');
  const [first] = (await play(capture, { json: true })).stdout;
  expect(JSON.parse(first!)).toMatchObject({ event: { action: 'connection' }, source: { ip: PEER, port: 5973 } });
});

test('what belongs to a flow is no probe, and what belongs to none is', async () => {
  const flow = [20, 21, 22, 23, 24].flatMap((port, i) => {
    const at = BigInt(i) * SECOND;
    return [
      to({ at, port, flags: TcpFlag.ack }),
      from({ at, port, flags: TcpFlag.ack | TcpFlag.psh, payload: 9 }),
      to({ at, port, flags: TcpFlag.ack | TcpFlag.fin }),
    ];
  });
  expect((await play(buildPcap(flow))).stdout).toEqual([]);
  const probes = flow.filter((_, i) => i % 3 !== 1);
  expect(scans((await play(buildPcap(probes))).stdout)).toHaveLength(1);
});

test('answers are evidence: with `closed`, ports that answered do not count', async () => {
  const answered = SCAN.flatMap((probe, i) => [
    probe,
    from({ at: BigInt(i) * SECOND + 1n, port: 80 + i, flags: TcpFlag.syn | TcpFlag.ack }),
  ]);
  const refused = SCAN.flatMap((probe, i) => [
    probe,
    from({ at: BigInt(i) * SECOND + 1n, port: 80 + i, flags: TcpFlag.rst | TcpFlag.ack, sequence: 0 }),
  ]);
  expect(scans((await play(buildPcap(answered), { evidence: 'closed' })).stdout)).toEqual([]);
  expect(scans((await play(buildPcap(answered))).stdout)).toEqual([DETECTED]);
  expect(scans((await play(buildPcap(refused), { evidence: 'closed' })).stdout)).toEqual([DETECTED]);
});

test('what the host sent is not what it received', async () => {
  const local = [{ address: parseAddress(PEER)!, bits: 128 }];
  const { stdout, stderr } = await play(buildPcap(SCAN), { local });
  expect(stdout).toEqual([]);
  expect(stderr).toContain('scanward: the host is 192.0.2.56');
  expect(stderr).toContain('scanward: replayed 5 packets: 0 received, 5 sent');
});

test('packets that the capture cut count as whole ones', async () => {
  const cut = SCAN.map(({ timeNs, bytes }) => ({ timeNs, bytes: bytes.subarray(0, 48), originalLength: 74 }));
  expect(scans((await play(buildPcap(cut))).stdout)).toEqual([DETECTED]);
});

test('other link layers, both formats, several files', async () => {
  const raw = SCAN.map(({ timeNs, bytes }) => ({ timeNs, bytes: bytes.subarray(14) }));
  const blocks = raw.slice(2).map(({ timeNs, bytes }) => ({ kind: 'packet' as const, units: timeNs / 1_000n, bytes }));
  const { stdout, stderr } = await play([
    buildPcap(raw.slice(0, 2), { linkType: LinkType.raw, little: false, resolution: 'ns' }),
    buildPcapng([{ kind: 'section' }, { kind: 'interface', linkType: LinkType.raw }, ...blocks]),
  ]);
  expect(scans(stdout)).toEqual([DETECTED]);
  expect(stderr[0]).toContain('the host is 10.0.0.5: guessed, by the address that most packets have');
});

test('of a broken capture what came before is reported, then why it is broken', async () => {
  const capture = buildPcap(SCAN);
  const { stdout, stderr, exitCode, message } = await play(capture.subarray(0, capture.length - 1));
  expect(scans(stdout)).toEqual([DETECTED]);
  expect(stderr.some((line) => line.startsWith('scanward: replayed 4 packets'))).toBe(true);
  expect([exitCode, message]).toEqual([12, 'reading c0.pcap: the capture ends within a packet (at byte 304)']);
});

test.each([
  ['empty', new Uint8Array(0), 'there is no byte in it (at byte 0)'],
  ['of another kind', Uint8Array.of(1, 2, 3, 4), 'it begins with 01020304: neither pcap nor pcapng (at byte 0)'],
])('one that is %s is refused, and nothing else said', async (_, capture, why) => {
  const refused = await play(capture);
  expect(refused).toEqual({ stdout: [], stderr: [], exitCode: 12, message: `reading c0.pcap: ${why}` });
});

test('one without packets is right', async () => {
  const { stdout, stderr, exitCode } = await play(buildPcap([]));
  expect([stdout, exitCode]).toEqual([[], 0]);
  expect(stderr).toContain('scanward: replayed 0 packets: 0 received, 0 sent');
});

test('a clock that goes back is told, and the scan goes on', async () => {
  const back = SCAN.map((packet, i) => (i < 2 ? packet : { ...packet, timeNs: packet.timeNs - 86_400n * SECOND }));
  const { stdout, stderr } = await play(buildPcap(back));
  expect(scans(stdout)).toHaveLength(1);
  const warned =
    "scanward: warning: the capture's clock goes back at byte 164 of c0.pcap: windows and blocks go on from where they stood";
  expect(stderr).toContain(warned);
  expect(stderr).toContain('scanward: replayed 5 packets: 5 received, 0 sent, the clock set 1 time');
});

test('a clock that is set at every packet is told a few times, then counted', async () => {
  const jumping = SCAN.map((packet, i) => ({
    ...packet,
    timeNs: packet.timeNs + (i % 2 === 0 ? 0n : 10_000_000n * SECOND),
  }));
  const { stderr } = await play(buildPcap(jumping));
  expect(stderr.filter((line) => line.includes("the capture's clock"))).toHaveLength(3);
  expect(stderr.some((line) => line.endsWith('the clock set 4 times'))).toBe(true);
});

test('it ends when it is told to, with what it has', async () => {
  let stop: () => void = () => undefined;
  const capture = buildPcap(SCAN);
  const open = () =>
    async function* () {
      await Promise.resolve();
      yield capture;
      yield capture.subarray(0, 3);
      stop();
    };
  const { stdout, exitCode } = await replayed({}, { open, signal: (send) => (stop = send) });
  expect([scans(stdout), exitCode]).toEqual([[DETECTED], 0]);
});

test('the program needs rights, the model none', async () => {
  const circumstances = { status: 'CapEff:\t0000000000000000\n', limits: '', release: '6.1.0' };
  const open = nativeReplay.open;
  const { exitCode } = await replayed({ files: ['none'] }, { circumstances, open });
  expect(exitCode).toBe(12);
});
